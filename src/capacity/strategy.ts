import type { CapacityProviderStrategyItem } from '#model';

/** How many tasks each provider has; one that is not named has none. */
export type TasksByProvider = ReadonlyMap<string, number>;

/** So many tasks of one provider. */
export interface Share {
  readonly capacityProvider: string;
  readonly count: number;
}

/**
 * Which providers `count` new tasks go to, in the strategy's order; the numbers add up to `count`. Of all tasks, those
 * that are there and the new ones, the first `base` belong to the provider with a base and the others to all providers
 * by weight. Each new task goes to the provider that is farthest below what it should have; the first of equals.
 * Source: "Amazon ECS capacity provider strategies"; how what is left of a division is shared out is ours.
 */
export function allocate(
  strategy: readonly CapacityProviderStrategyItem[],
  existing: TasksByProvider,
  count: number,
): readonly Share[] {
  const tally = new Tally(strategy, existing);
  const gaps = tally.gaps(tally.total + count);
  const given = strategy.map(() => 0);
  for (let task = 0; task < count; task++) {
    const index = greatest(gaps);
    given[index] = (given[index] ?? 0) + 1;
    gaps[index] = (gaps[index] ?? 0) - tally.unit;
  }
  return sharesOf(strategy, given);
}

/**
 * From which providers `count` tasks are taken, of those that `candidates` has there. Each goes from the provider that
 * is farthest above what it should have of the tasks that stay; the last of equals, so that what was added last goes
 * first. Fewer when there are not so many candidates.
 */
export function release(
  strategy: readonly CapacityProviderStrategyItem[],
  existing: TasksByProvider,
  candidates: TasksByProvider,
  count: number,
): readonly Share[] {
  const tally = new Tally(strategy, existing);
  const gaps = tally.gaps(Math.max(0, tally.total - count));
  const taken = strategy.map(() => 0);
  const left = strategy.map(({ capacityProvider }) => candidates.get(capacityProvider) ?? 0);
  for (let task = 0; task < count; task++) {
    const index = lowest(gaps, left);
    if (index < 0) break;
    taken[index] = (taken[index] ?? 0) + 1;
    left[index] = (left[index] ?? 0) - 1;
    gaps[index] = (gaps[index] ?? 0) + tally.unit;
  }
  return sharesOf(strategy, taken);
}

/** What a strategy says of a number of tasks, in whole numbers: one task is `unit`, the sum of the weights. */
class Tally {
  readonly unit: number;
  readonly total: number;
  readonly #strategy: readonly CapacityProviderStrategyItem[];
  readonly #existing: TasksByProvider;

  constructor(strategy: readonly CapacityProviderStrategyItem[], existing: TasksByProvider) {
    this.#strategy = strategy;
    this.#existing = existing;
    this.unit = Math.max(
      1,
      strategy.reduce((sum, { weight }) => sum + weight, 0),
    );
    this.total = strategy.reduce((sum, { capacityProvider }) => sum + (existing.get(capacityProvider) ?? 0), 0);
  }

  /** By how much each provider is below what it should have of `total` tasks. */
  gaps(total: number): number[] {
    const base = this.#strategy.reduce((sum, item) => sum + item.base, 0);
    const beyond = Math.max(0, total - base);
    return this.#strategy.map((item) => {
      const due = Math.min(item.base, total) * this.unit + beyond * item.weight;
      return due - (this.#existing.get(item.capacityProvider) ?? 0) * this.unit;
    });
  }
}

function sharesOf(strategy: readonly CapacityProviderStrategyItem[], counts: readonly number[]): readonly Share[] {
  return strategy.flatMap(({ capacityProvider }, index) => {
    const count = counts[index] ?? 0;
    return count === 0 ? [] : [{ capacityProvider, count }];
  });
}

function greatest(gaps: readonly number[]): number {
  let best = 0;
  gaps.forEach((gap, index) => {
    if (gap > (gaps[best] ?? 0)) best = index;
  });
  return best;
}

/** The last of the lowest where something is left; below 0 when nothing is. */
function lowest(gaps: readonly number[], left: readonly number[]): number {
  let best = -1;
  gaps.forEach((gap, index) => {
    if ((left[index] ?? 0) > 0 && (best < 0 || gap <= (gaps[best] ?? 0))) best = index;
  });
  return best;
}
