import { afterMs, elapsedMs, type Instant } from '#base';
import { type ContainerInstance, type Daemon, holdsResources, type Task } from '#model';
import type { DaemonView } from './view.ts';

/** Whether the task is of the revision that is wanted. */
export function isCurrent({ goal }: Daemon, task: Task): boolean {
  return task.daemonRevisionArn === goal.daemonRevisionArn;
}

/** RUNNING, and to stay so. */
export function runs(task: Task): boolean {
  return task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING';
}

/** When a task that runs counts as one that came up: after a while, or once its health checks passed. */
export function settlesAt(task: Task, settleMs: number): Instant | undefined {
  if (!runs(task) || task.startedAt === undefined || task.healthStatus === 'UNHEALTHY') return undefined;
  return task.healthStatus === 'HEALTHY' ? task.startedAt : afterMs(task.startedAt, settleMs);
}

/** Whether a task that ended, or fails its health checks, had come up before. */
export function hadSettled(
  task: Task,
  { now, settleMs }: { readonly now: Instant; readonly settleMs: number },
): boolean {
  return task.startedAt !== undefined && elapsedMs(task.startedAt, task.stoppingAt ?? now) >= settleMs;
}

/** The instances that a task of the daemon belongs on now. */
export function goalInstances(view: DaemonView): readonly ContainerInstance[] {
  if (view.daemon.status !== 'ACTIVE') return [];
  return view.instances.filter((each) => isOfGoal(view.daemon, each) && view.accepts(each));
}

export function isOfGoal({ goal, status }: Daemon, { capacityProviderName: name }: ContainerInstance): boolean {
  return status === 'ACTIVE' && name !== undefined && goal.capacityProviders.includes(name);
}

/** The tasks that hold something of each instance. */
export function tasksByHost({ tasks }: Pick<DaemonView, 'tasks'>): ReadonlyMap<string, readonly Task[]> {
  return Map.groupBy(tasks.filter(holdsResources), ({ hostArn }) => hostArn ?? '');
}
