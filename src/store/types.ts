/**
 * The store's face. State lives in memory as frozen records in typed, indexed tables; a journal makes it durable.
 * See README.md for the rules.
 */

/** The number of a committed transaction: 1, 2, 3 … over the whole life of the data directory. */
export type Revision = number;

/** How one table is keyed and indexed. An index gives no value (absent), one, or several for a record. */
export interface TableDefinition<R, I extends string> {
  readonly key: (record: R) => string;
  readonly indexes: Readonly<Record<I, (record: R) => string | readonly string[] | undefined>>;
  /**
   * Indexes whose members resemble each other, best first: such records are kept as what differs between them, in
   * memory and in snapshots. It changes nothing else.
   */
  readonly alike?: readonly NoInfer<I>[];
  /** What must hold of every replacement, checked at each put: throws AssertionFailure. */
  readonly check?: (before: R, after: R) => void;
}

export type Schema = Readonly<Record<string, TableDefinition<never, string>>>;

export type RecordOf<D> = D extends TableDefinition<infer R, string> ? R : never;
export type IndexOf<D> = D extends TableDefinition<never, infer I> ? I : never;

/** Reading one table. Iteration is in order of creation, which no update changes. */
export interface TableView<R, I extends string> {
  readonly size: number;
  has(key: string): boolean;
  find(key: string): R | undefined;
  /** Throws AssertionFailure when there is no such record: for keys our own records hold. */
  get(key: string): R;
  all(): Iterable<R>;
  by(index: I, value: string): Iterable<R>;
  count(index: I, value: string): number;
  /** The one created last. */
  newest(index: I, value: string): R | undefined;
  /** The values that an index holds at the moment. */
  values(index: I): Iterable<string>;
  /**
   * One page in order of creation, from just after the cursor. `next` is absent on the last page. A cursor stays good
   * whatever is added or deleted in between; every record that was there all along is seen exactly once.
   */
  page(index: I, value: string, options: PageOptions<R>): Page<R>;
}

export interface Page<R> {
  readonly records: readonly R[];
  /** Of the last record, when there are more. */
  readonly next?: Cursor;
  /** Of the last record; absent when there is none. */
  readonly last?: Cursor;
}

/** The creation number of the last record seen. */
export type Cursor = number;

export interface PageOptions<R> {
  readonly after?: Cursor | undefined;
  readonly limit: number;
  readonly filter?: (record: R) => boolean;
}

/** Writing one table, inside a transaction. */
export interface TableWriter<R, I extends string> extends TableView<R, I> {
  /** Stores the record as it is, in place of the one with the same key; the very same object changes nothing. */
  put(record: R): void;
  /** Deletes the record; nothing happens when there is none. */
  delete(key: string): void;
}

export type View<S extends Schema> = {
  readonly [T in keyof S]: TableView<RecordOf<S[T]>, IndexOf<S[T]>>;
} & { readonly revision: Revision };

export type Tx<S extends Schema> = {
  readonly [T in keyof S]: TableWriter<RecordOf<S[T]>, IndexOf<S[T]>>;
} & { readonly revision: Revision };

export interface Change<S extends Schema = Schema, T extends keyof S & string = keyof S & string> {
  readonly table: T;
  readonly key: string;
  readonly before: RecordOf<S[T]> | undefined;
  readonly after: RecordOf<S[T]> | undefined;
}

/** One committed, durable transaction. */
export interface Commit<S extends Schema = Schema> {
  readonly revision: Revision;
  readonly writer: string;
  readonly changes: readonly Change<S>[];
}

/** A watch yields commits in order without a gap, or says `resync`: then read everything afresh and go on. */
export type WatchEvent<S extends Schema> =
  | { readonly type: 'commit'; readonly commit: Commit<S> }
  | { readonly type: 'resync'; readonly revision: Revision };

/**
 * Totals kept up to date with every put, inside the transaction that makes it, so that a decision never sums a table.
 * `apply` must be undone exactly by `apply` with `before` and `after` exchanged: that is how a refused commit is taken
 * back. It reads nothing but its arguments.
 */
export interface Projection<S extends Schema> {
  readonly tables: readonly (keyof S & string)[];
  apply(change: Pick<Change<S>, 'table' | 'before' | 'after'>): void;
}

/**
 * What follows from a transaction, within it: called at its end with what it changed so far, each record once. What it
 * puts and deletes is part of the transaction.
 */
export type Consequences<S extends Schema> = (tx: Tx<S>, changes: readonly Change<S>[]) => void;

/** Any callback but an asynchronous one: nothing may interleave with a transaction. */
export type Synchronous<T> = T extends PromiseLike<unknown> ? never : T;

export interface Store<S extends Schema> {
  /** The latest committed state, perhaps a moment ahead of the disk. */
  readonly view: View<S>;
  readonly revision: Revision;
  /** Everything up to this revision is on disk. */
  readonly durableRevision: Revision;
  /** How many times the data directory was opened, this time included: a later holder has a higher one. */
  readonly epoch: number;
  /**
   * Runs one transaction at once and to its end; resolves with its value when the journal holds it. A throw takes all
   * of it back and rejects with what was thrown. Rejects with a Fault (`StoreFull`, `StoreReadOnly`, `StoreFailed`)
   * when the journal refuses: then nothing of it is left in memory either.
   */
  update<T>(writer: string, transaction: (tx: Tx<S>) => Synchronous<T>): Promise<T>;
  /** Reads one consistent state; resolves when what was read is durable, so that no answer can be lost by a crash. */
  read<T>(query: (view: View<S>) => Synchronous<T>): Promise<T>;
  /** Commits from just after `after` (default: from now on), each once it is durable. End it by aborting. */
  watch(signal: AbortSignal, after?: Revision): AsyncIterable<WatchEvent<S>>;
  close(): Promise<void>;
}
