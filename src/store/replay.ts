import type { JournalPart, SnapshotHead } from './journal.ts';
import type { Entry } from './table.ts';
import {
  applyDelta,
  damaged,
  isRow,
  isShape,
  parseBatch,
  parseChunk,
  type StoredChange,
  type StoredRow,
  type StoredTransaction,
} from './text/codec.ts';
import { frozenRecord, RowTable, RowTables } from './text/row-reader.ts';
import { SnapshotReader } from './text/snapshot-reader.ts';
import type { Revision } from './types.ts';

/** Records by table and key, as the journal has them: untyped, of whatever version wrote them. */
export type RawTables = Map<string, Map<string, Entry>>;

/** How far a chunk reaches in its table, and as of when. */
interface Cut {
  readonly lastCreated: number;
  readonly revision: Revision;
}

/**
 * Builds the state from a snapshot's chunks and the batches after its base, trusting nothing it reads. Records are frozen
 * as they are read, so that those made of them share what does not differ.
 */
export class Replay {
  readonly tables: RawTables = new Map();
  revision: Revision;
  lastCreated: number;
  readonly #until: Revision;
  readonly #snapshot = new SnapshotReader();
  readonly #cuts = new Map<string, Cut[]>();
  /** The record of each table that was stored whole last: the next one may be like it. */
  readonly #lastStored = new Map<string, object>();
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
    const { revision, items } = parseChunk(part.body, part.where);
    let last = 0;
    for (const item of items) {
      const entry = this.#snapshot.read(item, part.where);
      if (entry === undefined) continue;
      this.#table(this.#snapshot.table).set(entry.key, entry);
      last = entry.created;
    }
    if (last > this.lastCreated) this.lastCreated = last;
    if (revision > 0 && last > 0) this.#cut({ lastCreated: last, revision }, part.where);
  }

  #cut(cut: Cut, where: string): void {
    const { table } = this.#snapshot;
    const cuts = this.#cuts.get(table) ?? [];
    if ((cuts.at(-1)?.lastCreated ?? 0) >= cut.lastCreated) throw damaged(where, `${table} is out of order`);
    cuts.push(cut);
    this.#cuts.set(table, cuts);
  }

  #batch(part: JournalPart): void {
    for (const transaction of parseBatch(part.body, part.where)) {
      const [revision] = transaction;
      if (revision !== this.revision + 1) {
        throw damaged(part.where, `revision ${revision} follows revision ${this.revision}`);
      }
      this.revision = revision;
      this.#transaction(transaction, part.where);
      if (revision === this.#until && this.#missing.size > 0) {
        throw damaged(part.where, `${[...this.#missing][0]} was updated but is not there`);
      }
    }
  }

  #transaction([, , changes]: StoredTransaction, where: string): void {
    const tables = new RowTables((name) => new RowTable(name));
    for (const change of changes) {
      if (isRow(change)) this.#row(change, tables.current, where);
      else if (isShape(change)) tables.named(change[0]).addShape(change, where);
      else this.#change(change, changes.length > 1 ? tables : undefined, where);
    }
  }

  #row(row: StoredRow, table: RowTable | undefined, where: string): void {
    const [, place, created, key] = row;
    if (table === undefined) throw damaged(where, `${key} has a shape that is not there`);
    if (place !== null) {
      const record = table.read(row, table.records[place], where);
      table.records.push(record);
      this.#create(table.name, { created, key, record });
      return;
    }
    const entry = this.#changed(table.name, key, where);
    if (entry === undefined) {
      table.skip(row, where);
      return;
    }
    if (entry.created !== created) throw damaged(where, `${table.name} ${key} is another one than was changed`);
    entry.record = table.read(row, entry.record, where);
  }

  #change(change: StoredChange, tables: RowTables<RowTable> | undefined, where: string): void {
    const [kind, table, key] = change;
    if (kind === 'c') {
      const [, , , created, stored] = change;
      const record = frozenRecord(stored, key, where, this.#lastStored.get(table));
      this.#lastStored.set(table, record);
      tables?.named(table).records.push(record);
      this.#create(table, { created, key, record });
      return;
    }
    const entry = this.#changed(table, key, where);
    if (kind === 'd') {
      if (entry !== undefined) this.#table(table).delete(key);
      this.#missing.delete(`${table} ${key}`);
    } else if (entry !== undefined) {
      entry.record = frozenRecord(applyDelta(entry.record, change[3], change[4]), key, where);
    }
  }

  #create(table: string, entry: Entry): void {
    if (entry.created > this.lastCreated) this.lastCreated = entry.created;
    if (this.#missing.size > 0) this.#missing.delete(`${table} ${entry.key}`);
    if (!this.#isContained(table, entry.created)) this.#table(table).set(entry.key, entry);
  }

  /** The entry that is changed; `undefined` when the snapshot has it as it was later, or has it no more. */
  #changed(table: string, key: string, where: string): Entry | undefined {
    const entry = this.#table(table).get(key);
    if (entry !== undefined) return this.#isContained(table, entry.created) ? undefined : entry;
    if (this.revision > this.#until) {
      throw damaged(where, `revision ${this.revision} changes ${table} ${key}, which is not there`);
    }
    this.#missing.add(`${table} ${key}`);
    return undefined;
  }

  /** Whether the snapshot has the record that was created then as it was at this revision, or later. */
  #isContained(table: string, created: number): boolean {
    if (this.revision > this.#until) return false;
    const cut = firstReaching(this.#cuts.get(table) ?? [], created);
    return cut !== undefined && cut.revision >= this.revision;
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

function firstReaching(cuts: readonly Cut[], created: number): Cut | undefined {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle]?.lastCreated ?? 0) < created) low = middle + 1;
    else high = middle;
  }
  return cuts[low];
}
