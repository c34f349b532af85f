import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '#base';
import { Replay } from '../replay.ts';
import { Table } from '../table.ts';
import { records, sortedKeys } from '../test-support/plain-data.ts';
import { leaf, Shape } from './shape.ts';
import { Comparison } from './shape-text.ts';
import { TableText } from './snapshot-text.ts';

interface Thing {
  readonly id: string;
  readonly kind: string;
  readonly data: object;
}

/** Stands for a number that JSON can write and no number can hold. */
const huge = 'huge';
const things = fc.array(fc.tuple(fc.constantFrom('one', 'two'), records), { minLength: 1, maxLength: 12 });

function tableOf(made: readonly (readonly [string, object])[]): Table {
  const table = new Table('things', {
    key: (thing: Thing) => thing.id,
    indexes: { kind: (thing: Thing) => thing.kind },
    alike: ['kind'],
  });
  for (const [index, [kind, data]] of made.entries()) {
    const id = `thing-number-${index}`;
    table.set(id, {
      created: index + 1,
      record: { id, kind, data, about: { thing: id, same: [kind, 'the same for all'] } },
    });
  }
  return table;
}

function chunkOf(table: Table): string {
  const text = new TableText(table);
  return `[${[...table.entriesAfter(0, table.size)].map((entry) => text.next(entry)).join(',')}]`;
}

function load(chunk: string): Replay {
  const replay = new Replay({ base: 0, until: 0, lastCreated: 0, schemaVersion: 1 });
  replay.apply({ type: 'chunk', where: 'chunk 7', body: new TextEncoder().encode(chunk) });
  return replay;
}

describe('rows of a snapshot', () => {
  it('are read back as the records they were, frozen', () => {
    fc.assert(
      fc.property(things, (made) => {
        const table = tableOf(made);
        const read = [...(load(chunkOf(table)).tables.get('things')?.values() ?? [])];
        expect(
          JSON.stringify(
            read.map(({ record }) => record),
            sortedKeys,
          ),
        ).toBe(JSON.stringify([...table.all()], sortedKeys));
        expect(read.slice(1).every(({ record }) => Object.isFrozen(record))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('with any part replaced are refused by name, or are records', () => {
    const any = fc.oneof(
      fc.integer({ min: -2, max: 9 }),
      fc.constantFrom('things', '__proto__', null, true, 0.5, huge),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(things, fc.infiniteStream(fc.nat()), any, (made, places, damage) => {
        const chunk: unknown = JSON.parse(chunkOf(tableOf(made)));
        replaceAt(chunk, places, damage);
        try {
          load(JSON.stringify(chunk).replaceAll(`"${huge}"`, '1e999'));
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect(error).toMatchObject({ code: 'StoreDamaged', message: expect.stringContaining('chunk 7') });
        }
      }),
      { numRuns: 1500 },
    );
  });
});

/** Replaces what a random walk from the top down comes to. */
function replaceAt(value: unknown, places: Iterator<number>, damage: unknown): void {
  let at = value as Record<string, unknown>;
  for (;;) {
    const fields = Object.keys(at);
    const step = Number(places.next().value);
    const field = fields[step % fields.length];
    if (field === undefined) return;
    const within = at[field];
    if (typeof within !== 'object' || within === null || step % 7 === 0 || Object.keys(within).length === 0) {
      at[field] = damage;
      return;
    }
    at = within as Record<string, unknown>;
  }
}

describe('a shape', () => {
  const like = { id: 'a', kept: { deep: [1] }, gone: 1, list: [{ n: 1, o: { p: 1 } }, { n: 2 }], short: [1] };

  it('names only what differs, however deep, and shares all else', () => {
    const other = { id: 'b', kept: { deep: [1] }, list: [{ n: 1, o: { p: 1 } }, { n: 3 }], short: [1, 2] };
    const row: unknown[] = [0, 0, 1, 'b'];
    const template = new Comparison({ patience: 9 }).compare(like, other, 'b', row);
    expect(JSON.parse(template)).toEqual({
      id: leaf.key,
      list: [null, { n: leaf.value }],
      short: leaf.value,
      gone: leaf.gone,
    });
    const made = new Shape(JSON.parse(template)).make(like, row, []) as typeof like;
    expect(made).toEqual(other);
    expect(made.kept).toBe(like.kept);
    expect(made.list[0]).toBe(like.list[0]);
  });

  it('gives a text that comes again as the very same one', () => {
    const comparison = new Comparison({ patience: 9 });
    const row: unknown[] = [];
    for (const key of ['a', 'b']) comparison.compare({}, { host: 'one host of many' }, key, row);
    expect(row).toEqual(['one host of many', 0]);
  });

  it.each([
    ['no object', 1],
    ['a leaf that is none', { a: 9 }],
    ['a part that is none', { a: 'b' }],
    ['an element that is gone', { a: [leaf.gone] }],
  ])('is refused with %s', (_what, template) => {
    expect(() => new Shape(template)).toThrow('shape');
  });
});

it('more shapes than are numbered at once are read back', () => {
  const made = Array.from({ length: 2100 }, (_, i) => ['one', { [`field${i % 1500}`]: i }] as const);
  const table = tableOf(made);
  const read = [...(load(chunkOf(table)).tables.get('things')?.values() ?? [])];
  expect(read.map(({ record }) => record)).toEqual([...table.all()]);
});
