import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freezeRecord } from '../freeze.ts';
import { differenceOf } from '../test-support/difference.ts';
import { records, sortedKeys } from '../test-support/plain-data.ts';
import { withDifference } from './likeness.ts';

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

describe('a difference', () => {
  it('makes the one record of the other, through JSON', () => {
    fc.assert(
      fc.property(records, records, (like, other) => {
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
      fc.property(records, records, (like, other) => {
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
