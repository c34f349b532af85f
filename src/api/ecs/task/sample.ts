import { Ids, type Instant } from '#base';
import { newTask, type Task, type TaskDefinition, type TaskSpec } from '#model';

/** Draws nothing from the request's ids, so that sizing a task does not change those of the real ones. */
const noIds = new Ids({ uint32: () => 0 });

/** A task as it would be made, to read from it what it reserves. It is never stored. */
export function sampleTask(definition: TaskDefinition, spec: TaskSpec, at: Instant): Task {
  return newTask(definition, spec, at, noIds);
}
