import { describe, expect, it } from 'vitest';
import { afterMs, instantFromMs } from '#base';
import type { AccountId, Region } from '#model';
import { loadModel } from '#wire/aws';
import { accountB, apiHarness } from '../../test/support/api-harness.ts';
import { requestClasses, requestRates } from './request-rates.ts';
import { Throttle } from './throttle.ts';

const scope = { accountId: '111111111111' as AccountId, region: 'eu-west-1' as Region };
const start = instantFromMs(1_800_000_000_000);

function passed(throttle: Throttle, operation: string, tries: number, now = start, of = scope): number {
  let count = 0;
  for (let i = 0; i < tries; i++) if (throttle.take(operation, of, now)) count++;
  return count;
}

describe('request rates', () => {
  it('have a class for every operation, and no operation twice', () => {
    const names = [...loadModel().services.get('ecs')!.operations.keys()];
    expect([...requestClasses.keys()].sort()).toEqual(names.sort());
  });

  it.each(Object.entries(requestRates))('%s: the burst at once, then so many per second', (name, rate) => {
    const [operation] = [...requestClasses].find(([, each]) => each === name)!;
    const throttle = new Throttle();
    expect(passed(throttle, operation, 1000)).toBe(rate.burst);
    expect(passed(throttle, operation, 1000, afterMs(start, 1000))).toBe(Math.min(rate.perSecond, rate.burst));
    expect(passed(throttle, operation, 1000, afterMs(start, 3_600_000))).toBe(rate.burst);
  });

  it('are per account and region, and one for all operations of a class', () => {
    const throttle = new Throttle();
    expect(passed(throttle, 'CreateCluster', 100)).toBe(20);
    expect(passed(throttle, 'DeleteCluster', 100)).toBe(0);
    expect(passed(throttle, 'DescribeClusters', 100)).toBe(50);
    expect(passed(throttle, 'CreateCluster', 100, start, { ...scope, accountId: accountB })).toBe(20);
    expect(passed(throttle, 'CreateCluster', 100, start, { ...scope, region: 'us-east-1' as Region })).toBe(20);
  });

  it('count fractions of a second, and no time that goes back', () => {
    const throttle = new Throttle();
    passed(throttle, 'TagResource', 20);
    expect(passed(throttle, 'TagResource', 9, afterMs(start, 99))).toBe(0);
    expect(passed(throttle, 'TagResource', 9, afterMs(start, 100))).toBe(1);
    expect(passed(throttle, 'TagResource', 9, afterMs(start, -60_000))).toBe(0);
  });
});

describe('the door with a throttle', () => {
  it('refuses what is too much, and changes nothing', async () => {
    const { call, store, clock } = await apiHarness({ throttle: true });
    for (let i = 0; i < 20; i++) await call('CreateCluster', { clusterName: `c${i}` });
    const before = store.revision;
    await expect(call('CreateCluster', { clusterName: 'more' })).rejects.toMatchObject({
      code: 'ThrottlingException',
      message: 'Rate exceeded',
      status: 400,
    });
    expect(store.revision).toBe(before);
    await call('ListClusters');
    await call('CreateCluster', { clusterName: 'theirs' }, { accountId: accountB });
    clock.advanceMs(1000);
    await call('CreateCluster', { clusterName: 'more' });
  });

  it('is not there unless asked for', async () => {
    const { call } = await apiHarness();
    for (let i = 0; i < 30; i++) await call('CreateCluster', { clusterName: `c${i}` });
  });
});
