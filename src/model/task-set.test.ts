import { describe, expect, it } from 'vitest';
import { computedDesiredCount } from './task-set.ts';

describe('the computed desired count', () => {
  it.each([
    [10, 0, 0],
    [10, 1, 1],
    [10, 50, 5],
    [3, 50, 2],
    [3, 33.4, 2],
    [3, 100, 3],
    [0, 100, 0],
    [1000, 1.1, 11],
    [700, 7, 49],
    [5000, 0.02, 1],
  ])('of %d at %d %% is %d', (desiredCount, scalePercent, expected) => {
    const service = { desiredCount, status: 'ACTIVE' as const };
    expect(computedDesiredCount(service, { scalePercent, status: 'ACTIVE' })).toBe(expected);
  });

  it('is nothing for what was deleted', () => {
    const all = { desiredCount: 4, status: 'ACTIVE' as const };
    expect(computedDesiredCount(all, { scalePercent: 100, status: 'DRAINING' })).toBe(0);
    const deleted = { desiredCount: 4, status: 'DRAINING' as const };
    expect(computedDesiredCount(deleted, { scalePercent: 100, status: 'PRIMARY' })).toBe(0);
  });
});
