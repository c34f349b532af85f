import { type Clock, type Instant, instantFromMs, type Timer } from '#base';

/** The machine's own time. */
export class SystemClock implements Clock {
  now(): Instant {
    return instantFromMs(Date.now());
  }

  monotonicMs(): number {
    return performance.now();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    if (delayMs <= 0) {
      const handle = setImmediate(fire);
      return { cancel: () => clearImmediate(handle) };
    }
    // Node fires at once for a delay beyond 2^31-1 ms.
    const handle = setTimeout(fire, Math.min(delayMs, 2 ** 31 - 1));
    return { cancel: () => clearTimeout(handle) };
  }
}
