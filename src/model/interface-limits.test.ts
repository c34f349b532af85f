import { describe, expect, it } from 'vitest';
import { interfaceCounts } from './interface-counts.ts';
import { interfaceLimitOf, takesTrunk, trunkAttribute } from './interface-limits.ts';

const limit = (type: string, trunk = false): number | undefined =>
  interfaceLimitOf({
    attributes: [{ name: 'ecs.instance-type', value: type }, ...(trunk ? [{ name: trunkAttribute, value: 'e' }] : [])],
  });

describe('interfaces for tasks', () => {
  it.each([
    ['c5.large', 2, 10],
    ['m5.16xlarge', 14, 120],
    ['m6g.medium', 1, 4],
    ['a1.medium', 1, 10],
    ['p4d.24xlarge', 59, 120],
    // Types that take no trunk keep their own.
    ['t3.nano', 1, 1],
    ['t3a.small', 1, 1],
    ['m5.metal', 14, 14],
  ])('of %s: %i, with a trunk %i', (type, own, trunked) => {
    expect([limit(type), limit(type, true)]).toEqual([own, trunked]);
    expect(takesTrunk(type)).toBe(own !== trunked);
  });

  it('have no limit where the type is unknown, or the host is of the Fargate pool', () => {
    expect(limit('mine.large')).toBeUndefined();
    expect(interfaceLimitOf({ attributes: [] })).toBeUndefined();
    expect(
      interfaceLimitOf({ pool: 'fargate', attributes: [{ name: 'ecs.instance-type', value: 'c5.large' }] }),
    ).toBeUndefined();
  });

  it('are given once for each type, and no trunk for one whose own are not known', () => {
    const families = interfaceCounts.flatMap((row) => row.families.split(' '));
    expect(new Set(families).size).toBe(families.length);
    const sizes = (counts: string): readonly string[] => counts.split(', ').map((pair) => pair.split(' ')[0] ?? '');
    for (const { interfaces, trunked } of interfaceCounts) {
      expect(new Set(sizes(interfaces)).size).toBe(sizes(interfaces).length);
      if (trunked !== undefined) expect(sizes(interfaces)).toEqual(expect.arrayContaining([...sizes(trunked)]));
    }
  });
});
