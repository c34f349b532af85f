import { messageOf } from '#base';
import { damaged, recordText, type StoredRecord } from './codec.ts';
import { differenceOf, withDifference } from './likeness.ts';
import { sharedTexts, snapshotKinds } from './limits.ts';
import type { Entry, Table } from './table.ts';

/** A record of the snapshot that is being written or read, and where among its table's it stands. */
interface Placed {
  readonly place: number;
  readonly record: object;
}

/** Writes the records of one table into a snapshot, each as what differs from an earlier one that is like it. */
export class TableText {
  readonly #table: Table;
  readonly #kinds = new Map<string, Placed>();
  #previous: Placed | undefined;
  /** The field that holds the key, where there is one: it is not written twice. */
  #keyField: string | undefined;

  constructor(table: Table) {
    this.#table = table;
  }

  next({ key, created, record }: Entry): string {
    const { name } = this.#table;
    const previous = this.#previous;
    const placed = { place: (previous?.place ?? -1) + 1, record };
    const kin = this.#table.kinOf(record);
    const like = (kin === undefined ? undefined : this.#kinds.get(kin)) ?? previous;
    if (like === undefined) this.#keyField = keyFieldOf(record, key);
    this.#previous = placed;
    if (kin !== undefined && !this.#kinds.has(kin)) this.#keep(kin, placed);
    if (like === undefined || !holdsKey(record, this.#keyField, key)) return recordText([name, key, created, record]);
    return recordText([name, key, created, like.place, differenceOf(like.record, record, this.#keyField)]);
  }

  #keep(kin: string, placed: Placed): void {
    if (this.#kinds.size >= snapshotKinds) this.#kinds.clear();
    this.#kinds.set(kin, placed);
  }
}

interface ReadTable {
  readonly records: object[];
  readonly keyField: string | undefined;
  readonly texts: Map<string, string>;
}

/** Reads a snapshot's records back, in the order they were written. */
export class SnapshotReader {
  readonly #tables = new Map<string, ReadTable>();

  /** Throws `StoreDamaged` naming `where` when the record does not fit those before it. */
  read(stored: StoredRecord, where: string): object {
    const [name, key] = stored;
    const table = this.#table(stored);
    const { keyField } = table;
    if (stored.length === 4) {
      const record = stored[3];
      table.records.push(record);
      return record;
    }
    const [, , , place, difference] = stored;
    const like = table.records[place];
    if (like === undefined) throw damaged(where, `${name} ${key} is like a record that is not there`);
    try {
      const set = difference[0] as Record<string, unknown>;
      shareTexts(set, table.texts);
      if (keyField !== undefined) set[keyField] = key;
      const record = withDifference(like, difference);
      table.records.push(record);
      return record;
    } catch (error) {
      throw damaged(where, `${name} ${key}: ${messageOf(error)}`, error);
    }
  }

  #table([name, key, , record]: StoredRecord): ReadTable {
    let table = this.#tables.get(name);
    if (table === undefined) {
      const keyField = typeof record === 'object' ? keyFieldOf(record, key) : undefined;
      table = { records: [], keyField, texts: new Map() };
      this.#tables.set(name, table);
    }
    return table;
  }
}

/** Alike records refer to few hosts and zones: the same text is held once. */
function shareTexts(set: Record<string, unknown>, texts: Map<string, string>): void {
  for (const field in set) {
    const text = set[field];
    if (typeof text !== 'string') continue;
    const known = texts.get(text);
    if (known !== undefined) set[field] = known;
    else if (texts.size < sharedTexts) texts.set(text, text);
  }
}

function keyFieldOf(record: object, key: string): string | undefined {
  return Object.entries(record).find(([, value]) => value === key)?.[0];
}

function holdsKey(record: object, keyField: string | undefined, key: string): boolean {
  return keyField === undefined || (record as Readonly<Record<string, unknown>>)[keyField] === key;
}
