import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { CapacityProviderStrategyItem } from '#model';
import { allocate, release, type Share } from './strategy.ts';

function strategyOf(...items: [weight: number, base?: number][]): CapacityProviderStrategyItem[] {
  return items.map(([weight, base = 0], index) => ({ capacityProvider: 'ABCDEFGH'[index]!, weight, base }));
}

function counts(shares: readonly Share[]): Map<string, number> {
  return new Map(shares.map(({ capacityProvider, count }) => [capacityProvider, count]));
}

describe('a strategy', () => {
  it.each<[string, CapacityProviderStrategyItem[], number, Record<string, number>]>([
    ['evenly', strategyOf([1], [1]), 4, { A: 2, B: 2 }],
    ['one to four', strategyOf([1], [4]), 5, { A: 1, B: 4 }],
    ['the base first', strategyOf([1, 2], [3]), 10, { A: 4, B: 6 }],
    ['nothing beyond the base', strategyOf([0, 2], [1]), 3, { A: 2, B: 1 }],
    ['less than the base', strategyOf([0, 5], [1]), 3, { A: 3 }],
    ['to the first of equals', strategyOf([1], [1]), 1, { A: 1 }],
  ])('gives new tasks out: %s', (_, strategy, count, expected) => {
    expect(Object.fromEntries(counts(allocate(strategy, new Map(), count)))).toEqual(expected);
  });

  it('evens out what is there', () => {
    const strategy = strategyOf([1], [1]);
    expect(allocate(strategy, new Map([['A', 4]]), 4)).toEqual([{ capacityProvider: 'B', count: 4 }]);
    expect(
      release(
        strategy,
        new Map([
          ['A', 4],
          ['B', 2],
        ]),
        new Map([
          ['A', 4],
          ['B', 2],
        ]),
        2,
      ),
    ).toEqual([{ capacityProvider: 'A', count: 2 }]);
    expect(
      release(
        strategy,
        new Map([
          ['A', 4],
          ['B', 2],
        ]),
        new Map([['B', 2]]),
        3,
      ),
    ).toEqual([{ capacityProvider: 'B', count: 2 }]);
  });
});

const strategies = fc
  .record({
    weights: fc
      .array(fc.nat(5), { minLength: 1, maxLength: 5 })
      .filter((weights) => weights.some((weight) => weight > 0)),
    base: fc.nat(12),
    holder: fc.nat(4),
  })
  .map(({ weights, base, holder }) =>
    strategyOf(...weights.map((weight, index): [number, number] => [weight, index === holder ? base : 0])),
  );

/** What each provider should have of so many tasks. */
function dues(strategy: readonly CapacityProviderStrategyItem[], total: number): Map<string, number> {
  const weights = strategy.reduce((sum, { weight }) => sum + weight, 0);
  const base = strategy.reduce((sum, item) => sum + item.base, 0);
  return new Map(
    strategy.map((item) => [
      item.capacityProvider,
      Math.min(item.base, total) + (Math.max(0, total - base) * item.weight) / weights,
    ]),
  );
}

test('gives all tasks out, each provider what it is due but for less than one', () => {
  fc.assert(
    fc.property(strategies, fc.nat(60), (strategy, count) => {
      const given = counts(allocate(strategy, new Map(), count));
      expect([...given.values()].reduce((sum, each) => sum + each, 0)).toBe(count);
      for (const [provider, due] of dues(strategy, count)) {
        expect(Math.abs((given.get(provider) ?? 0) - due)).toBeLessThan(1);
      }
    }),
  );
});

test('comes to what is due, whatever was there, once enough was added', () => {
  fc.assert(
    fc.property(strategies, fc.array(fc.nat(20), { minLength: 5, maxLength: 5 }), (strategy, there) => {
      // Too much can only stand where it weighs something: grow until that is what is due.
      const existing = new Map(
        strategy.map(({ capacityProvider, weight }, index) => [capacityProvider, weight === 0 ? 0 : there[index]!]),
      );
      const before = [...existing.values()].reduce((sum, each) => sum + each, 0);
      const total = 20 * 25 + 12 + before;
      const given = counts(allocate(strategy, existing, total - before));
      for (const [provider, due] of dues(strategy, total)) {
        const now = (existing.get(provider) ?? 0) + (given.get(provider) ?? 0);
        expect(Math.abs(now - due)).toBeLessThan(1);
      }
    }),
  );
});

test('adding in steps and taking away again keeps near to what is due', () => {
  fc.assert(
    fc.property(strategies, fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 12 }), (strategy, steps) => {
      let existing = new Map<string, number>();
      for (const step of steps) {
        const shares = step > 0 ? allocate(strategy, existing, step) : release(strategy, existing, existing, -step);
        const sign = step > 0 ? 1 : -1;
        existing = new Map(existing);
        for (const { capacityProvider, count } of shares) {
          existing.set(capacityProvider, (existing.get(capacityProvider) ?? 0) + sign * count);
        }
        const total = [...existing.values()].reduce((sum, each) => sum + each, 0);
        for (const count of existing.values()) expect(count).toBeGreaterThanOrEqual(0);
        for (const [provider, due] of dues(strategy, total)) {
          expect(Math.abs((existing.get(provider) ?? 0) - due)).toBeLessThan(2);
        }
      }
    }),
  );
});

test('never takes more than is there, nor from elsewhere', () => {
  fc.assert(
    fc.property(
      strategies,
      fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
      fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
      fc.nat(30),
      (strategy, there, mayGo, count) => {
        const names = strategy.map(({ capacityProvider }) => capacityProvider);
        const existing = new Map(names.map((name, index) => [name, there[index]!]));
        const candidates = new Map(names.map((name, index) => [name, Math.min(there[index]!, mayGo[index]!)]));
        const taken = counts(release(strategy, existing, candidates, count));
        const possible = [...candidates.values()].reduce((sum, each) => sum + each, 0);
        expect([...taken.values()].reduce((sum, each) => sum + each, 0)).toBe(Math.min(count, possible));
        for (const [name, each] of taken) expect(each).toBeLessThanOrEqual(candidates.get(name) ?? 0);
      },
    ),
  );
});
