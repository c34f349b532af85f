/** Limits of the API as a whole, with unit and reason. */
export const limits = {
  /** Tasks whose look is kept: some 5 KiB each with its JSON, and more than callers that wait watch at a time. */
  shownTasks: 4096,
  /** The same of services: some 10 KiB each, three times as much with a hundred events. */
  shownServices: 1024,
  /** How long a page token is good, ms: as long as an idempotency token; AWS names no time. */
  pageTokenMs: 24 * 3_600_000,
  /** Token buckets kept before the full ones are forgotten: some 200 bytes each. */
  throttleBuckets: 10_000,
} as const;
