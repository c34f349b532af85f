import { assert, Fault, messageOf } from '#base';
import { timeoutName } from './patience.ts';
import { type EngineContainer, type EngineTask, findContainer, withContainer } from './state.ts';

/** What a step did to its task, to be applied to the task as it is by then. */
export type Change = (task: EngineTask) => EngineTask;

export function get(task: EngineTask, name: string): EngineContainer {
  const container = findContainer(task, name);
  assert(container !== undefined, `no container ${name} in ${task.taskArn}`);
  return container;
}

export function replaced(task: EngineTask, container: EngineContainer): EngineTask {
  return { ...task, containers: task.containers.map((one) => (one.name === container.name ? container : one)) };
}

/** A container that was to be restarted and is stopped instead. */
export function settled(task: EngineTask, name: string): EngineTask {
  const { restartDue: _due, ...container } = get(task, name);
  return replaced(task, container);
}

export function failed(task: EngineTask, container: EngineContainer, errorName: string, error: unknown): Change {
  const name = isTimeout(error) ? timeoutName(task.payload.launchType) : errorName;
  const reason = `${name}: ${messageOf(error)}`;
  return (now) => {
    if (get(now, container.name).known === 'STOPPED') return now;
    const stopped = withContainer(now, container.name, { known: 'STOPPED', reason });
    // A namespace holder is never reported: what befell it is the task's reason.
    return container.internal ? { ...stopped, reason: now.reason ?? reason } : stopped;
  };
}

export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

export function isTimeout(error: unknown): boolean {
  return error instanceof Fault && error.code === 'Timeout';
}

export function rethrowUnavailable(error: unknown): void {
  if (error instanceof Fault && error.code === 'EngineUnavailable') throw error;
}
