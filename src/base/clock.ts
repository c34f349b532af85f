import { afterMs, type Instant, instantFromMs, msFromInstant } from './time.ts';

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
 * standing exactly at its instant. Setting, firing and cancelling cost the logarithm of what is set.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  #sequence = 0;
  readonly #timers = new TimerHeap();

  constructor(start: Instant) {
    this.#nowMs = msFromInstant(start);
  }

  now(): Instant {
    return instantFromMs(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const timer: SetTimer = { atMs: Math.round(this.#nowMs + Math.max(0, delayMs)), sequence: ++this.#sequence, fire };
    this.#timers.push(timer);
    return { cancel: () => this.#timers.cancel(timer) };
  }

  /** When the next timer is due; `undefined` when none is set. */
  nextTimerAt(): Instant | undefined {
    const next = this.#timers.first();
    return next === undefined ? undefined : instantFromMs(next.atMs);
  }

  /** Moves time to the next timer and fires it alone; gives false when none is set. */
  fireNext(): boolean {
    const next = this.#timers.shift();
    if (next === undefined) return false;
    if (next.atMs > this.#nowMs) this.#nowMs = next.atMs;
    next.fire?.();
    return true;
  }

  /** Moves time to `to`, firing every timer due on the way. Time never goes back. */
  advanceTo(to: Instant): void {
    const toMs = msFromInstant(to);
    for (let next = this.#timers.first(); next !== undefined && next.atMs <= toMs; next = this.#timers.first()) {
      this.fireNext();
    }
    if (toMs > this.#nowMs) this.#nowMs = toMs;
  }

  advanceMs(durationMs: number): void {
    this.advanceTo(afterMs(this.now(), durationMs));
  }
}

interface SetTimer {
  readonly atMs: number;
  readonly sequence: number;
  /** Gone when the timer was cancelled. */
  fire: (() => void) | undefined;
}

/** A binary heap. A cancelled timer stays until it is first, or until most of the heap is cancelled ones. */
class TimerHeap {
  #heap: SetTimer[] = [];
  #cancelled = 0;

  push(timer: SetTimer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent] as SetTimer;
      if (isBefore(above, timer)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  /** The next timer that is not cancelled. */
  first(): SetTimer | undefined {
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (next.fire !== undefined) return next;
      this.#removeFirst();
      this.#cancelled--;
    }
    return undefined;
  }

  shift(): SetTimer | undefined {
    const next = this.first();
    if (next === undefined) return undefined;
    this.#removeFirst();
    const { atMs, sequence, fire } = next;
    // Cancelling what has fired does nothing.
    next.fire = undefined;
    return { atMs, sequence, fire };
  }

  cancel(timer: SetTimer): void {
    if (timer.fire === undefined) return;
    timer.fire = undefined;
    this.#cancelled++;
    if (this.#cancelled < 64 || this.#cancelled * 2 < this.#heap.length) return;
    this.#heap = this.#heap.filter(({ fire }) => fire !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as SetTimer, heap[child] as SetTimer)) child++;
      if (isBefore(last, heap[child] as SetTimer)) break;
      heap[at] = heap[child] as SetTimer;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: SetTimer, b: SetTimer): boolean {
  return a.atMs === b.atMs ? a.sequence < b.sequence : a.atMs < b.atMs;
}
