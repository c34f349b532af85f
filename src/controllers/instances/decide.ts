import { afterMs, type Instant } from '#base';
import type { ContainerInstance, Task } from '#model';

/** What the state of one host means for it and for its tasks. */
export interface InstanceDecision {
  /** The very same object when nothing changes. */
  readonly instance: ContainerInstance;
  /** Tasks whose connectivity changes, as they are to be. */
  readonly tasks: readonly Task[];
  readonly wakeAt: Instant | undefined;
}

/**
 * A host whose agent is away for `lostAfterMs` is lost: services replace its tasks elsewhere. It is lost no longer as
 * soon as the agent is back. The interfaces of its tasks are said to be CONNECTED or DISCONNECTED with the agent; at
 * most `maxTasks` at a time.
 */
export function decideInstance(
  instance: ContainerInstance,
  tasks: Iterable<Task>,
  options: { readonly now: Instant; readonly lostAfterMs: number; readonly maxTasks: number },
): InstanceDecision {
  if (instance.status === 'INACTIVE') return { instance, tasks: [], wakeAt: undefined };
  const { now, maxTasks } = options;
  const connectivity = instance.agentConnected ? 'CONNECTED' : 'DISCONNECTED';
  const changed: Task[] = [];
  for (const task of tasks) {
    if (task.attachment?.status !== 'ATTACHED' || task.connectivity === connectivity) continue;
    if (changed.length === maxTasks) break;
    changed.push({ ...task, connectivity, connectivityAt: now, version: task.version + 1 });
  }
  const { after, wakeAt } = presence(instance, options);
  return { instance: after, tasks: changed, wakeAt: changed.length === maxTasks ? now : wakeAt };
}

function presence(
  instance: ContainerInstance,
  { now, lostAfterMs }: { readonly now: Instant; readonly lostAfterMs: number },
): { readonly after: ContainerInstance; readonly wakeAt: Instant | undefined } {
  if (instance.agentConnected) {
    if (instance.lostAt === undefined) return { after: instance, wakeAt: undefined };
    const { lostAt: _, ...after } = instance;
    return { after, wakeAt: undefined };
  }
  if (instance.lostAt !== undefined) return { after: instance, wakeAt: undefined };
  const lostAt = afterMs(instance.agentDisconnectedAt ?? instance.registeredAt, lostAfterMs);
  return lostAt > now
    ? { after: instance, wakeAt: lostAt }
    : { after: { ...instance, lostAt: now }, wakeAt: undefined };
}
