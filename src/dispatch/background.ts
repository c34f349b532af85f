import { type Logger, messageOf } from '#base';

/** Owns promises nobody waits for: their failure is logged, and closing waits for them. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  spawn(name: string, work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => this.#logger.error('background work failed', { name, error: messageOf(error) }))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when everything spawned so far, and by it, has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
