import { freezeRecord } from './freeze.ts';

/**
 * Records of one kind resemble each other: the tasks of a service differ in little but their ids. A snapshot therefore
 * stores a record as what differs from one before it, and a record that is loaded so shares all else with that one.
 */

type Fields = Readonly<Record<string, unknown>>;

/**
 * What makes one object of another: fields with their whole new values, names that are gone, and what differs inside
 * of objects and of lists of the same length.
 */
export type Difference = readonly [
  set: Fields,
  dropped?: readonly string[],
  within?: Readonly<Record<string, InnerDifference>>,
];

/** Of a list, one for each element, 0 where they are the same. Which of the two it is says the value it is applied to. */
type InnerDifference = Difference | readonly (InnerDifference | 0)[];

/** `withDifference(like, differenceOf(like, record))` equals the record. Fields of the value `undefined` do not count. */
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

/**
 * A new object: what does not differ is the other one's, as the very same objects. All that is new of it is frozen.
 * Throws when the two do not fit.
 */
export function withDifference(like: object, [set, dropped, within]: Difference): object {
  for (const field in set) if (isObject(set[field])) freezeRecord(set[field], field);
  const record: Record<string, unknown> = { ...like, ...set };
  for (const field in within) record[field] = withInner(record[field], within[field] ?? 0);
  if (dropped === undefined || dropped.length === 0) return Object.freeze(record);
  return Object.freeze(Object.fromEntries(Object.entries(record).filter(([field]) => !dropped.includes(field))));
}

function withInner(value: unknown, difference: InnerDifference | 0): unknown {
  if (difference === 0) return value;
  if (!isObject(value)) throw new TypeError('a difference inside of what has no inside');
  if (!Array.isArray(value)) return withDifference(value, difference as Difference);
  const elements = difference as readonly (InnerDifference | 0)[];
  return Object.freeze(value.map((element: unknown, index) => withInner(element, elements[index] ?? 0)));
}

/** The prototype is what reading a missing field named `__proto__` gives. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value !== Object.prototype;
}
