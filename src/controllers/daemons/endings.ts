import { afterMs, backoffMs } from '#base';
import type { ContainerInstanceArn, Daemon, DaemonTrouble, Task } from '#model';
import type { DaemonContext } from './decision.ts';
import { startBackoff } from './limits.ts';
import { hadSettled, isCurrent, settlesAt } from './standing.ts';
import type { DaemonView } from './view.ts';

/** What became of the tasks that ended or fail their health checks since the last look. */
export interface Endings {
  readonly counted: readonly Task[];
  readonly unhealthy: readonly Task[];
  readonly troubles: Troubles;
  /** Tasks of the wanted revision that did not start, or failed. */
  readonly failures: number;
  /** Instances on which a critical daemon failed that had run there, with why. */
  readonly lost: ReadonlyMap<ContainerInstanceArn, string>;
}

export type Troubles = Readonly<Record<ContainerInstanceArn, DaemonTrouble>>;

/**
 * Takes note of each end once. A task that came up and failed later costs its instance, if the daemon is critical and is
 * not being deployed: then the deployment answers for it. Any other failure is a trouble of the instance.
 */
export function countEndings(view: DaemonView, context: DaemonContext): Endings {
  const { daemon, deployment } = view;
  const counted = view.tasks.filter(({ desiredStatus, countedAt }) => desiredStatus === 'STOPPED' && !countedAt);
  const unhealthy = view.tasks.filter(
    ({ desiredStatus, lastStatus, healthStatus }) =>
      desiredStatus === 'RUNNING' && lastStatus === 'RUNNING' && healthStatus === 'UNHEALTHY',
  );
  const failed = [...counted.filter(hasFailed), ...unhealthy].filter((task) => isCurrent(daemon, task));
  const lost = new Map<ContainerInstanceArn, string>();
  let troubles = withoutSettled(view, context);
  for (const task of failed) {
    const { hostArn } = task;
    if (hostArn === undefined) continue;
    if (deployment === undefined && hadSettled(task, context)) {
      if (view.revision.critical) lost.set(hostArn, task.stoppedReason ?? unhealthyReason);
      continue;
    }
    const said = `Task failed to reach RUNNING status: ${reasonOf(task)}`;
    const { taskArn, capacityProviderName = '' } = task;
    const trouble = { failureType: 'TASK_FAILED_TO_RUN', reason: said, taskArn, capacityProviderName } as const;
    troubles = withTrouble(troubles, hostArn, trouble, context);
  }
  return { counted, unhealthy, troubles, failures: failed.length, lost };
}

export const unhealthyReason = 'Task failed container health checks';

/** With one more failure of an instance: it is left alone for a while. */
export function withTrouble(
  troubles: Troubles,
  arn: ContainerInstanceArn,
  trouble: Omit<DaemonTrouble, 'failures' | 'retryAt'>,
  { now, random }: Pick<DaemonContext, 'now' | 'random'>,
): Troubles {
  const failures = (troubles[arn]?.failures ?? 0) + 1;
  const retryAt = afterMs(now, backoffMs(startBackoff, failures - 1, random));
  return { ...troubles, [arn]: { ...trouble, failures, retryAt } };
}

/** The daemon's troubles but for those of instances where a task came up meanwhile, or that are gone. */
function withoutSettled(view: DaemonView, { now, settleMs }: DaemonContext): Troubles {
  const { troubles } = view.daemon;
  if (troubles === undefined) return {};
  const isUp = (arn: string): boolean =>
    view.tasks.some((task) => {
      const at = task.hostArn === arn && isCurrent(view.daemon, task) ? settlesAt(task, settleMs) : undefined;
      return at !== undefined && at <= now;
    });
  const there = new Set<string>(view.instances.map(({ containerInstanceArn }) => containerInstanceArn));
  const left = Object.entries(troubles).filter(([arn]) => there.has(arn) && !isUp(arn));
  return left.length === Object.keys(troubles).length ? troubles : Object.fromEntries(left);
}

/** The daemon with these troubles; the very same object when they are what it has. */
export function troubled(daemon: Daemon, troubles: Troubles): Daemon {
  if (troubles === daemon.troubles) return daemon;
  const { troubles: _, ...rest } = daemon;
  if (Object.keys(troubles).length > 0) return { ...rest, troubles };
  return daemon.troubles === undefined ? daemon : rest;
}

/** Whether a task ended by itself, not because somebody wanted it to or its instance went. */
function hasFailed({ stopCode }: Task): boolean {
  return stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited';
}

function reasonOf(task: Task): string {
  const said = task.containers.find(({ reason }) => reason !== undefined)?.reason;
  return said ?? task.stoppedReason ?? unhealthyReason;
}
