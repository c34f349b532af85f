import { appContainers, type EngineContainer, type EngineTask } from '../task/state.ts';
import { interfaceOf } from '../task/steps/host.ts';

/** Whom a request is about: a container, known by the id in the path. */
export interface Subject {
  readonly task: EngineTask;
  readonly container: EngineContainer;
}

export function subjectOf(tasks: Iterable<EngineTask>, endpointId: string): Subject | undefined {
  for (const task of tasks) {
    const container = task.containers.find((each) => each.endpointId === endpointId);
    if (container !== undefined) return { task, container };
  }
  return undefined;
}

/** The task whose own interface has the address; a stopped one has given it back. */
export function taskAt(tasks: Iterable<EngineTask>, address: string): EngineTask | undefined {
  for (const task of tasks) {
    const stopped = task.reached === 'STOPPED' || task.payload.networkMode !== 'awsvpc';
    if (!stopped && interfaceOf(task).address === address) return task;
  }
  return undefined;
}

/** The container of a task by the id that metadata shows of it. */
export function containerWith(task: EngineTask, shownId: string): EngineContainer | undefined {
  return appContainers(task).find((container) => shownIdOf(task, container) === shownId);
}

/**
 * The id of a container as metadata shows it: the engine's, or on Fargate the task's with a number, as there. Undefined
 * before the container was created.
 */
export function shownIdOf(task: EngineTask, { runtimeId }: EngineContainer): string | undefined {
  if (runtimeId === undefined || task.payload.launchType !== 'FARGATE') return runtimeId;
  const number = Number.parseInt(runtimeId.slice(0, 8), 16);
  return `${task.taskArn.slice(task.taskArn.lastIndexOf('/') + 1)}-${number}`;
}
