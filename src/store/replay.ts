import { applyDelta, damaged, parseBatch, parseChunk, type StoredChange } from './codec.ts';
import type { JournalPart, SnapshotHead } from './journal.ts';
import { SnapshotReader } from './snapshot-text.ts';
import type { Entry } from './table.ts';
import type { Revision } from './types.ts';

/** Records by table and key, as the journal has them: untyped, of whatever version wrote them. */
export type RawTables = Map<string, Map<string, Entry>>;

/** Builds the state from a snapshot's chunks and the batches after its base, trusting nothing it reads. */
export class Replay {
  readonly tables: RawTables = new Map();
  revision: Revision;
  lastCreated: number;
  readonly #until: Revision;
  readonly #snapshot = new SnapshotReader();
  /** Updated before the snapshot reached them, but not in it: they must be deleted again by `until`. */
  readonly #missing = new Set<string>();

  constructor(head: SnapshotHead) {
    this.revision = head.base;
    this.#until = head.until;
    this.lastCreated = head.lastCreated;
  }

  apply(part: JournalPart): void {
    if (part.type === 'batch') this.#batch(part);
    else this.#chunk(part);
  }

  /** Call after the last part. Throws `StoreDamaged` when the batches end before the snapshot does. */
  end(): void {
    if (this.revision < this.#until) {
      throw damaged('the journal', `it ends at revision ${this.revision}, the snapshot needs ${this.#until}`);
    }
  }

  #chunk(part: JournalPart): void {
    for (const stored of parseChunk(part.body, part.where)) {
      const [table, key, created] = stored;
      this.#table(table).set(key, { created, key, record: this.#snapshot.read(stored, part.where) });
      if (created > this.lastCreated) this.lastCreated = created;
    }
  }

  #batch(part: JournalPart): void {
    for (const [revision, , changes] of parseBatch(part.body, part.where)) {
      if (revision !== this.revision + 1) {
        throw damaged(part.where, `revision ${revision} follows revision ${this.revision}`);
      }
      this.revision = revision;
      for (const change of changes) this.#change(change, part.where);
      if (revision === this.#until && this.#missing.size > 0) {
        throw damaged(part.where, `${[...this.#missing][0]} was updated but is not there`);
      }
    }
  }

  #change(change: StoredChange, where: string): void {
    const [kind, table, key] = change;
    const records = this.#table(table);
    if (kind === 'c') {
      const [, , , created, record] = change;
      records.set(key, { created, key, record });
      if (created > this.lastCreated) this.lastCreated = created;
      this.#missing.delete(`${table} ${key}`);
      return;
    }
    const entry = records.get(key);
    if (entry === undefined && this.revision > this.#until) {
      throw damaged(where, `revision ${this.revision} changes ${table} ${key}, which is not there`);
    }
    if (kind === 'd') {
      records.delete(key);
      this.#missing.delete(`${table} ${key}`);
    } else if (entry === undefined) {
      this.#missing.add(`${table} ${key}`);
    } else {
      entry.record = applyDelta(entry.record, change[3], change[4]);
    }
  }

  #table(name: string): Map<string, Entry> {
    let records = this.tables.get(name);
    if (records === undefined) {
      records = new Map();
      this.tables.set(name, records);
    }
    return records;
  }
}
