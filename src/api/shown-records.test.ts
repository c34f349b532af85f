import { describe, expect, it } from 'vitest';
import { ShownRecords } from './shown-records.ts';

const present = ({ status }: { readonly status: string }) => ({ status, shown: true });

describe('ShownRecords', () => {
  it('presents a record once, and a changed record anew', () => {
    const shown = new ShownRecords(2);
    const record = { status: 'PENDING' };
    const first = shown.of(record, present);
    expect(first).toEqual({ status: 'PENDING', shown: true });
    expect(shown.of(record, present)).toBe(first);
    expect(shown.of({ ...record, status: 'RUNNING' }, present)).toEqual({ status: 'RUNNING', shown: true });
  });

  it('gives constants', () => {
    expect(Object.isFrozen(new ShownRecords(1).of({ status: 'RUNNING' }, present))).toBe(true);
  });

  it('presents a record anew when something else that it is made from changed', () => {
    const shown = new ShownRecords(1);
    const service = { status: 'ACTIVE' };
    const counts = { running: 1 };
    const look = () => shown.of(service, ({ status }) => ({ status, ...counts }), [counts.running]);
    const first = look();
    expect(look()).toBe(first);
    counts.running = 2;
    expect(look()).toEqual({ status: 'ACTIVE', running: 2 });
    expect(first).toEqual({ status: 'ACTIVE', running: 1 });
  });

  it('keeps no more than its limit: the oldest are made again', () => {
    const shown = new ShownRecords(3);
    const oldest = { status: 'oldest' };
    const before = shown.of(oldest, present);
    for (let i = 0; i < 3; i++) shown.of({ status: String(i) }, present);
    const after = shown.of(oldest, present);
    expect(after).not.toBe(before);
    expect(after).toEqual(before);
  });
});
