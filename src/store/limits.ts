/** Every bound of the store. Tests pass smaller ones; nothing here changes what is stored. */
export interface StoreLimits {
  /** Transactions in one journal append: keeps one append, and so the wait of those behind it, short. */
  readonly batchTransactions: number;
  /** UTF-16 units of journal text in one append; one larger transaction travels alone. */
  readonly batchTextLength: number;
  /** Transactions and readers that wait for the disk; beyond it callers are told to come back. */
  readonly pendingTransactions: number;
  /** UTF-16 units of journal text that wait for the disk: a slow disk must not fill the memory. */
  readonly pendingTextLength: number;
  /** Commits kept for watchers that lag: a few seconds of the highest rate. */
  readonly historyCommits: number;
  /** Commits kept when no watcher lags, for one that resumes: what lives on for seconds costs a collection of the old. */
  readonly resumeCommits: number;
  /** Changes kept for watchers: a commit can carry many, and each holds on to two records. */
  readonly historyChanges: number;
  /** Bytes of journal that start the next snapshot, or half of the last one's if that is more: bounds the time to load. */
  readonly snapshotAfterBytes: number;
  /** UTF-16 units of one snapshot chunk: about a millisecond of the main thread. */
  readonly snapshotChunkLength: number;
  /** Records of one snapshot chunk, so that many small ones do not hold the main thread either. */
  readonly snapshotChunkRecords: number;
}

export const storeLimits: StoreLimits = {
  batchTransactions: 1024,
  batchTextLength: 1024 * 1024,
  pendingTransactions: 100_000,
  pendingTextLength: 256 * 1024 * 1024,
  historyCommits: 16_384,
  resumeCommits: 256,
  historyChanges: 65_536,
  snapshotAfterBytes: 16 * 1024 * 1024,
  snapshotChunkLength: 128 * 1024,
  snapshotChunkRecords: 128,
};

/** Entries of one chunk of an ordered list: an insertion moves at most this many references. */
export const orderChunkEntries = 256;

/** Up to this length a chunk has no room for more: most lists are short, and there are many. */
export const orderTightEntries = 32;

/** Kinds of alike records that a snapshot remembers an example of, per table: bounds the memory for writing one. */
export const snapshotKinds = 16_384;

/** Different texts that loading looks out for to hold them once, per table: in snapshots of before layout 3. */
export const sharedTexts = 65_536;

/** Texts of one field that are looked for among the numbered ones before a field of unique texts is given up. */
export const textPatience = { snapshot: 16_384, transaction: 8 } as const;

/** Texts of a table that rows refer to by number: bounds the memory for writing and reading a snapshot. */
export const rowTexts = 131_072;

/** Shapes of rows that are known at once, per table; the next one takes the place of the oldest. */
export const rowShapes = 1024;

/** Names of fields whose text is remembered. */
export const fieldNames = 4096;
