import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replay } from '../replay.ts';
import type { Step } from '../state.ts';
import { Table, type Version } from '../table.ts';
import { records, sortedKeys } from '../test-support/plain-data.ts';
import { bodyOf, parseBatch, parseChunk } from './codec.ts';
import { transactionText } from './transaction-text.ts';

const table = new Table('things', {
  key: (thing: { readonly id: string }) => thing.id,
  indexes: { kind: (thing: { readonly kind?: string }) => thing.kind },
  alike: ['kind'],
});
const kind = fc.constantFrom('one', 'two');
const written = fc.tuple(kind, records);

function roundTrip(step: Step): unknown {
  const body = bodyOf([transactionText(7, 'writer', [step])]);
  return parseBatch(body, 'test')[0];
}

/** The records after these transactions, from nothing. */
function replayed(...transactions: readonly (readonly Step[])[]): unknown {
  const replay = new Replay({ base: 0, until: 0, lastCreated: 0, schemaVersion: 1 });
  const texts = transactions.map((steps, index) => transactionText(index + 1, 'writer', steps));
  replay.apply({ type: 'batch', where: 'test', body: bodyOf(texts) });
  return [...(replay.tables.get('things')?.values() ?? [])].map(({ record }) => record);
}

function version([name, data]: readonly [string, object], index: number): Version {
  return { created: index + 1, record: { id: `thing ${index}`, kind: name, data, ...data } };
}

describe('the journal text', () => {
  it('carries from any records to any others, many at once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(written, written), { minLength: 1, maxLength: 5 }), (pairs) => {
        const steps = pairs.map(([before, after], index) => ({
          table,
          key: `thing ${index}`,
          before: version(before, index),
          after: version(after, index),
        }));
        const created = steps.map(({ before, ...step }) => ({ ...step, before: undefined, after: before }));
        expect(JSON.stringify(replayed(created), sortedKeys)).toBe(
          JSON.stringify(
            steps.map(({ before }) => before.record),
            sortedKeys,
          ),
        );
        expect(JSON.stringify(replayed(created, steps), sortedKeys)).toBe(
          JSON.stringify(
            steps.map(({ after }) => after.record),
            sortedKeys,
          ),
        );
        const one = steps.slice(0, 1);
        expect(JSON.stringify(replayed(created.slice(0, 1), one), sortedKeys)).toBe(
          JSON.stringify(
            one.map(({ after }) => after.record),
            sortedKeys,
          ),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('writes only what changed, once for all that change alike', () => {
    const thing = (id: string, address: string): object => ({ id, kind: 'one', parts: [{ name: 'a', address }] });
    const step = (id: string, created: number, address: string): Step => ({
      table,
      key: id,
      before: undefined,
      after: { created, record: thing(id, address) },
    });
    const both = [step('k', 1, '10.0.0.1'), step('l', 2, '10.0.0.2')];
    expect(JSON.parse(transactionText(7, 'writer', both))).toEqual([
      7,
      'writer',
      [
        ['c', 'things', 'k', 1, thing('k', '10.0.0.1')],
        ['things', 0, { id: 1, parts: [{ address: 0 }] }],
        [0, 0, 2, 'l', '10.0.0.2'],
      ],
    ]);
    const before = { record: thing('k', '10.0.0.1'), created: 1 };
    const after = { record: thing('k', '10.0.0.9'), created: 1 };
    expect(roundTrip({ table, key: 'k', before, after })).toEqual([
      7,
      'writer',
      [
        ['things', 0, { parts: [{ address: 0 }] }],
        [0, null, 1, 'k', '10.0.0.9'],
      ],
    ]);
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
    '[[1,"w",[[0,0,"k",1]]]]',
    '[[1,"w",[["t",0]]]]',
  ])('refuses what is no batch: %s', (text) => {
    const body = new TextEncoder().encode(text);
    expect(() => parseBatch(body, 'batch 9')).toThrow('damaged in batch 9');
  });

  it('refuses what is no chunk, and what is no UTF-8', () => {
    expect(() => parseChunk(new TextEncoder().encode('[["t","k",1]]'), 'chunk 2')).toThrow('damaged in chunk 2');
    expect(() => parseChunk(new Uint8Array([0x5b, 0xff, 0x5d]), 'chunk 3')).toThrow('damaged in chunk 3');
  });
});
