import { afterMs, type Instant, msFromInstant } from './time.ts';

/** The passing of time, as a port: the system's in `main/`, a simulated one in tests. */
export interface Clock {
  now(): Instant;
  /** Milliseconds, with fractions, since some moment; it only goes forward. For measuring how long something took. */
  monotonicMs(): number;
  /** Calls `fire` once, `delayMs` from now; 0 is as soon as what is ready now had its turn. Cancelling twice, or after it fired, does nothing. */
  setTimer(delayMs: number, fire: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(abortReason(signal));
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

/**
 * A clock that moves only when told. Timers fire in order of their instant, then of their making, each with `now()`
 * standing exactly at its instant.
 */
export class ManualClock implements Clock {
  #now: Instant;
  #sequence = 0;
  readonly #timers = new Map<number, { at: Instant; fire: () => void }>();

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  monotonicMs(): number {
    return msFromInstant(this.#now);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const id = ++this.#sequence;
    this.#timers.set(id, { at: afterMs(this.#now, Math.max(0, delayMs)), fire });
    return { cancel: () => void this.#timers.delete(id) };
  }

  /** When the next timer is due; `undefined` when none is set. */
  nextTimerAt(): Instant | undefined {
    return this.#next()?.at;
  }

  /** Moves time to `to`, firing every timer due on the way. Time never goes back. */
  advanceTo(to: Instant): void {
    for (let next = this.#next(); next !== undefined && next.at <= to; next = this.#next()) {
      this.#timers.delete(next.id);
      if (next.at > this.#now) this.#now = next.at;
      next.fire();
    }
    if (to > this.#now) this.#now = to;
  }

  advanceMs(durationMs: number): void {
    this.advanceTo(afterMs(this.#now, durationMs));
  }

  #next(): { id: number; at: Instant; fire: () => void } | undefined {
    let first: { id: number; at: Instant; fire: () => void } | undefined;
    for (const [id, timer] of this.#timers) {
      if (first === undefined || timer.at < first.at) first = { id, ...timer };
    }
    return first;
  }
}
