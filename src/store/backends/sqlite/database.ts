import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { assert, Fault } from '#base';
import type { SnapshotHead } from '../../journal.ts';
import { damaged } from '../../text/codec.ts';
import { type DataDirectory, forgetOwner, noteOwner, ownerPid, prepareDataDirectory } from './data-directory.ts';
import { faultOf, isUnknownOutcome } from './faults.ts';
import { HighWaterMark } from './high-water-mark.ts';
import type { LoadedRow, Opened, WorkerOptions } from './protocol.ts';

/**
 * The version of what is written, in `PRAGMA user_version`; the version of the records is in the snapshot's head.
 * Since 2, snapshots hold differences between alike records, and `meta` has a checksum; since 3, snapshots and batches
 * hold these as rows of values. All that was ever written is read as it is.
 */
const layoutVersion = 3;

/** Commits rewrite the last page of the journal: two pages of write-ahead log beside the body, roughly. */
const pageSize = 8192;

const createTables = `
  CREATE TABLE IF NOT EXISTS meta (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, generation INTEGER NOT NULL,
    chunks INTEGER NOT NULL, base INTEGER NOT NULL, until INTEGER NOT NULL, lastCreated INTEGER NOT NULL,
    schemaVersion INTEGER NOT NULL, crc INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS journal (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, epoch INTEGER NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS snapshot (
    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, chunk INTEGER NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL
  );
  INSERT OR IGNORE INTO meta VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0);
`;

interface Meta {
  readonly epoch: number;
  /** Of the present snapshot; 0 when there is none yet. */
  readonly generation: number;
  readonly chunks: number;
  readonly base: number;
  readonly until: number;
  readonly lastCreated: number;
  readonly schemaVersion: number;
}

interface Row {
  readonly crc: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * The journal in one SQLite database, synchronous: it lives in the worker thread. An append is one transaction with
 * one row; `synchronous=FULL` flushes the write-ahead log before the commit returns. Checkpoints are ours to make.
 */
export class JournalDatabase {
  readonly #options: WorkerOptions;
  readonly #files: DataDirectory;
  readonly #database: DatabaseSync;
  readonly #mark: HighWaterMark;
  readonly #insert: StatementSync;
  readonly #insertChunk: StatementSync;
  #meta: Meta;
  #last: number;
  #walBytes = 0;
  #nextChunk = 0;
  #prunable = true;
  /** Why nothing can be written until the next start. */
  #broken: Fault | undefined;

