import { afterMs, type Clock, elapsedMs, type Instant, type ManualClock, type Timer } from '#base';

/**
 * The clock of the control plane's machine: timers run as simulated time does, the time of day can be off. That is how
 * a machine behaves: its timers count monotonic time, and only the time of day is set.
 */
export class MachineClock {
  readonly #base: ManualClock;
  #offsetMs = 0;
  #latest: Instant;
  #setAt: Instant;

  constructor(base: ManualClock) {
    this.#base = base;
    this.#latest = base.now();
    this.#setAt = base.now();
  }

  now(): Instant {
    const now = afterMs(this.#base.now(), this.#offsetMs);
    if (now > this.#latest) this.#latest = now;
    return now;
  }

  /** The latest time of day the machine ever showed. */
  get latest(): Instant {
    this.now();
    return this.#latest;
  }

  /** Whether the time of day has been right for the last minute. */
  get steady(): boolean {
    return this.#offsetMs === 0 && elapsedMs(this.#setAt, this.#base.now()) > 60_000;
  }

  /** Sets the time of day so far from what it should be; leaping forward when that is later than now. */
  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#setAt = this.#base.now();
  }

  monotonicMs(): number {
    return this.#base.monotonicMs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.#base.setTimer(delayMs, fire);
  }
}

/** A process's view of its machine's clock. A dead process's timers never fire. */
export class ProcessClock implements Clock {
  readonly #machine: MachineClock;
  readonly #alive: () => boolean;

  constructor(machine: MachineClock, alive: () => boolean) {
    this.#machine = machine;
    this.#alive = alive;
  }

  now(): Instant {
    return this.#machine.now();
  }

  monotonicMs(): number {
    return this.#machine.monotonicMs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.#machine.setTimer(delayMs, () => {
      if (this.#alive()) fire();
    });
  }
}
