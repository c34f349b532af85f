import { Fault, messageOf } from '#base';
import type { Revision } from '../types.ts';
import type { Difference } from './likeness.ts';

/**
 * The journal's text: JSON arrays in UTF-8.
 *
 *     batch        [transaction, …]
 *     transaction  [revision, writer, [change, …]]
 *     change       ["c", table, key, created, record]     created, or stored anew under the same key
 *                  ["u", table, key, set, dropped]        fields that changed, with their whole new values; names gone
 *                  ["d", table, key]                      deleted
 *                  a shape, or a row of what it makes of the table's records that the transaction created before it
 *     chunk        [revision, stored, …]                  part of a snapshot: of one table, as it was at that revision
 *     stored       [table, key, created, record]          each table in order of creation
 *                  a shape, or a row of what it makes of the table's records before it
 *                  [table, key, created, place, difference]   before layout 3: likeness.ts
 *     shape        [table, number, template]              of rows of the table: shape.ts
 *     row          [shape, place, created, key, value, …] what it makes of the record at that place, the first being 0;
 *                                                         with null for a place: of what the record was
 *
 * A row that updates a record fits what the record was just before, and that alone. Where a snapshot has the record as
 * it was later, the change is in it already and is passed over. Before layout 3, chunks have no revision and changes no
 * rows; these replay over a later state and end in the same state.
 */
export type StoredChange =
  | readonly ['c', string, string, number, object]
  | readonly ['u', string, string, Readonly<Record<string, unknown>>, readonly string[]]
  | readonly ['d', string, string];
export type StoredTransaction = readonly [
  revision: Revision,
  writer: string,
  changes: readonly (StoredChange | StoredShape | StoredRow)[],
];
export type StoredRecord = readonly [table: string, key: string, created: number, record: object];
export type StoredShape = readonly [table: string, number: number, template: unknown];
export type StoredRow = [shape: number, place: number | null, created: number, key: string, ...values: unknown[]];
export type StoredDifference = readonly [
  table: string,
  key: string,
  created: number,
  place: number,
  difference: Difference,
];
export type StoredItem = StoredRecord | StoredShape | StoredRow | StoredDifference;

/** `changes` is JSON already, without its brackets. */
export function transactionOf(revision: Revision, writer: string, changes: string): string {
  return `[${revision},${JSON.stringify(writer)},[${changes}]]`;
}

export function changeText(change: StoredChange): string {
  return JSON.stringify(change);
}

export function recordText(record: StoredRecord): string {
  return JSON.stringify(record);
}

export function rowText(row: StoredRow): string {
  return JSON.stringify(row);
}

/** `template` is JSON already. */
export function shapeText(table: string, number: number, template: string): string {
  return `[${JSON.stringify(table)},${number},${template}]`;
}

/** Joins the texts of transactions or records into the bytes of a batch or a chunk. */
export function bodyOf(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`[${texts.join(',')}]`);
}

/** Reads a batch. Throws `StoreDamaged` naming `where` when it is none. */
export function parseBatch(body: Uint8Array, where: string): readonly StoredTransaction[] {
  const items = parseArray(body, where);
  if (!items.every(isTransaction)) throw damaged(where, 'a transaction has the wrong form');
  return items;
}

export interface Chunk {
  /** 0 before layout 3. */
  readonly revision: Revision;
  readonly items: readonly StoredItem[];
}

/** Reads a chunk of a snapshot. Throws `StoreDamaged` naming `where` when it is none. */
export function parseChunk(body: Uint8Array, where: string): Chunk {
  const [first, ...rest] = parseArray(body, where);
  const hasRevision = Number.isSafeInteger(first);
  const items = hasRevision || first === undefined ? rest : [first, ...rest];
  if (!items.every(isItem)) throw damaged(where, 'a record has the wrong form');
  return { revision: hasRevision ? (first as Revision) : 0, items };
}

export function isRow(item: StoredItem | StoredChange): item is StoredRow {
  return typeof item[0] === 'number';
}

export function isShape(item: StoredItem | StoredChange): item is StoredShape {
  return typeof item[1] === 'number' && typeof item[0] === 'string';
}

export function damaged(where: string, what: string, cause?: unknown): Fault {
  const advice = 'Nothing was changed. Restore the data directory from a copy.';
  return new Fault('StoreDamaged', `The stored state is damaged in ${where}: ${what}. ${advice}`, { cause });
}

function parseArray(body: Uint8Array, where: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw damaged(where, messageOf(error), error);
  }
  if (!Array.isArray(parsed)) throw damaged(where, 'not a list');
  return parsed;
}

/** The record with a delta applied: fields keep their place, new ones come last. */
export function applyDelta(record: object, set: Readonly<Record<string, unknown>>, dropped: readonly string[]): object {
  if (dropped.length === 0) return { ...record, ...set };
  const gone = new Set(dropped);
  return Object.fromEntries(Object.entries({ ...record, ...set }).filter(([field]) => !gone.has(field)));
}

function isTransaction(item: unknown): item is StoredTransaction {
  if (!Array.isArray(item) || item.length !== 3) return false;
  const [revision, writer, changes]: unknown[] = item;
  return (
    Number.isSafeInteger(revision) && typeof writer === 'string' && Array.isArray(changes) && changes.every(isChange)
  );
}

function isChange(item: unknown): item is StoredChange | StoredShape | StoredRow {
  if (!Array.isArray(item)) return false;
  const [kind, table, key, first, second]: unknown[] = item;
  if (typeof kind === 'number') return isRowItem(item);
  if (typeof table === 'number') return isShapeItem(item);
  if (typeof table !== 'string' || typeof key !== 'string') return false;
  if (kind === 'd') return true;
  if (kind === 'u') return isObject(first) && Array.isArray(second);
  return kind === 'c' && Number.isSafeInteger(first) && isObject(second);
}

function isItem(item: unknown): item is StoredItem {
  if (!Array.isArray(item)) return false;
  const [first, second, third, fourth, fifth]: unknown[] = item;
  if (typeof first === 'number') return isRowItem(item);
  if (item.length === 3) return isShapeItem(item);
  if (typeof first !== 'string' || typeof second !== 'string' || !Number.isSafeInteger(third)) return false;
  return item.length === 4 ? isObject(fourth) : item.length === 5 && isCount(fourth) && Array.isArray(fifth);
}

function isRowItem([shape, place, created, key]: readonly unknown[]): boolean {
  return (
    isCount(shape) && (place === null || isCount(place)) && Number.isSafeInteger(created) && typeof key === 'string'
  );
}

function isShapeItem(item: readonly unknown[]): boolean {
  const [table, number, template] = item;
  return item.length === 3 && typeof table === 'string' && isCount(number) && isObject(template);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
