import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, bodyOf, parseBatch, parseChunk, transactionText } from './codec.ts';
import type { Step } from './state.ts';
import { Table } from './table.ts';

const table = new Table('things', { key: (thing: { readonly id: string }) => thing.id, indexes: {} });
const record = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue(), {
  noNullPrototype: true,
});

function roundTrip(step: Step): unknown {
  const body = bodyOf([transactionText(7, 'writer', [step])]);
  return parseBatch(body, 'test')[0];
}

describe('the journal text', () => {
  it('carries from any record to any other by the fields that differ', () => {
    fc.assert(
      fc.property(record, record, (before, after) => {
        const created = 3;
        const change = roundTrip({
          table,
          key: 'k',
          before: { record: before, created },
          after: { record: after, created },
        });
        const [, , [update]] = change as [number, string, [['u', string, string, object, string[]]]];
        expect(update?.slice(0, 3)).toEqual(['u', 'things', 'k']);
        const replayed = applyDelta(before, update?.[3] as Record<string, unknown>, update?.[4] ?? []);
        expect(JSON.parse(JSON.stringify(sorted(replayed)))).toEqual(JSON.parse(JSON.stringify(sorted(after))));
        expect(Object.getPrototypeOf(replayed)).toBe(Object.prototype);
      }),
    );
  });

  it('writes only the fields that changed', () => {
    const list = [1, 2, 3];
    const before = { record: { id: 'k', list, name: 'old', gone: 1 }, created: 3 };
    const after = { record: { id: 'k', list, name: 'new' }, created: 3 };
    expect(roundTrip({ table, key: 'k', before, after })).toEqual([
      7,
      'writer',
      [['u', 'things', 'k', { name: 'new' }, ['gone']]],
    ]);
    expect(roundTrip({ table, key: 'k', before, after: undefined })).toEqual([7, 'writer', [['d', 'things', 'k']]]);
    expect(roundTrip({ table, key: 'k', before, after: { ...after, created: 9 } })).toEqual([
      7,
      'writer',
      [['c', 'things', 'k', 9, after.record]],
    ]);
  });

  it.each([
    'no json',
    '{}',
    '[1]',
    '[[1,"w"]]',
    '[[1,"w",[["x","t","k"]]]]',
    '[[1,"w",[["u","t","k",1,[]]]]]',
    '[[1.5,"w",[]]]',
    '[[1,"w",[["c","t","k",1,[]]]]]',
  ])('refuses what is no batch: %s', (text) => {
    const body = new TextEncoder().encode(text);
    expect(() => parseBatch(body, 'batch 9')).toThrow('damaged in batch 9');
  });

  it('refuses what is no chunk, and what is no UTF-8', () => {
    expect(() => parseChunk(new TextEncoder().encode('[["t","k",1]]'), 'chunk 2')).toThrow('damaged in chunk 2');
    expect(() => parseChunk(new Uint8Array([0x5b, 0xff, 0x5d]), 'chunk 3')).toThrow('damaged in chunk 3');
  });
});

function sorted(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
