import { Fault, type Logger, messageOf } from '#base';

export interface OwnedPromisesDeps {
  readonly log: Logger;
  /** A call found the engine not answering. */
  readonly onEngineLost: () => void;
  /** What fails from then on is nobody's business. */
  readonly isClosed: () => boolean;
}

/** Promises that nobody awaits: their failures are logged, and whoever closes can wait for them. */
export class OwnedPromises {
  readonly #deps: OwnedPromisesDeps;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: OwnedPromisesDeps) {
    this.#deps = deps;
  }

  readonly own = (what: string, promise: Promise<void>): void => {
    const owned = promise
      .catch((error: unknown) => {
        if (error instanceof Fault && error.code === 'EngineUnavailable') this.#deps.onEngineLost();
        else if (!this.#deps.isClosed()) this.#deps.log.error(`${what} failed`, { error: messageOf(error) });
      })
      .finally(() => this.#running.delete(owned));
    this.#running.add(owned);
  };

  /** Resolves when those under way have ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
