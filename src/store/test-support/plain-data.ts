import * as fc from 'fast-check';

const texts = ['a', 'b', '', 'one that is long', 'another that is long', 'a third that is long'];
const leaf = fc.oneof(fc.constantFrom(...texts, 0, 1, true, null), fc.string());
const { value: part } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 4, arbitrary: leaf },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', '__proto__', 'constructor'), tie('value'), { noNullPrototype: true }),
  ),
}));

/** Records that have much in common, nested, with field names that JavaScript has a meaning for. */
export const records = fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), part, { noNullPrototype: true });

/** For `JSON.stringify`: the order of fields does not count. */
export function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
