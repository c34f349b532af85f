import { type Clock, elapsedMs, type Instant } from '#base';

/** A token bucket. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Pick<Clock, 'now'>;
  #tokens: number;
  #at: Instant;

  constructor(
    options: { readonly perSecond: number; readonly burst: number },
    deps: { readonly clock: Pick<Clock, 'now'> },
  ) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#clock = deps.clock;
    this.#tokens = options.burst;
    this.#at = deps.clock.now();
  }

  /** Whether one more is within the limit; if so, it counts. */
  take(): boolean {
    const now = this.#clock.now();
    const gained = (elapsedMs(this.#at, now) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, gained));
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
