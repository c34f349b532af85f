import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Created, CreationOrder } from './creation-order.ts';
import { orderChunkEntries } from './limits.ts';

const everything = Number.POSITIVE_INFINITY;

function entries(...numbers: readonly number[]): Created[] {
  return numbers.map((created) => ({ created }));
}

function listOf(numbers: readonly number[]): { list: CreationOrder<Created>; byNumber: Map<number, Created> } {
  const list = new CreationOrder<Created>();
  const byNumber = new Map(entries(...numbers).map((entry) => [entry.created, entry]));
  for (const entry of byNumber.values()) list.add(entry);
  return { list, byNumber };
}

describe('CreationOrder', () => {
  it('equals a sorted array after any adding and removing, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 1500, size: 'max' }),
        fc.nat(2000),
        (numbers, cursor) => {
          const list = new CreationOrder<Created>();
          const model = new Map<number, Created>();
          for (const created of numbers) {
            const present = model.get(created);
            if (present === undefined) {
              const entry = { created };
              list.add(entry);
              model.set(created, entry);
            } else {
              list.remove(present);
              model.delete(created);
            }
          }
          const sorted = [...model.keys()].toSorted((a, b) => a - b);
          expect([...list.after(0, everything)].map(({ created }) => created)).toEqual(sorted);
          expect([...list.after(cursor, 1500)].map(({ created }) => created)).toEqual(
            sorted.filter((created) => created > cursor && created <= 1500),
          );
          expect(list.size).toBe(sorted.length);
          expect(list.lastCreated).toBe(sorted.at(-1) ?? 0);
        },
      ),
    );
  });

  it('gives every entry that stays exactly once while others come and go', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 1000, size: 'max' }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.boolean()), { maxLength: 1000, size: 'max' }),
        (numbers, edits) => {
          const { list, byNumber } = listOf(numbers);
          const touched = new Set(edits.map(([created]) => created));
          const seen: number[] = [];
          let edit = 0;
          for (const { created } of list.after(0, everything)) {
            seen.push(created);
            const [number, add] = edits[edit++] ?? [0, false];
            const present = byNumber.get(number);
            if (add && number > 0 && present === undefined) {
              const entry = { created: number };
              list.add(entry);
              byNumber.set(number, entry);
            } else if (!add && present !== undefined) {
              list.remove(present);
              byNumber.delete(number);
            }
          }
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen).toEqual(seen.toSorted((a, b) => a - b));
          const stayed = numbers.filter((created) => !touched.has(created)).toSorted((a, b) => a - b);
          expect(seen.filter((created) => !touched.has(created))).toEqual(stayed);
        },
      ),
    );
  });

  it('is the same when it was loaded in order', () => {
    fc.assert(
      fc.property(fc.nat(700), fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 50 }), (size, more) => {
        const loaded = new CreationOrder<Created>();
        const numbers = Array.from({ length: size }, (_, index) => index * 2 + 1);
        for (const entry of entries(...numbers)) loaded.append(entry);
        loaded.trim();
        const added = [...new Set(more)].filter((created) => !numbers.includes(created));
        for (const entry of entries(...added)) loaded.add(entry);
        expect([...loaded.after(0, everything)].map(({ created }) => created)).toEqual(
          [...numbers, ...added].toSorted((a, b) => a - b),
        );
        expect(loaded.size).toBe(numbers.length + added.length);
      }),
    );
    expect(() => listOf([3]).list.append({ created: 3 })).toThrow('does not come last');
  });

  it('keeps chunks that shrink from piling up', () => {
    const numbers = Array.from({ length: orderChunkEntries * 20 }, (_, index) => index + 1);
    const { list, byNumber } = listOf(numbers);
    for (const created of numbers) if (created % 100 !== 0) list.remove(byNumber.get(created)!);
    expect([...list.after(0, everything)].map(({ created }) => created)).toEqual(
      numbers.filter((created) => created % 100 === 0),
    );
  });

  it('refuses an entry twice and the removal of one it does not have', () => {
    const { list } = listOf([1, 2, 3]);
    expect(() => list.add({ created: 2 })).toThrow('already in the list');
    expect(() => list.remove({ created: 9 })).toThrow();
    expect(list.size).toBe(3);
  });
});
