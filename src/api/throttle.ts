import { elapsedMs, type Instant } from '#base';
import { type Scope, scopeKey } from '#model';
import { limits } from './limits.ts';
import { type RequestClass, type RequestRate, requestClasses, requestRates } from './request-rates.ts';

interface Bucket {
  /** What was left at `at`. */
  tokens: number;
  at: Instant;
  readonly rate: RequestRate;
}

/**
 * How many requests each account may make in a region: a token bucket per class of operations. Time is what callers say
 * it is, so the same calls at the same times get the same answers.
 */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();
  readonly #rates: Readonly<Record<RequestClass, RequestRate>>;

  constructor(rates: Readonly<Record<RequestClass, RequestRate>> = requestRates) {
    this.#rates = rates;
  }

  /** Whether one more request may pass; it is counted when it may. What is in no class passes uncounted. */
  take(operation: string, scope: Scope, now: Instant): boolean {
    const requestClass = requestClasses.get(operation);
    if (requestClass === undefined) return true;
    const bucket = this.#bucket(`${scopeKey(scope)}/${requestClass}`, this.#rates[requestClass], now);
    bucket.tokens = tokensAt(bucket, now);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #bucket(key: string, rate: RequestRate, now: Instant): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= limits.throttleBuckets) this.#forgetFull(now);
    const bucket: Bucket = { tokens: rate.burst, at: now, rate };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** A full bucket is as good as none. */
  #forgetFull(now: Instant): void {
    for (const [key, bucket] of this.#buckets) {
      if (tokensAt(bucket, now) >= bucket.rate.burst) this.#buckets.delete(key);
    }
  }
}

function tokensAt({ tokens, at, rate }: Bucket, now: Instant): number {
  const gained = (Math.max(0, elapsedMs(at, now)) * rate.perSecond) / 1000;
  return Math.min(rate.burst, tokens + gained);
}
