import { type BackoffOptions, backoffMs, type Clock, Fault, type Random, sleep } from '#base';
import { ApiError } from '#wire/client';

export interface AttemptDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** How often a call is made in all, and between two of them; as the AWS SDKs do by default. */
export const mostAttempts = 3;
const backoff: BackoffOptions = { firstMs: 500, maxMs: 20_000, factor: [2, 1], jitterPercent: 100 };

/** A call that failed for good, after so many attempts. */
export class FailedCall extends Error {
  readonly attempts: number;
  override readonly cause: unknown;

  constructor(cause: unknown, attempts: number) {
    super('the call failed');
    this.cause = cause;
    this.attempts = attempts;
  }
}

/**
 * Makes a call, and again when nobody answered, the service had trouble of its own, or was asked too much. Throws
 * FailedCall; the signal's reason when that ended it.
 */
export async function attempting<T>(
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
  { clock, random }: AttemptDeps,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await limited(clock, limitMs, call, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= mostAttempts || !worthTrying(error)) throw new FailedCall(error, attempt);
      await sleep(clock, backoffMs(backoff, attempt - 1, random), signal);
    }
  }
}

async function limited<T>(
  clock: Clock,
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const given = AbortSignal.any([signal, late.signal]);
  const timer = clock.setTimer(limitMs, () => {
    late.abort(new Fault('Unreachable', 'context deadline exceeded', { retryable: true }));
  });
  // Whether or not the call heeds the signal.
  const ended = new Promise<never>((_, reject) => {
    given.addEventListener('abort', () => reject(given.reason), { once: true });
  });
  try {
    given.throwIfAborted();
    return await Promise.race([call(given), ended]);
  } finally {
    timer.cancel();
  }
}

const tooMuch = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|RequestTimeout|PriorRequestNotComplete)/;

function worthTrying(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429 || tooMuch.test(error.code);
  return error instanceof Fault && error.retryable;
}