  /** Opens, locks and prepares the database. Throws the Faults of `Journal.load`. */
  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#files = prepareDataDirectory(options.directory);
    const database = openDatabase(this.#files);
    try {
      noteOwner(this.#files);
      this.#database = database;
      const meta = readMeta(database, this.#files.database);
      this.#meta = { ...meta, epoch: meta.epoch + 1 };
      writeMeta(database, this.#meta);
      this.#last = this.#meta.base;
      this.#insert = database.prepare('INSERT INTO journal (first, last, epoch, crc, body) VALUES (?, ?, ?, ?, ?)');
      this.#insertChunk = database.prepare('INSERT INTO snapshot (generation, chunk, crc, body) VALUES (?, ?, ?, ?)');
      this.#mark = new HighWaterMark(this.#files.mark);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get opened(): Opened {
    const { generation, epoch, base, until, lastCreated, schemaVersion } = this.#meta;
    return { epoch, snapshot: generation === 0 ? undefined : { base, until, lastCreated, schemaVersion } };
  }

  /** Every row that counts, proved: checksums, no gap between chunks, no gap between revisions. */
  *load(): Generator<LoadedRow, void, undefined> {
    const { generation, chunks, base } = this.#meta;
    const file = this.#files.database;
    const chunkRows = this.#database.prepare('SELECT chunk, crc, body FROM snapshot WHERE generation = ? ORDER BY id');
    let expected = 0;
    for (const row of chunkRows.iterate(generation) as Iterable<unknown>) {
      const { chunk, ...rest } = row as Row & { readonly chunk: number };
      const where = `${file}, snapshot ${generation}, chunk ${expected}`;
      if (chunk !== expected) throw damaged(where, `chunk ${chunk} is in its place`);
      expected++;
      yield { type: 'chunk', where, body: proved(rest, where) };
    }
    if (expected !== chunks) {
      throw damaged(`${file}, snapshot ${generation}`, `${expected} of its ${chunks} chunks are there`);
    }
    const batches = this.#database.prepare('SELECT first, last, crc, body FROM journal WHERE last > ? ORDER BY first');
    for (const row of batches.iterate(base) as Iterable<unknown>) {
      const { first, last, ...rest } = row as Row & { readonly first: number; readonly last: number };
      const where = `${file}, journal batch ${first} to ${last}`;
      if (first !== this.#last + 1 || last < first) throw damaged(where, `it follows revision ${this.#last}`);
      this.#last = last;
      yield { type: 'batch', where, body: proved(rest, where) };
    }
    this.#assertNothingLost();
  }

  append(first: number, last: number, body: Uint8Array<ArrayBuffer>): void {
    assert(first === this.#last + 1 && last >= first, `batch ${first} to ${last} follows revision ${this.#last}`);
    this.#write(body.byteLength, () => this.#insert.run(first, last, this.#meta.epoch, crc32(body), body));
    this.#last = last;
    this.#mark.write(last);
  }

  beginSnapshot(): void {
    this.#write(0, () => this.#deleteOtherSnapshots());
    this.#nextChunk = 0;
  }

  writeChunk(body: Uint8Array<ArrayBuffer>): void {
    const generation = this.#meta.generation + 1;
    this.#write(body.byteLength, () => this.#insertChunk.run(generation, this.#nextChunk, crc32(body), body));
    this.#nextChunk++;
  }

  /** One row says which snapshot is the present one, so it changes at once or not at all. */
  commitSnapshot(head: SnapshotHead): void {
    const { epoch, generation } = this.#meta;
    const meta = { ...head, epoch, generation: generation + 1, chunks: this.#nextChunk };
    this.#write(0, () => writeMeta(this.#database, meta));
    this.#meta = meta;
    this.#prunable = true;
  }

  abortSnapshot(): void {
    this.#nextChunk = 0;
    this.#prunable = true;
  }

  /**
   * Deletes some of what the present snapshot superseded; false when nothing is left. Only between snapshots. A flush
   * that fails here is no less grave than an append's: what follows it in the write-ahead log may be lost.
   */
  prune(): boolean {
    if (!this.#prunable || this.#broken !== undefined) return false;
    this.#write(0, () => this.#deleteSuperseded());
    return this.#prunable;
  }

  /** Folds the write-ahead log into the database when it is at least so long. A failure only makes it longer. */
  checkpoint(atLeastBytes: number): void {
    if (this.#walBytes < atLeastBytes || this.#broken !== undefined) return;
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      this.#walBytes = 0;
    } catch (error) {
      if (isUnknownOutcome(error)) this.#broken = faultOf(error, this.#files.directory);
      this.#walBytes = 0;
    }
  }

  close(): void {
    try {
      forgetOwner(this.#files);
    } finally {
      this.#mark.close();
      this.#database.close();
    }
  }

  #assertNothingLost(): void {
    const acknowledged = this.#mark.read();
    if (this.#last >= acknowledged) return;
    const { database, mark } = this.#files;
    const what = `it ends at revision ${this.#last}, but revision ${acknowledged} was acknowledged`;
    throw damaged(`${database}-wal`, `${what}; to go on without what is missing, remove ${mark}`);
  }

  #write(bytes: number, write: () => void): void {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      write();
    } catch (error) {
      const fault = faultOf(error, this.#files.directory);
      if (isUnknownOutcome(error)) this.#broken = fault;
      throw fault;
    }
    this.#walBytes += bytes + pageSize * 2;
  }

  #deleteSuperseded(): void {
    const { generation, base } = this.#meta;
    const { pruneRows } = this.#options.limits;
    const journal = this.#database
      .prepare('DELETE FROM journal WHERE first IN (SELECT first FROM journal WHERE first <= ? ORDER BY first LIMIT ?)')
      .run(base, pruneRows);
    const snapshot = this.#database
      .prepare('DELETE FROM snapshot WHERE id IN (SELECT id FROM snapshot WHERE generation <> ? ORDER BY id LIMIT ?)')
      .run(generation, pruneRows);
    this.#prunable = Number(journal.changes) === pruneRows || Number(snapshot.changes) === pruneRows;
  }

  #deleteOtherSnapshots(): void {
    this.#prunable = false;
    this.#database.prepare('DELETE FROM snapshot WHERE generation <> ?').run(this.#meta.generation);
  }
}

function openDatabase(files: DataDirectory): DatabaseSync {
  const database = new DatabaseSync(files.database, { timeout: 0 });
  try {
    database.exec(`PRAGMA page_size = ${pageSize}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;`);
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; BEGIN EXCLUSIVE; COMMIT;');
    assertDurable(database, files.directory);
    const version = (database.prepare('PRAGMA user_version').get() as { readonly user_version: number }).user_version;
    if (version > layoutVersion) throw tooNew(files.directory, version);
    if (version < layoutVersion) upgrade(database, version, files.database);
    return database;
  } catch (error) {
    database.close();
    const fault = faultOf(error, files.directory);
    throw fault.code === 'StoreLocked' ? locked(files) : fault;
  }
}

/** Makes a new database, or one of an earlier layout, one of this layout. */
function upgrade(database: DatabaseSync, version: number, file: string): void {
  database.exec('BEGIN');
  if (version === 0) database.exec(createTables);
  if (version === 1) database.exec('ALTER TABLE meta ADD COLUMN crc INTEGER NOT NULL DEFAULT 0');
  writeMeta(database, readMetaRow(database, file));
  database.exec(`PRAGMA user_version = ${layoutVersion}; COMMIT`);
}

function readMeta(database: DatabaseSync, file: string): Meta {
  const { crc, ...meta } = readMetaRow(database, file);
  if (crc !== metaChecksum(meta)) throw damaged(`${file}, table meta`, 'the checksum does not match');
  return meta;
}

function readMetaRow(database: DatabaseSync, file: string): Meta & { readonly crc: number } {
  const row = database.prepare('SELECT * FROM meta').get();
  if (row === undefined) throw damaged(`${file}, table meta`, 'its row is missing');
  return row as unknown as Meta & { readonly crc: number };
}

function writeMeta(database: DatabaseSync, meta: Meta): void {
  const columns = 'epoch = ?, generation = ?, chunks = ?, base = ?, until = ?, lastCreated = ?, schemaVersion = ?';
  database.prepare(`UPDATE meta SET ${columns}, crc = ?`).run(...metaValues(meta), metaChecksum(meta));
}

function metaValues(meta: Meta): readonly number[] {
  const { epoch, generation, chunks, base, until, lastCreated, schemaVersion } = meta;
  return [epoch, generation, chunks, base, until, lastCreated, schemaVersion];
}

function metaChecksum(meta: Meta): number {
  return crc32(metaValues(meta).join());
}

/** Some file systems cannot do what was asked for, and SQLite then quietly does something else. */
function assertDurable(database: DatabaseSync, directory: string): void {
  const mode = database.prepare('PRAGMA journal_mode').get()?.['journal_mode'];
  const synchronous = database.prepare('PRAGMA synchronous').get()?.['synchronous'];
  if (mode === 'wal' && synchronous === 2) return;
  const message = `The file system of ${directory} has no write-ahead log (${String(mode)}, ${String(synchronous)}).`;
  throw new Fault('StoreFailed', `${message} Choose a data directory on a local disk.`);
}

function locked(files: DataDirectory): Fault {
  const pid = ownerPid(files);
  const who = pid === undefined ? 'Another process' : `Process ${pid}`;
  return new Fault('StoreLocked', `${who} uses the data directory ${files.directory}. Stop it, or choose another one.`);
}

function tooNew(directory: string, version: number): Fault {
  return new Fault(
    'StoreTooNew',
    `The database in ${directory} has layout ${version}; this program knows layouts up to ${layoutVersion}. ` +
      'Start the newer Roadstead that wrote it, or restore the copy made before the upgrade.',
  );
}

function proved(row: Row, where: string): Uint8Array<ArrayBuffer> {
  if (crc32(row.body) !== row.crc) throw damaged(where, 'the checksum does not match');
  return row.body;
}
