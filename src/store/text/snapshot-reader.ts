import { messageOf } from '#base';
import { sharedTexts } from '../limits.ts';
import type { Entry } from '../table.ts';
import { damaged, isRow, type StoredDifference, type StoredItem, type StoredRow } from './codec.ts';
import { withDifference } from './likeness.ts';
import { frozenRecord, RowTable, RowTables } from './row-reader.ts';

/** Of snapshots of before layout 3: the field that holds the key, and texts that are held once. */
class SnapshotTable extends RowTable {
  keyField: string | undefined;
  readonly shared = new Map<string, string>();
}

/** Reads a snapshot's records back, in the order they were written. */
export class SnapshotReader {
  readonly #tables = new RowTables((name) => new SnapshotTable(name));

  /** The one that the record read last is of. */
  get table(): string {
    return this.#tables.current?.name ?? '';
  }

  /** The record that the item has, if it has one. Throws `StoreDamaged` naming `where` when it does not fit those before it. */
  read(item: StoredItem, where: string): Entry | undefined {
    if (isRow(item)) return this.#row(item, where);
    const table = this.#tables.named(item[0]);
    if (item.length === 3) {
      table.addShape(item, where);
      return undefined;
    }
    const [, key, created] = item;
    const record =
      item.length === 4 ? frozenRecord(item[3], key, where, table.records.at(-1)) : fromDifference(table, item, where);
    if (table.records.length === 0) table.keyField = keyFieldOf(record, key);
    table.records.push(record);
    return { created, key, record };
  }

  #row(row: StoredRow, where: string): Entry {
    const [, place, created, key] = row;
    const table = this.#tables.current;
    if (table === undefined) throw damaged(where, `${key} has a shape that is not there`);
    const record = table.read(row, place === null ? undefined : table.records[place], where);
    table.records.push(record);
    return { created, key, record };
  }
}

function fromDifference(
  { name, records, keyField, shared }: SnapshotTable,
  item: StoredDifference,
  where: string,
): object {
  const [, key, , place, difference] = item;
  const like = records[place];
  if (like === undefined) throw damaged(where, `${name} ${key} is like a record that is not there`);
  try {
    const set = difference[0] as Record<string, unknown>;
    shareTexts(set, shared);
    if (keyField !== undefined) set[keyField] = key;
    return withDifference(like, difference);
  } catch (error) {
    throw damaged(where, `${name} ${key}: ${messageOf(error)}`, error);
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
