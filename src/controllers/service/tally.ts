import { afterMs, earliest, type Instant } from '#base';
import { type DeploymentId, isProtected, isRunning, type Service, type Task } from '#model';
import type { Counts, Held } from './rollout.ts';
import type { TargetVerdict } from './targets.ts';
import type { ServiceView } from './view.ts';

/**
 * A deployment's tasks that are wanted RUNNING and whose host is there, by what they are good for.
 *
 * healthy: counts towards the minimum. starting: not RUNNING yet, or RUNNING and not yet known to be healthy.
 * unhealthy: failed its container health checks, or those of a target group, outside the grace period; to be replaced. draining: RUNNING on a host
 * that is being emptied; counts as healthy and is to be replaced.
 */
export interface DeploymentTally {
  readonly healthy: readonly Task[];
  readonly starting: readonly Task[];
  readonly unhealthy: readonly Task[];
  readonly draining: readonly Task[];
  /** How many of them are protected from being stopped. */
  readonly held: Held;
}

/** All tasks of a service, sorted. */
export interface ServiceTally {
  readonly byDeployment: ReadonlyMap<DeploymentId, DeploymentTally>;
  /** Wanted RUNNING, of a deployment that is no longer listed: their host was lost while it ended. To be stopped. */
  readonly orphans: readonly Task[];
  /** The same, and protected. */
  readonly heldOrphans: readonly Task[];
  /** Not RUNNING yet, on a host that is being emptied. */
  readonly strandedPending: readonly Task[];
  /** Wanted RUNNING on a lost host: they count neither as there nor towards the maximum. */
  readonly lost: readonly Task[];
  /** Ended, and the service has not taken note of it. */
  readonly uncounted: readonly Task[];
  /** When the passing of time alone moves a task to another class, or ends its protection. */
  readonly nextChangeAt: Instant | undefined;
}

const noneHeld: Held = { healthy: 0, starting: 0, draining: 0 };
export const emptyTally: DeploymentTally = { healthy: [], starting: [], unhealthy: [], draining: [], held: noneHeld };

/** Tasks there are, RUNNING or on their way. */
export function presentCount(tally: DeploymentTally): number {
  return tally.healthy.length + tally.starting.length + tally.unhealthy.length + tally.draining.length;
}

/** Whether the task has a health check that counts. */
export function hasHealthCheck(task: Pick<Task, 'containers'>): boolean {
  return task.containers.some((container) => container.essential && container.healthCheck);
}

/** Sorts the tasks. `settleMs` is how long a RUNNING task without health checks is not yet counted on. */
export function tallyTasks(
  view: Pick<ServiceView, 'service' | 'tasks' | 'hostState' | 'targets'>,
  options: { readonly now: Instant; readonly settleMs: number },
): ServiceTally {
  const lists = new Map(view.service.deployments.map(({ id }) => [id, newLists()]));
  const orphans: Task[] = [];
  const heldOrphans: Task[] = [];
  const strandedPending: Task[] = [];
  const lost: Task[] = [];
  const uncounted: Task[] = [];
  let nextChangeAt: Instant | undefined;
  for (const task of view.tasks) {
    if (task.desiredStatus === 'STOPPED') {
      if (task.countedAt === undefined) uncounted.push(task);
      continue;
    }
    const host = task.hostArn === undefined ? 'usable' : view.hostState(task.hostArn);
    const list = task.deploymentId === undefined ? undefined : lists.get(task.deploymentId);
    const held = isProtected(task, options.now);
    if (held) nextChangeAt = earliest(nextChangeAt, task.protectedUntil);
    if (host === 'lost') lost.push(task);
    else if (list === undefined) (held ? heldOrphans : orphans).push(task);
    else if (host === 'draining' && !isRunning(task) && !held) strandedPending.push(task);
    else {
      const { kind, until } = classify(task, view.targets(task), view.service, options);
      const sorted = host === 'draining' && kind !== 'unhealthy' ? 'draining' : kind;
      list[sorted].push(task);
      if (held && sorted !== 'unhealthy') list.held[sorted] += 1;
      nextChangeAt = earliest(nextChangeAt, until);
    }
  }
  return { byDeployment: lists, orphans, heldOrphans, strandedPending, lost, uncounted, nextChangeAt };
}

function newLists() {
  const lists: Record<keyof Counts, Task[]> = { healthy: [], starting: [], unhealthy: [], draining: [] };
  return { ...lists, held: { ...noneHeld } };
}

interface Classified {
  readonly kind: 'healthy' | 'starting' | 'unhealthy';
  /** When it will be another, if nothing is heard. */
  readonly until?: Instant;
}

function classify(
  task: Task,
  targets: TargetVerdict | undefined,
  service: Pick<Service, 'healthCheckGracePeriodSeconds'>,
  options: { readonly now: Instant; readonly settleMs: number },
): Classified {
  if (!isRunning(task)) return { kind: 'starting' };
  const startedAt = task.startedAt ?? task.createdAt;
  if (!hasHealthCheck(task) && targets === undefined) {
    const settledAt = afterMs(startedAt, options.settleMs);
    return settledAt <= options.now ? { kind: 'healthy' } : { kind: 'starting', until: settledAt };
  }
  const health = hasHealthCheck(task) ? task.healthStatus : 'HEALTHY';
  const fails = health === 'UNHEALTHY' || targets?.state === 'unhealthy';
  if (!fails) return { kind: health === 'UNKNOWN' || targets?.state === 'starting' ? 'starting' : 'healthy' };
  const graceEndsAt = afterMs(startedAt, service.healthCheckGracePeriodSeconds * 1000);
  return graceEndsAt <= options.now ? { kind: 'unhealthy' } : { kind: 'starting', until: graceEndsAt };
}
