/** Limits of the CloudWatch Logs API. Source: its reference, at each operation. */
export const limits = {
  /** Groups or streams in a page. */
  describePage: 50,
  /** Events in a page. */
  eventPage: 10_000,
  /** A batch of PutLogEvents, bytes: messages in UTF-8 and 26 bytes each. */
  batchBytes: 1_048_576,
  eventOverheadBytes: 26,
  /** Between the first and the last event of a batch, ms. */
  batchSpanMs: 24 * 3_600_000,
  /** Events further ahead than this are refused, ms. */
  tooNewMs: 2 * 3_600_000,
  /** Events older than this are refused, ms. */
  tooOldMs: 14 * 86_400_000,
} as const;
