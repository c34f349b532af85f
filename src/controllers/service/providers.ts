import { allocate, release, type Share, type TasksByProvider } from '#capacity';
import type { CapacityProviderStrategyItem, Deployment, Task } from '#model';
import type { Counts } from './rollout.ts';
import type { DeploymentTally } from './tally.ts';
import type { ServiceView } from './view.ts';

/** So many tasks to stop, of these. */
export interface StopPortion {
  readonly from: readonly Task[];
  readonly count: number;
}

/**
 * Where a deployment's new tasks go: the ratio holds over its tasks that are there and well, and the new ones. Those on
 * a host that is lost or draining, and unhealthy ones, are about to be replaced, each by its own provider.
 */
export function sharesOfStarts(
  view: Pick<ServiceView, 'tasks' | 'hostState'>,
  deployment: Pick<Deployment, 'id'>,
  strategy: readonly CapacityProviderStrategyItem[],
  count: number,
): readonly Share[] {
  const well = view.tasks.filter(
    (task) =>
      task.deploymentId === deployment.id &&
      task.desiredStatus === 'RUNNING' &&
      task.healthStatus !== 'UNHEALTHY' &&
      (task.hostArn === undefined || view.hostState(task.hostArn) === 'usable'),
  );
  return allocate(strategy, byProvider(well), count);
}

/**
 * How many of a class stop of each provider, `from` those that may: most where there are most above the ratio. Without a
 * strategy all alike.
 */
export function portionsOfStops(
  { capacityProviderStrategy: strategy }: Deployment,
  own: DeploymentTally,
  { kind, from, stop }: { readonly kind: keyof Counts; readonly from: readonly Task[]; readonly stop: Counts },
): readonly StopPortion[] {
  const count = stop[kind];
  if (strategy === undefined || count === 0 || count >= from.length || kind === 'unhealthy' || kind === 'draining') {
    return [{ from, count }];
  }
  const good = byProvider([...own.healthy, ...own.starting]);
  const starting = release(strategy, good, byProvider(kind === 'starting' ? from : own.starting), stop.starting);
  const shares =
    kind === 'starting' ? starting : release(strategy, less(good, starting), byProvider(from), stop.healthy);
  return shares.map((share) => ({
    from: from.filter(({ capacityProviderName }) => capacityProviderName === share.capacityProvider),
    count: share.count,
  }));
}

function byProvider(tasks: readonly Task[]): TasksByProvider {
  const counts = new Map<string, number>();
  for (const { capacityProviderName } of tasks) {
    if (capacityProviderName !== undefined) {
      counts.set(capacityProviderName, (counts.get(capacityProviderName) ?? 0) + 1);
    }
  }
  return counts;
}

function less(counts: TasksByProvider, shares: readonly Share[]): TasksByProvider {
  const left = new Map(counts);
  for (const { capacityProvider, count } of shares)
    left.set(capacityProvider, (left.get(capacityProvider) ?? 0) - count);
  return left;
}
