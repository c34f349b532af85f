import { type Clock, elapsedMs, type Instant, integerBelow, type Random, type Timer } from '#base';

export interface PulseOptions {
  readonly everyMs: number;
  /** How long a sign of life may be owed until the other side counts as silent, and until it counts as gone. */
  readonly silentMs: number;
  readonly deadMs: number;
}

interface PulseDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly ping: () => void;
  /** Whether it is worth asking now. */
  readonly wanted: () => boolean;
  /** The other side is silent, or is no longer. */
  readonly onSilent: (silent: boolean) => void;
  /** Called once, and the pulse has stopped. */
  readonly onDead: () => void;
}

/** Before a verdict, ms: what came while this process was busy is read first. */
const lastLookMs = 250;

/** Asks for signs of life, which cost nothing but a frame each way, and tells soon when there are none. */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #deps: PulseDeps;
  #timer: Timer | undefined;
  #owedSince: Instant | undefined;
  #silent = false;

  constructor(options: PulseOptions, deps: PulseDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  start(): void {
    // Many agents connect at the same moment after a restart; the first wait is cut so that they spread out.
    this.#wait(1 + integerBelow(this.#deps.random, this.#options.everyMs));
  }

  /** The other side said something, whatever it was. */
  heard(): void {
    this.#owedSince = undefined;
    if (!this.#silent) return;
    this.#silent = false;
    this.#deps.onSilent(false);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(delayMs: number): void {
    this.#timer = this.#deps.clock.setTimer(delayMs, () => this.#beat());
  }

  #beat(): void {
    const { everyMs, silentMs } = this.#options;
    if (this.#owedMs() >= silentMs) {
      this.#timer = this.#deps.clock.setTimer(lastLookMs, () => this.#judge());
      return;
    }
    if (this.#deps.wanted()) {
      this.#owedSince ??= this.#deps.clock.now();
      this.#deps.ping();
    }
    this.#wait(Math.max(1, Math.min(everyMs, silentMs - this.#owedMs())));
  }

  #judge(): void {
    const { everyMs, silentMs, deadMs } = this.#options;
    const owedMs = this.#owedMs();
    if (owedMs >= deadMs) {
      this.stop();
      this.#deps.onDead();
      return;
    }
    if (owedMs >= silentMs && !this.#silent) {
      this.#silent = true;
      this.#deps.onSilent(true);
    }
    if (owedMs >= silentMs) this.#deps.ping();
    this.#wait(everyMs);
  }

  #owedMs(): number {
    return this.#owedSince === undefined ? 0 : Math.max(0, elapsedMs(this.#owedSince, this.#deps.clock.now()));
  }
}
