import { integerBelow, type Random } from './random.ts';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Growth per attempt as an integer ratio, so that a seed means the same everywhere: [3, 2] is ×1.5. */
  readonly factor: readonly [numerator: number, denominator: number];
  /** Jitter added on top, in percent of the delay. */
  readonly jitterPercent: number;
}

/** The delay before attempt `attempt` (0 is the first retry). Jitter only ever adds. */
export function backoffMs(options: BackoffOptions, attempt: number, random: Random): number {
  let delayMs = options.firstMs;
  for (let i = 0; i < attempt && delayMs < options.maxMs; i++) {
    delayMs = Math.floor((delayMs * options.factor[0]) / options.factor[1]);
  }
  delayMs = Math.min(delayMs, options.maxMs);
  const jitterMs = Math.floor((delayMs * options.jitterPercent) / 100);
  return delayMs + (jitterMs > 0 ? integerBelow(random, jitterMs + 1) : 0);
}
