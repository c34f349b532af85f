import { describe, expect, it } from 'vitest';
import { freezeRecord } from './freeze.ts';

describe('freezeRecord', () => {
  it('freezes a record and all it holds', () => {
    const record = freezeRecord({ list: [{ deep: { value: 1 } }], none: undefined, zero: 0, empty: {} }, 'r');
    expect(Object.isFrozen(record)).toBe(true);
    expect(Object.isFrozen(record.list)).toBe(true);
    expect(Object.isFrozen(record.list[0]?.deep)).toBe(true);
    expect(Object.isFrozen(record.empty)).toBe(true);
  });

  it.each([
    ['a date', { at: new Date(0) }, 'r.at'],
    ['a map', { map: new Map() }, 'r.map'],
    ['a function', { list: [{ call: () => 1 }] }, 'r.list.0.call'],
    ['not a number', { value: Number.NaN }, 'r.value'],
    ['infinity', { value: Number.POSITIVE_INFINITY }, 'r.value'],
    ['a big integer', { value: 1n }, 'r.value'],
    ['a hole', { list: [undefined] }, 'r.list.0'],
  ])('refuses %s, which the journal would not give back', (_what, record, path) => {
    expect(() => freezeRecord(record, 'r')).toThrow(path);
  });
});
