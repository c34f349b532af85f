import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { ShownRecords } from './shown-records.ts';

const present = ({ status }: { readonly status: string }) => ({ status, shown: true });

describe('ShownRecords', () => {
  it('presents a record once, and a changed record anew', () => {
    const shown = new ShownRecords();
    const record = { status: 'PENDING' };
    const first = shown.of(record, present);
    expect(first).toEqual({ status: 'PENDING', shown: true });
    expect(shown.of(record, present)).toBe(first);
    expect(shown.of({ ...record, status: 'RUNNING' }, present)).toEqual({ status: 'RUNNING', shown: true });
  });

  it('gives constants', () => {
    expect(Object.isFrozen(new ShownRecords().of({ status: 'RUNNING' }, present))).toBe(true);
  });

  it('keeps no more than its limit: the oldest are made again', () => {
    const shown = new ShownRecords();
    const oldest = { status: 'oldest' };
    const before = shown.of(oldest, present);
    for (let i = 0; i < limits.shownRecords; i++) shown.of({ status: String(i) }, present);
    const after = shown.of(oldest, present);
    expect(after).not.toBe(before);
    expect(after).toEqual(before);
  });
});
