import type { SnapshotHead } from '../../journal.ts';

/** What the journal asks of its worker thread. Bodies are transferred, not copied. */
export type WorkerRequest =
  | { readonly op: 'open' }
  | { readonly op: 'loadNext' }
  | { readonly op: 'append'; readonly first: number; readonly last: number; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly op: 'beginSnapshot' }
  | { readonly op: 'writeChunk'; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly op: 'commitSnapshot'; readonly head: SnapshotHead }
  | { readonly op: 'abortSnapshot' }
  | { readonly op: 'close' };

export interface Opened {
  readonly epoch: number;
  readonly snapshot: SnapshotHead | undefined;
}

/** Rows as they are read; none is the end. */
export interface LoadedRows {
  readonly rows: readonly LoadedRow[];
}

export interface LoadedRow {
  readonly type: 'chunk' | 'batch';
  readonly where: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What comes back from an operation. */
export interface WorkerResults {
  readonly open: Opened;
  readonly loadNext: LoadedRows;
  readonly append: undefined;
  readonly beginSnapshot: undefined;
  readonly writeChunk: undefined;
  readonly commitSnapshot: undefined;
  readonly abortSnapshot: undefined;
  readonly close: undefined;
}

/** A Fault as it crosses the threads. */
export interface FaultData {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export interface WorkerCall {
  readonly id: number;
  readonly request: WorkerRequest;
}

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly result: WorkerResults[keyof WorkerResults] }
  | { readonly id: number; readonly ok: false; readonly fault: FaultData };

export interface WorkerOptions {
  /** The data directory: an absolute path. */
  readonly directory: string;
  readonly limits: SqliteLimits;
}

export interface SqliteLimits {
  /** Bytes of write-ahead log after which it is checkpointed between two appends. */
  readonly walBytes: number;
  /** Bytes of write-ahead log worth a checkpoint when nothing else is to do. */
  readonly idleWalBytes: number;
  /** Milliseconds without a request that count as nothing to do. */
  readonly idleMs: number;
  /** Superseded rows deleted in one go. */
  readonly pruneRows: number;
  /** Bytes handed over at once while loading. */
  readonly loadBytes: number;
}

export const sqliteLimits: SqliteLimits = {
  walBytes: 16 * 1024 * 1024,
  idleWalBytes: 256 * 1024,
  idleMs: 100,
  pruneRows: 16,
  loadBytes: 2 * 1024 * 1024,
};
