import { type BackoffOptions, backoffMs, type Clock, Fault, type Logger, messageOf, type Random, sleep } from '#base';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { TaskEngine } from './engine.ts';

export interface RuntimeWatchOptions {
  /** The label of this agent's containers, `name=value`. */
  readonly label: string;
  /** Between the attempts to reach an engine that does not answer. */
  readonly backoff: BackoffOptions;
  /** A list is compared with what is known this often, in case an event was lost. */
  readonly relistMs: number;
}

export interface RuntimeWatchDeps {
  readonly runtime: ContainerRuntime;
  readonly engine: TaskEngine;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Whether the container engine answers, for the instance's health. */
  readonly onAvailability: (available: boolean) => void;
}

/** Follows the container engine's events, and lists all containers afresh after each gap. */
export class RuntimeWatch {
  readonly #options: RuntimeWatchOptions;
  readonly #deps: RuntimeWatchDeps;
  #interrupt: AbortController | undefined;

  constructor(options: RuntimeWatchOptions, deps: RuntimeWatchDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Somebody found the engine not answering: list afresh as soon as it does. */
  engineLost(): void {
    this.#interrupt?.abort(new Fault('EngineUnavailable', 'the engine did not answer a call', { retryable: true }));
  }

  /** Resolves when `signal` is aborted. `onFirst` is called after the first list. */
  async run(signal: AbortSignal, onFirst: () => void): Promise<void> {
    const { clock, random, log } = this.#deps;
    let first: (() => void) | undefined = onFirst;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#once(signal, () => {
          attempt = 0;
          first?.();
          first = undefined;
        });
      } catch (error) {
        if (signal.aborted) return;
        log.warn('the container engine does not answer', { error: messageOf(error) });
      }
      if (signal.aborted) return;
      this.#deps.engine.suspend();
      this.#deps.onAvailability(false);
      await sleep(clock, backoffMs(this.#options.backoff, attempt, random), signal).catch(() => {});
    }
  }

  async #once(signal: AbortSignal, onListed: () => void): Promise<void> {
    const { runtime, engine, clock } = this.#deps;
    const { label, relistMs } = this.#options;
    const interrupt = new AbortController();
    this.#interrupt = interrupt;
    const either = AbortSignal.any([signal, interrupt.signal]);
    try {
      const { ended } = await runtime.watchEvents({
        label,
        signal: either,
        onEvent: (event) => engine.onRuntimeEvent(event),
      });
      const over = ended.then(() => 'over' as const);
      for (;;) {
        await engine.resync(label);
        this.#deps.onAvailability(true);
        onListed();
        const pause = new AbortController();
        const relist = sleep(clock, relistMs, pause.signal).then(
          () => 'relist' as const,
          () => 'over' as const,
        );
        const next = await Promise.race([over, relist]);
        pause.abort();
        if (next === 'over') return;
      }
    } finally {
      interrupt.abort(new Fault('Closed', 'the event stream is given up'));
      this.#interrupt = undefined;
    }
  }
}
