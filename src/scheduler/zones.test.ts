import { describe, expect, test } from 'vitest';
import { SeededRandom } from '#base';
import { host, hostArn, request } from './test-support/hosts.ts';
import { placeOn, poolOf } from './test-support/pools.ts';
import { groupByZone, zoneAt, zonesFor } from './zones.ts';

const [a, b, c] = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;

describe('the zones that take a task', () => {
  test('have a host on which it belongs, with or without room', () => {
    const pool = poolOf([
      host('iron', { availabilityZone: a, attributes: { tier: 'iron' } }),
      host('full', { availabilityZone: a, attributes: { tier: 'gold' }, freeCpuUnits: 0 }),
      host('other', { availabilityZone: b, attributes: { tier: 'iron' } }),
      host('away', { availabilityZone: c, attributes: { tier: 'gold' }, agentConnected: false }),
    ]);
    expect(zonesFor(pool, request())).toEqual([a, b]);
    const gold = { type: 'memberOf', expression: 'attribute:tier == gold' } as const;
    expect(zonesFor(pool, request({ constraints: [gold] }))).toEqual([a]);
    expect(zonesFor(pool, request({ zones: [b, c] }))).toEqual([b]);
    expect(zoneAt(pool, 'EC2', [a, b], hostArn('other'))).toBe(b);
    expect(zoneAt(pool, 'EC2', [], hostArn('other'))).toBe(b);
    expect(zoneAt(pool, 'EC2', [a], hostArn('nowhere'))).toBeUndefined();
  });

  test('are those of a provider, where one is asked for', () => {
    const pool = poolOf([
      host('one', { availabilityZone: a, capacityProviderName: 'blue' }),
      host('two', { availabilityZone: b, capacityProviderName: 'green' }),
    ]);
    expect(zonesFor(pool, request({ capacityProvider: 'green' }))).toEqual([b]);
  });

  test('on Fargate go by the letter, and by the subnets', () => {
    const pool = poolOf([
      host('one', { availabilityZone: 'eu-west-1a' }),
      host('two', { availabilityZone: 'here-b' }),
      host('none', { availabilityZone: '' }),
    ]);
    expect(zonesFor(pool, request({ launchType: 'FARGATE', zones: [c, b, a] }))).toEqual([a, b]);
    expect(zonesFor(pool, request({ launchType: 'FARGATE', zones: [c] }))).toEqual([]);
    expect(zoneAt(pool, 'FARGATE', [a, b], hostArn('two'))).toBe(b);
    expect(zoneAt(pool, 'FARGATE', [a], hostArn('two'))).toBe('here-b');
    expect(zoneAt(pool, 'FARGATE', [a], hostArn('none'))).toBeUndefined();
  });
});

describe('the tasks of a group', () => {
  const pool = poolOf([
    host('one', { availabilityZone: a, tasksByGroup: { 'service:web': 2, 'service:api': 5 } }),
    host('two', { availabilityZone: a, tasksByGroup: { 'service:web': 1 } }),
    host('three', { availabilityZone: b, tasksByGroup: { 'service:api': 1 } }),
    host('four', { availabilityZone: c, tasksByGroup: { 'service:web': 4 } }),
  ]);

  test.each(['EC2', 'FARGATE'] as const)('are counted by zone, on %s', (launchType) => {
    const { total, counts } = groupByZone(pool, { launchType, group: 'service:web' }, [a, b]);
    expect([total, Object.fromEntries(counts)]).toEqual([7, { [a]: 3 }]);
  });
});

describe('a task for one zone', () => {
  const placed = (wanted: Parameters<typeof request>[0]): string[] => {
    const hosts = [host('one', { availabilityZone: a }), host('two', { availabilityZone: b, freeMemoryMiB: 1024 })];
    return [...placeOn(hosts, request({ count: 4, ...wanted }), new SeededRandom(1)).placed];
  };

  test.each(['EC2', 'FARGATE'] as const)('goes nowhere else, on %s', (launchType) => {
    expect(placed({ launchType, zones: [a, b], inZone: b })).toEqual([hostArn('two'), hostArn('two')]);
    expect(placed({ launchType, zones: [a, b], inZone: c })).toEqual([]);
  });

  test('says so of the others', () => {
    const { refusals } = placeOn([host('one', { availabilityZone: a })], request({ inZone: b }), new SeededRandom(1));
    expect(refusals[0]?.refusal).toEqual({
      reason: 'LOCATION',
      detail: 'the instance is in us-east-1a, the task is to be in us-east-1b',
    });
  });
});
