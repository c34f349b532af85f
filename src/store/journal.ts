import type { Revision } from './types.ts';

/**
 * The journal: what makes the store durable. It keeps group-commit batches in order and one snapshot, as bytes it does
 * not look into; it proves on loading that they are the bytes it was given.
 *
 * A journal is used by one store: first `load` to its end, then any number of appends, one at a time, with at most one
 * snapshot in between. Everything it throws is a Fault.
 */
export interface Journal {
  /**
   * Takes the journal for this process and counts its epoch up. Faults: `StoreLocked` (another process has it),
   * `StoreTooNew`, `StoreDamaged`, `StoreReadOnly`, `StoreFull`, `StoreFailed`.
   */
  load(): Promise<LoadedJournal>;
  /**
   * Resolves when the batch is on disk. Rejects with `StoreFull`, `StoreReadOnly` or `StoreFailed`; then nothing of it
   * is kept, and the next append starts at the same revision.
   */
  append(batch: Batch): Promise<void>;
  /** Starts writing a snapshot beside the present one. */
  snapshot(): SnapshotWriter;
  /** Lets go of the journal. Idempotent. */
  close(): Promise<void>;
}

/** The transactions of one append. */
export interface Batch {
  readonly first: Revision;
  readonly last: Revision;
  /** The journal may take the memory for itself: the caller must not use it afterwards. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface LoadedJournal {
  /** How many times the journal was loaded, this time included. */
  readonly epoch: number;
  /** Absent when nothing was ever stored. */
  readonly snapshot: SnapshotHead | undefined;
  /**
   * First the chunks of the snapshot, then the batches after its base in order. Rejects with `StoreDamaged`, naming
   * the place, when bytes are not those that were written or something is missing.
   */
  readonly parts: AsyncIterable<JournalPart>;
}

export interface JournalPart {
  readonly type: 'chunk' | 'batch';
  /** The place in the journal, for messages. */
  readonly where: string;
  readonly body: Uint8Array;
}

/**
 * A snapshot is taken while the store goes on, so each of its records is as of some revision from `base` to `until`.
 * Replaying the batches after `base` makes it the state at `until` and then at any later revision.
 */
export interface SnapshotHead {
  readonly base: Revision;
  readonly until: Revision;
  /** The highest creation number given at `base`. */
  readonly lastCreated: number;
  /** The version of the records, here and in the batches after `base`. */
  readonly schemaVersion: number;
}

export interface SnapshotWriter {
  /** Resolves when the journal took the chunk; it may take the memory for itself. */
  write(body: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Makes this snapshot the present one at once; what it replaces may be deleted later. */
  commit(head: SnapshotHead): Promise<void>;
  /** Forgets what was written. */
  abort(): Promise<void>;
}
