import { freezeRecord } from '../freeze.ts';

/**
 * Snapshots of layout 2 store a record as what differs from one before it that it resembles; a record that is loaded so
 * shares all else with that one. What is written today: `shape.ts`.
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
export type InnerDifference = Difference | readonly (InnerDifference | 0)[];

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
