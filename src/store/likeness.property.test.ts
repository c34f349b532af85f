import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freezeRecord } from './freeze.ts';
import { differenceOf, withDifference } from './likeness.ts';

const leaf = fc.oneof(fc.constantFrom('a', 'b', '', 0, 1, true, null), fc.string());
const { value: part } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 4, arbitrary: leaf },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', '__proto__', 'constructor'), tie('value'), { noNullPrototype: true }),
  ),
}));
const record = fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), part, { noNullPrototype: true });

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

describe('a difference', () => {
  it('makes the one record of the other, through JSON', () => {
    fc.assert(
      fc.property(record, record, (like, other) => {
        const made = withDifference(copy(like), copy(differenceOf(like, other)));
        expect(JSON.stringify(made, sortedKeys)).toBe(JSON.stringify(other, sortedKeys));
        expect(Object.isFrozen(made)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds only what differs, however deep, and shares all else', () => {
    const like = { id: 'a', kept: { deep: [1] }, gone: 1, list: [{ n: 1, o: { p: 1 } }, { n: 2 }], short: [1] };
    const other = { id: 'b', kept: { deep: [1] }, list: [{ n: 1, o: { p: 1 } }, { n: 3 }], short: [1, 2] };
    const difference = differenceOf(like, other, 'id');
    expect(difference).toEqual([{ short: [1, 2] }, ['gone'], { list: [0, [{ n: 3 }]] }]);
    const made = withDifference(like, difference) as typeof like;
    expect(made).toEqual({ ...other, id: 'a' });
    expect(made.kept).toBe(like.kept);
    expect(made.list[0]).toBe(like.list[0]);
  });
});

describe('freezing beside a record that is like it', () => {
  it('changes nothing, and shares what is equal', () => {
    fc.assert(
      fc.property(record, record, (like, other) => {
        const text = JSON.stringify(other);
        freezeRecord(like, 'like');
        freezeRecord(other, 'other', like);
        expect(JSON.stringify(other)).toBe(text);
        for (const field of Object.keys(other)) {
          if (JSON.stringify(other[field]) === JSON.stringify(like[field])) expect(other[field]).toBe(like[field]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** The order of fields does not count. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
