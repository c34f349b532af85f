import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeld, isUneven, planMoves, planStops, type ZoneCount } from './moves.ts';

const zones = fc
  .array(
    fc.record({
      a: fc.nat(6),
      b: fc.nat(6),
      heldA: fc.nat(6),
      heldB: fc.nat(6),
      full: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .map((list) =>
    list.map(({ a, b, heldA, heldB, full }, index) => ({
      zone: `z${index}`,
      tasks: a + b,
      free: new Map([
        ['a', Math.max(0, a - heldA)],
        ['b', Math.max(0, b - heldB)],
      ]),
      full,
    })),
  );

function spread(counts: Iterable<number>): number {
  const list = [...counts];
  return list.length === 0 ? 0 : Math.max(...list) - Math.min(...list);
}

describe('moves between zones', () => {
  it('bring the zones nearer to each other, stop in time, and leave nothing to do that could be done', () => {
    fc.assert(
      fc.property(zones, fc.nat(30), (list, most) => {
        const takes = (zone: string): boolean => list.find((each) => each.zone === zone)?.full !== true;
        const moves = planMoves(list, most, takes);
        expect(moves.length).toBeLessThanOrEqual(most);
        expect(moves.every(({ to }) => takes(to))).toBe(true);
        if (moves.length > 0) expect(isUneven(list)).toBe(true);
        if (isHeld(list)) expect(moves).toEqual([]);
        const after = carriedOut(list, moves);
        expect(spread(after.map(({ tasks }) => tasks))).toBeLessThanOrEqual(spread(list.map(({ tasks }) => tasks)));
        if (moves.length < most) expect(planMoves(after, 1, takes)).toEqual([]);
        const unhindered = list.every(({ full, tasks, free }) => {
          return !full && [...free.values()].reduce((sum, count) => sum + count, 0) === tasks;
        });
        if (unhindered && moves.length < most) expect(isUneven(after)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('stop tasks that may be stopped alone, always in the fullest zone', () => {
    fc.assert(
      fc.property(zones, fc.nat(30), (list, count) => {
        const stops = planStops(list, count, 'a');
        expect(stops.length).toBeLessThanOrEqual(count);
        const left = new Map(list.map((each) => [each.zone, { ...each, mine: each.free.get('a') ?? 0 }]));
        for (const zone of stops) {
          const from = left.get(zone)!;
          expect(from.mine).toBeGreaterThan(0);
          for (const other of left.values()) if (other.mine > 0) expect(other.tasks).toBeLessThanOrEqual(from.tasks);
          from.mine -= 1;
          from.tasks -= 1;
        }
        if (stops.length < count) expect([...left.values()].every(({ mine }) => mine === 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('need a difference of two', () => {
    const zone = (name: string, tasks: number): ZoneCount => ({ zone: name, tasks, free: new Map([['', tasks]]) });
    expect(planMoves([zone('a', 2), zone('b', 1), zone('c', 1)], 9, () => true)).toEqual([]);
    expect(planMoves([zone('a', 3), zone('b', 3), zone('c', 0)], 9, () => true)).toEqual([
      { to: 'c', provider: '' },
      { to: 'c', provider: '' },
    ]);
    expect(planMoves([zone('a', 3), zone('b', 3), zone('c', 0)], 1, () => true)).toEqual([{ to: 'c', provider: '' }]);
    expect(isUneven([])).toBe(false);
    expect(isHeld([zone('a', 1), zone('b', 1)])).toBe(false);
  });
});

/** The zones after the moves; of each the source is the one that the plan takes: the fullest with a task to spare. */
function carriedOut(list: readonly ZoneCount[], moves: ReturnType<typeof planMoves>): ZoneCount[] {
  const piles = list.map(({ zone, tasks, free }) => ({ zone, tasks, free: new Map(free) }));
  for (const { to, provider } of moves) {
    const [from] = piles
      .filter(({ free }) => (free.get(provider) ?? 0) > 0)
      .sort(
        (a, b) => b.tasks - a.tasks || (mostOf(b.free) === provider ? 1 : 0) - (mostOf(a.free) === provider ? 1 : 0),
      );
    const target = piles.find(({ zone }) => zone === to);
    if (from === undefined || target === undefined) throw new Error('a move from nowhere');
    from.tasks -= 1;
    from.free.set(provider, (from.free.get(provider) ?? 0) - 1);
    target.tasks += 1;
  }
  return piles;
}

function mostOf(free: ReadonlyMap<string, number>): string | undefined {
  return [...free].sort(([, a], [, b]) => b - a)[0]?.[0];
}
