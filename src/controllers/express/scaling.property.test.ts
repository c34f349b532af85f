import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideLoad, freshLoadMemory, type LoadMemory } from './scaling.ts';

const target = {
  minTaskCount: 2,
  maxTaskCount: 8,
  autoScalingMetric: 'AVERAGE_CPU',
  autoScalingTargetValue: 60,
} as const;

/** The numbers after each of some minutes in which all tasks use the same. */
function after(desiredCount: number, percents: readonly number[]): number[] {
  let memory: LoadMemory = freshLoadMemory;
  let count = desiredCount;
  return percents.map((percent) => {
    const percentsOf = Array.from({ length: count }, () => percent);
    const decided = decideLoad({ desiredCount: count, target, deploying: false, percents: percentsOf }, memory);
    memory = decided.memory;
    count = decided.desiredCount;
    return count;
  });
}

it('adds tasks in proportion after three looks above the target', () => {
  expect(after(3, [90, 90, 90, 60])).toEqual([3, 3, 5, 5]);
  expect(after(3, [90, 90, 60, 90, 90, 90])).toEqual([3, 3, 3, 3, 3, 5]);
});

it('takes tasks away after fifteen looks well below it', () => {
  const quiet = Array.from({ length: 15 }, () => 20);
  expect(after(6, quiet)).toEqual([...Array.from({ length: 14 }, () => 6), 2]);
  expect(
    after(
      6,
      quiet.map(() => 55),
    ),
  ).toEqual(quiet.map(() => 6));
});

it('leaves a service alone that is stopped, deployed, or tells nothing', () => {
  const memory = { high: 9, low: 9 };
  const view = { desiredCount: 3, target, deploying: false, percents: [100] };
  expect(decideLoad({ ...view, desiredCount: 0 }, memory)).toEqual({ desiredCount: 0, memory: freshLoadMemory });
  expect(decideLoad({ ...view, deploying: true }, memory)).toEqual({ desiredCount: 3, memory: freshLoadMemory });
  expect(decideLoad({ ...view, percents: [] }, memory)).toEqual({ desiredCount: 3, memory: freshLoadMemory });
});

it('whatever tasks use, a number that is not 0 ends within the bounds', () => {
  const percents = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 20 });
  const memories = fc.record({ high: fc.nat(20), low: fc.nat(20) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), percents, memories, (desiredCount, used, memory) => {
      const decided = decideLoad({ desiredCount, target, deploying: false, percents: used }, memory);
      expect(decided.desiredCount).toBeGreaterThanOrEqual(target.minTaskCount);
      expect(decided.desiredCount).toBeLessThanOrEqual(target.maxTaskCount);
    }),
  );
});
