import { type Task, taskStatusRank } from '#model';

/** What an agent is told of a task: to run it, or to stop it. Once STOPPED was ordered, RUNNING never follows. */
export type Order = 'RUNNING' | 'STOPPED';

/**
 * The order a task calls for; `undefined` while it calls for none. RUNNING from PENDING on: its host is chosen and its
 * interface has an address. STOPPED only while STOPPING: before that registrations are taken back, after that nothing
 * runs any more.
 */
export function orderFor(task: Pick<Task, 'desiredStatus' | 'lastStatus' | 'hostArn'>): Order | undefined {
  if (task.hostArn === undefined) return undefined;
  if (task.lastStatus === 'STOPPING') return 'STOPPED';
  const rank = taskStatusRank(task.lastStatus);
  const placed = rank >= taskStatusRank('PENDING') && rank <= taskStatusRank('RUNNING');
  return placed && task.desiredStatus === 'RUNNING' ? 'RUNNING' : undefined;
}
