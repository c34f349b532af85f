import { textPatience } from '../limits.ts';
import type { Step } from '../state.ts';
import type { Table, Version } from '../table.ts';
import type { Revision } from '../types.ts';
import { changeText, transactionOf } from './codec.ts';
import { RowText } from './row-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The journal's text of a transaction: see `codec.ts`. */
export function transactionText(revision: Revision, writer: string, steps: readonly Step[]): string {
  const [first] = steps;
  if (first !== undefined && steps.length === 1) return transactionOf(revision, writer, lonelyText(first));
  const tables = new Map<Table, RowText>();
  const texts = steps.map((step, index) => {
    // The steps of a table follow each other.
    if (steps[index - 1]?.table !== step.table && steps[index + 1]?.table !== step.table) return lonelyText(step);
    let rows = tables.get(step.table);
    if (rows === undefined) {
      rows = new RowText(step.table, { patience: textPatience.transaction });
      tables.set(step.table, rows);
    }
    return stepText(step, rows);
  });
  return transactionOf(revision, writer, texts.join(','));
}

function stepText({ table, key, before, after }: Step, rows: RowText): string {
  if (after === undefined) return changeText(['d', table.name, key]);
  const row = { key, created: after.created, record: after.record };
  if (isUpdate(before, after)) return rows.changed(row, before.record);
  return rows.created(row) ?? changeText(['c', table.name, key, after.created, after.record]);
}

/** A shape pays for a single change when it saves what is nested. */
function lonelyText({ table, key, before, after }: Step): string {
  if (after === undefined) return changeText(['d', table.name, key]);
  if (!isUpdate(before, after)) return changeText(['c', table.name, key, after.created, after.record]);
  const update = flatUpdate(before.record as Fields, after.record as Fields);
  if (update !== undefined) return changeText(['u', table.name, key, ...update]);
  const row = { key, created: after.created, record: after.record };
  return new RowText(table, { patience: 0 }).changed(row, before.record);
}

function isUpdate(before: Version | undefined, after: Version): before is Version {
  return before?.created === after.created;
}

type Update = readonly [set: Fields, dropped: readonly string[]];

/** The fields that changed, if none of them is one that may have changed in part. */
function flatUpdate(before: Fields, after: Fields): Update | undefined {
  const set: [string, unknown][] = [];
  const dropped: string[] = [];
  for (const field of Object.keys(after)) {
    const value = after[field];
    if (value === before[field]) continue;
    if (isObject(value) && isObject(before[field])) return undefined;
    set.push([field, value]);
  }
  for (const field of Object.keys(before)) {
    if (after[field] === undefined && before[field] !== undefined) dropped.push(field);
  }
  return [Object.fromEntries(set), dropped];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
