import { afterMs, type Clock, elapsedMs, type Logger, messageOf, type Timer } from '#base';
import type { EngineTask } from './state.ts';

export interface CleanUpsOptions {
  /** How long a stopped task's containers stay on disk. */
  readonly cleanupWaitMs: number;
}

export interface CleanUpsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Removes what is left of a task, and then all that is known of it. */
  readonly remove: (task: EngineTask) => Promise<void>;
  readonly own: (what: string, promise: Promise<void>) => void;
}

const retryMs = 60_000;

/** Removes stopped tasks when their time has come, and tries until it succeeds. */
export class CleanUps {
  readonly #options: CleanUpsOptions;
  readonly #deps: CleanUpsDeps;
  readonly #timers = new Map<string, Timer>();
  #closed = false;

  constructor(options: CleanUpsOptions, deps: CleanUpsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** A task that has stopped, and whose end was told. */
  schedule(task: EngineTask): void {
    const { clock } = this.#deps;
    const due = afterMs(task.stoppedAt ?? clock.now(), this.#options.cleanupWaitMs);
    this.#in(elapsedMs(clock.now(), due), task);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #in(waitMs: number, task: EngineTask): void {
    if (this.#closed) return;
    const { clock, own } = this.#deps;
    this.#timers.get(task.taskArn)?.cancel();
    const begin = (): void => {
      this.#timers.delete(task.taskArn);
      own('clean-up', this.#cleanUp(task));
    };
    this.#timers.set(task.taskArn, clock.setTimer(waitMs, begin));
  }

  async #cleanUp(task: EngineTask): Promise<void> {
    const { log, remove } = this.#deps;
    try {
      await remove(task);
    } catch (error) {
      log.warn('a stopped task could not be removed yet', { taskArn: task.taskArn, error: messageOf(error) });
      this.#in(retryMs, task);
    }
  }
}
