import { Fault, type Timer } from '#base';
import { mayBeCalledOff, type Step } from './decide.ts';

/** The work under way for a task: a lane each, with the means to call it off. */
export interface TaskWork {
  readonly lanes: Map<string, { readonly step: Step; readonly abort: AbortController }>;
  /** Containers that an event came for while their lane was at work. */
  readonly stale: Set<string>;
  /** Resolves when the newest of the task is on disk. */
  saved: Promise<void>;
  wake?: Timer;
}

/** The work under way for all tasks. */
export class TaskWorks {
  readonly #byTask = new Map<string, TaskWork>();

  of(taskArn: string): TaskWork {
    let work = this.#byTask.get(taskArn);
    if (work === undefined) {
      work = { lanes: new Map(), stale: new Set(), saved: Promise.resolve() };
      this.#byTask.set(taskArn, work);
    }
    return work;
  }

  forget(taskArn: string): void {
    this.#byTask.delete(taskArn);
  }

  /** Whether what a task needs of the host is being made right now. */
  isPreparing(): boolean {
    return [...this.#byTask.values()].some(({ lanes }) => lanes.get('')?.step.kind === 'prepare');
  }

  /** Nothing is begun any more for any task. */
  close(): void {
    for (const work of this.#byTask.values()) {
      work.wake?.cancel();
      callOff(work, new Fault('Closed', 'closed'));
    }
  }
}

/** Ends what may be left unfinished. */
export function callOff({ lanes }: TaskWork, why: Fault): void {
  for (const { step, abort } of lanes.values()) if (mayBeCalledOff(step)) abort.abort(why);
}
