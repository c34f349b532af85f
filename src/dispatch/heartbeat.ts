import { type Clock, elapsedMs, type Ids, type Instant, integerBelow, type Timer } from '#base';

export interface HeartbeatOptions {
  readonly everyMs: number;
  /** How long an answer may be owed. */
  readonly deadlineMs: number;
}

interface HeartbeatDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly send: (messageId: string) => void;
  /** No answer within the deadline; called once, and the heartbeat has stopped. */
  readonly onDead: () => void;
}

/** Beats at once and then regularly; the first beat without an answer starts the deadline. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #deps: HeartbeatDeps;
  #timer: Timer | undefined;
  #owedSince: Instant | undefined;

  constructor(options: HeartbeatOptions, deps: HeartbeatDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  start(): void {
    this.#beat();
    // Many agents connect at the same moment after a restart; the first interval is cut so that they spread out.
    this.#wait(1 + integerBelow(this.#deps.ids.random, this.#options.everyMs));
  }

  /** The agent lives: it answered, or said something else. */
  heard(): void {
    this.#owedSince = undefined;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(delayMs: number): void {
    this.#timer = this.#deps.clock.setTimer(delayMs, () => {
      const owed = this.#owedSince;
      if (owed !== undefined && elapsedMs(owed, this.#deps.clock.now()) >= this.#options.deadlineMs) {
        this.#timer = undefined;
        this.#deps.onDead();
        return;
      }
      this.#beat();
      this.#wait(this.#options.everyMs);
    });
  }

  #beat(): void {
    this.#owedSince ??= this.#deps.clock.now();
    this.#deps.send(this.#deps.ids.uuid());
  }
}
