import { type ContainerInstanceArn, holdsResources, type Task, type TaskArn } from '#model';
import type { Revision } from '#store';

interface Observation {
  readonly revision: Revision;
  readonly arn: TaskArn;
  readonly task: Task | undefined;
}

/**
 * The tasks of one host as they are on disk: read once, then kept up to date by commits. Nothing in it can be taken
 * back by a crash, so that no agent is ever told of a task that never was.
 */
export class HostTasks {
  readonly #hostArn: ContainerInstanceArn;
  readonly #tasks = new Map<TaskArn, Task>();
  /** Undefined while the tasks are being read: commits wait in `#early`. */
  #loadedAt: Revision | undefined;
  #early: Observation[] = [];

  constructor(hostArn: ContainerInstanceArn) {
    this.#hostArn = hostArn;
  }

  get loaded(): boolean {
    return this.#loadedAt !== undefined;
  }

  find(arn: TaskArn): Task | undefined {
    return this.#tasks.get(arn);
  }

  all(): Iterable<Task> {
    return this.#tasks.values();
  }

  /** The tasks are about to be read anew; what is known stays until then. */
  startLoad(): void {
    this.#loadedAt = undefined;
    this.#early = [];
  }

  /** The tasks as read at `revision`, and after them the commits that came in the meantime. */
  finishLoad(revision: Revision, tasks: Iterable<Task>): void {
    this.#tasks.clear();
    this.#loadedAt = revision;
    for (const task of tasks) this.#keep(task.taskArn, task);
    for (const observation of this.#early.splice(0)) this.observe(observation);
  }

  /** A commit changed the task (`undefined`: deleted). Gives false when it is old news, or not yet to be looked at. */
  observe(observation: Observation): boolean {
    if (this.#loadedAt === undefined) {
      this.#early.push(observation);
      return false;
    }
    if (observation.revision <= this.#loadedAt) return false;
    this.#keep(observation.arn, observation.task);
    return true;
  }

  #keep(arn: TaskArn, task: Task | undefined): void {
    if (task !== undefined && task.hostArn === this.#hostArn && holdsResources(task)) this.#tasks.set(arn, task);
    else this.#tasks.delete(arn);
  }
}
