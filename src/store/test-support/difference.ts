import type { Difference, InnerDifference } from '../text/likeness.ts';

type Fields = Readonly<Record<string, unknown>>;

/** As layout 2 wrote it. `withDifference(like, differenceOf(like, record))` equals the record. Fields of the value `undefined` do not count. */
export function differenceOf(like: object, record: object, except?: string): Difference {
  const before = like as Fields;
  const after = record as Fields;
  const set: [string, unknown][] = [];
  const within: [string, InnerDifference][] = [];
  for (const field of Object.keys(after)) {
    const value = after[field];
    if (value === before[field] || value === undefined || field === except) continue;
    const inside = innerDifference(before[field], value);
    if (inside === undefined) set.push([field, value]);
    else if (inside !== 0) within.push([field, inside]);
  }
  const dropped = Object.keys(before).filter((field) => before[field] !== undefined && !has(after, field));
  const fields = Object.fromEntries(set);
  if (within.length > 0) return [fields, dropped, Object.fromEntries(within)];
  return dropped.length > 0 ? [fields, dropped] : [fields];
}

/** Reading a missing field named `constructor` gives something. */
function has(fields: Fields, field: string): boolean {
  return Object.hasOwn(fields, field) && fields[field] !== undefined;
}

/** 0 when they are equal, `undefined` when they have nothing in common. */
function innerDifference(before: unknown, after: unknown): InnerDifference | 0 | undefined {
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) return undefined;
  if (Array.isArray(before)) return listDifference(before, after as unknown as readonly unknown[]);
  const difference = differenceOf(before, after);
  return difference.length === 1 && Object.keys(difference[0]).length === 0 ? 0 : difference;
}

function listDifference(before: readonly unknown[], after: readonly unknown[]): InnerDifference | 0 | undefined {
  if (before.length !== after.length) return undefined;
  const elements: (InnerDifference | 0)[] = [];
  for (const [index, value] of after.entries()) {
    const inside = value === before[index] ? 0 : innerDifference(before[index], value);
    if (inside === undefined) return undefined;
    elements.push(inside);
  }
  return elements.every((element) => element === 0) ? 0 : elements;
}

/** The prototype is what reading a missing field named `__proto__` gives. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value !== Object.prototype;
}
