import type { Target, Task } from '#model';

/** A target of a task that does not pass the checks of its group. */
export interface FailingTarget {
  readonly targetGroupArn: string;
  readonly port: number;
  /** An instance's id, of targets that are instances. */
  readonly instanceId?: string;
  readonly reason: string;
}

/** How a task stands with its target groups: healthy when it is in all of them. */
export type TargetVerdict =
  | { readonly state: 'healthy' | 'starting' }
  | { readonly state: 'unhealthy'; readonly failing: FailingTarget };

const starting: TargetVerdict = { state: 'starting' };
const healthy: TargetVerdict = { state: 'healthy' };

/** The verdict over a task's targets; `undefined` for tasks that have no target groups. */
export function verdictOf(task: Pick<Task, 'targetGroups'>, targets: Iterable<Target>): TargetVerdict | undefined {
  if (task.targetGroups === undefined || task.targetGroups.length === 0) return undefined;
  const good = new Set<string>();
  for (const { id, port, targetGroupArn, health, drainsUntil } of targets) {
    if (drainsUntil !== undefined) continue;
    if (health.state === 'healthy') good.add(targetGroupArn);
    if (health.state !== 'unhealthy') continue;
    const instance = id.startsWith('i-') || id.startsWith('mi-') ? { instanceId: id } : {};
    const reason = health.description ?? health.reason ?? 'Health checks failed';
    return { state: 'unhealthy', failing: { targetGroupArn, port, ...instance, reason } };
  }
  return task.targetGroups.every(({ targetGroupArn }) => good.has(targetGroupArn)) ? healthy : starting;
}
