import { Fault, messageOf } from '#base';
import type { Difference } from './likeness.ts';
import type { Step } from './state.ts';
import type { Revision } from './types.ts';

/**
 * The journal's text: JSON arrays in UTF-8.
 *
 *     batch        [transaction, …]
 *     transaction  [revision, writer, [change, …]]
 *     change       ["c", table, key, created, record]     created, or stored anew under the same key
 *                  ["u", table, key, set, dropped]        fields that changed, with their whole new values; names gone
 *                  ["d", table, key]                      deleted
 *     chunk        [stored, …]                            part of a snapshot; each table in order of creation
 *     stored       [table, key, created, record]
 *                  [table, key, created, place, difference]   from the record at that place of its table: likeness.ts
 *
 * Changes are absolute, never "add one": replaying them over a later state ends in the same state.
 */
export type StoredChange =
  | readonly ['c', string, string, number, object]
  | readonly ['u', string, string, Readonly<Record<string, unknown>>, readonly string[]]
  | readonly ['d', string, string];
export type StoredTransaction = readonly [revision: Revision, writer: string, changes: readonly StoredChange[]];
export type StoredRecord =
  | readonly [table: string, key: string, created: number, record: object]
  | readonly [table: string, key: string, created: number, place: number, difference: Difference];

export function transactionText(revision: Revision, writer: string, changes: readonly Step[]): string {
  return JSON.stringify([revision, writer, changes.map(storedChange)] satisfies StoredTransaction);
}

export function recordText(record: StoredRecord): string {
  return JSON.stringify(record);
}

/** Joins the texts of transactions or records into the bytes of a batch or a chunk. */
export function bodyOf(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`[${texts.join(',')}]`);
}

/** Reads a batch. Throws `StoreDamaged` naming `where` when it is none. */
export function parseBatch(body: Uint8Array, where: string): readonly StoredTransaction[] {
  return parseArray(body, where).map((item) => {
    if (!isTransaction(item)) throw damaged(where, 'a transaction has the wrong form');
    return item;
  });
}

/** Reads a chunk of a snapshot. Throws `StoreDamaged` naming `where` when it is none. */
export function parseChunk(body: Uint8Array, where: string): readonly StoredRecord[] {
  return parseArray(body, where).map((item) => {
    if (!isRecord(item)) throw damaged(where, 'a record has the wrong form');
    return item;
  });
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

function storedChange(step: Step): StoredChange {
  if (step.after === undefined) return ['d', step.table.name, step.key];
  if (step.before === undefined || step.before.created !== step.after.created) {
    return ['c', step.table.name, step.key, step.after.created, step.after.record];
  }
  return ['u', step.table.name, step.key, ...fieldDelta(step.before.record, step.after.record)];
}

function fieldDelta(before: object, after: object): readonly [Readonly<Record<string, unknown>>, readonly string[]] {
  const set: [string, unknown][] = [];
  const dropped: string[] = [];
  const old = before as Readonly<Record<string, unknown>>;
  const now = after as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(now)) if (now[field] !== old[field]) set.push([field, now[field]]);
  for (const field of Object.keys(old)) {
    if (now[field] === undefined && old[field] !== undefined) dropped.push(field);
  }
  return [Object.fromEntries(set), dropped];
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

function isChange(item: unknown): item is StoredChange {
  if (!Array.isArray(item)) return false;
  const [kind, table, key, first, second]: unknown[] = item;
  if (typeof table !== 'string' || typeof key !== 'string') return false;
  if (kind === 'd') return true;
  if (kind === 'u') return isObject(first) && Array.isArray(second);
  return kind === 'c' && Number.isSafeInteger(first) && isObject(second);
}

function isRecord(item: unknown): item is StoredRecord {
  if (!Array.isArray(item)) return false;
  const [table, key, created, record, difference]: unknown[] = item;
  if (typeof table !== 'string' || typeof key !== 'string' || !Number.isSafeInteger(created)) return false;
  return isObject(record) || (Number.isSafeInteger(record) && Array.isArray(difference));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
