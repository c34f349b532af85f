/** Limits of the log room, with unit and reason. */
export const defaultLogLimits = {
  /** A segment is closed at this size, bytes: what a start reads again of each group in use, and what retention frees at a time. */
  segmentBytes: 16 * 1024 * 1024,
  /** A segment is closed with so many batches: 1.5 MiB of index in memory. */
  segmentBatches: 48 * 1024,
  /** In groups with a retention a segment is closed when its first event is this old, ms: expired events go within a day. */
  segmentAgeMs: 24 * 3_600_000,
  /** In such groups a stream that nothing was written to for so long is forgotten, ms: each takes some 600 bytes of memory. */
  streamIdleMs: 400 * 24 * 3_600_000,
  /** A group that nobody asked for that long is put away, ms: its next use reads its open segment again. */
  groupIdleMs: 3_600_000,
  /** What one flush writes at most, bytes: some 3 ms of the event loop to encode. */
  flushBytes: 2 * 1024 * 1024,
  /** What may wait for the disk in all groups, bytes; beyond it callers are asked to slow down. */
  waitingBytes: 64 * 1024 * 1024,
  /** Closed segments' indexes that are kept, bytes. */
  indexCacheBytes: 32 * 1024 * 1024,
  /** Messages in one page, bytes; an event counts 26 bytes beside its message. Source: GetLogEvents, FilterLogEvents. */
  pageBytes: 1024 * 1024,
  /** What one search reads at most before it answers what it has, bytes. */
  searchBytes: 16 * 1024 * 1024,
  /** What is read from a file at a time, bytes. */
  readBytes: 256 * 1024,
} as const;

export type LogLimits = { readonly [K in keyof typeof defaultLogLimits]: number };

/** What an event counts beside its message, bytes. Source: PutLogEvents. */
export const eventOverheadBytes = 26;
