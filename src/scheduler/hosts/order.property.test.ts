import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Order } from './order.ts';

const slots = 40;
const moves = fc.array(fc.tuple(fc.nat(slots - 1), fc.option(fc.nat(9))), { maxLength: 200, size: 'max' });

test('whatever is added, moved and removed, what is there is sorted by number and then by slot', () => {
  fc.assert(
    fc.property(moves, fc.nat(10), (steps, least) => {
      const column = { values: new Float64Array(slots) };
      const order = new Order(column);
      const there = new Map<number, number>();
      for (const [slot, value] of steps) {
        if (value === null) {
          if (there.delete(slot)) order.remove(slot);
        } else {
          if (there.has(slot)) order.move(slot, value);
          else order.add(slot, value);
          column.values[slot] = value;
          there.set(slot, value);
        }
      }
      const sorted = [...there].sort(([a, left], [b, right]) => left - right || a - b);
      expect(Array.from({ length: order.length }, (_, index) => order.at(index))).toEqual(sorted.map(([slot]) => slot));
      expect(order.from(least)).toBe(sorted.filter(([, value]) => value < least).length);
    }),
    { numRuns: 500 },
  );
});
