import { describe, expect, it } from 'vitest';
import { afterMs, type Instant } from '#base';
import type { AutoScalingGroupProvider, ContainerInstanceArn, ManagedScaling } from '#model';
import { start } from '../test-support/records.ts';
import { reservationOf, type WaitingGroup } from './reservation.ts';
import { decideScaling, freshMemory, type GroupInstance, type ScalingMemory, type ScalingView } from './scaling.ts';

const scaling: ManagedScaling = {
  status: 'ENABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
};
const long = afterMs(start, 60 * 60_000);
const minutes = (count: number): Instant => afterMs(long, count * 60_000);

function instances(count: number, busy: number, more: Partial<GroupInstance> = {}): GroupInstance[] {
  return Array.from({ length: count }, (_, index) => ({
    arn: `i${index}` as ContainerInstanceArn,
    registeredAt: start,
    cpuUnits: 1000,
    memoryMiB: 1000,
    gpuCount: 0,
    interfaces: Number.POSITIVE_INFINITY,
    busy: index < busy,
    draining: false,
    protectedFromScaleIn: false,
    ...more,
  }));
}

function waits(count: number, more: Partial<WaitingGroup> = {}): WaitingGroup {
  return { count, cpuUnits: 100, memoryMiB: 100, gpuCount: 0, interfaces: 0, alone: false, ...more };
}

describe('CapacityProviderReservation', () => {
  it.each<[string, GroupInstance[], WaitingGroup[], Partial<ManagedScaling>, number, number]>([
    ['neither instances nor tasks', [], [], {}, 0, 100],
    ['tasks and no instance', [], [waits(500)], {}, 2, 200],
    ['every instance busy', instances(4, 4), [], {}, 4, 100],
    ['some empty', instances(4, 3), [], {}, 3, 75],
    ['ten more fit on one', instances(4, 4), [waits(10)], {}, 5, 125],
    ['eleven need two', instances(4, 4), [waits(11)], {}, 6, 150],
    ['the largest of two groups', instances(4, 4), [waits(11), waits(35)], {}, 8, 200],
    ['by what is scarce', instances(4, 4), [waits(4, { memoryMiB: 500 })], {}, 6, 150],
    ['by interfaces', instances(4, 4, { interfaces: 2 }), [waits(4, { interfaces: 1 })], {}, 6, 150],
    ['no two on one instance', instances(4, 4), [waits(3, { alone: true })], {}, 7, 175],
    ['at least the smallest step', instances(4, 4), [waits(1)], { minimumScalingStepSize: 4 }, 8, 200],
    ['at most the largest step', instances(4, 4), [waits(90)], { maximumScalingStepSize: 2 }, 6, 150],
    ['tasks that fit on none', instances(4, 1), [waits(9, { gpuCount: 1 })], { targetCapacity: 80 }, 4, 80],
    [
      'tasks too large for the smallest',
      [...instances(1, 1, { cpuUnits: 99 }), ...instances(1, 1)],
      [waits(9)],
      {},
      2,
      100,
    ],
    [
      'packed on the largest',
      [...instances(1, 1), ...instances(1, 1, { cpuUnits: 2000, memoryMiB: 2000 })],
      [waits(20)],
      {},
      3,
      150,
    ],
  ])('of %s', (_, there, waiting, settings, needed, percent) => {
    expect(reservationOf(there, waiting, { ...scaling, ...settings })).toEqual({
      instances: there.length,
      needed,
      percent,
    });
  });
});

function viewOf(
  there: readonly GroupInstance[],
  more: {
    waiting?: readonly WaitingGroup[];
    group?: Partial<ScalingView['group']>;
    provider?: Partial<AutoScalingGroupProvider>;
    scaling?: Partial<ManagedScaling>;
  } = {},
): ScalingView {
  return {
    provider: {
      autoScalingGroupArn: 'a',
      autoScalingGroupName: 'a',
      managedTerminationProtection: 'DISABLED',
      managedDraining: 'ENABLED',
      ...more.provider,
      managedScaling: { ...scaling, ...more.scaling },
    },
    group: { desiredCapacity: there.length, minSize: 0, maxSize: 100, launches: true, ...more.group },
    instances: there,
    waiting: more.waiting ?? [],
  };
}

const fifteenth: ScalingMemory = { lowPoints: 14 };

describe('managed scaling', () => {
  it('asks for what is needed at once, in proportion to the target', () => {
    const decision = decideScaling(viewOf(instances(4, 4), { waiting: [waits(30)] }), freshMemory, long);
    expect(decision.desiredCapacity).toBe(7);
    const spare = viewOf(instances(8, 8), { scaling: { targetCapacity: 80 } });
    expect(decideScaling(spare, freshMemory, long).desiredCapacity).toBe(10);
    expect(decideScaling(viewOf([], { waiting: [waits(1)] }), freshMemory, long).desiredCapacity).toBe(2);
  });

  it('stays within the bounds of the group', () => {
    const view = viewOf(instances(4, 4), { waiting: [waits(90)], group: { maxSize: 6 } });
    expect(decideScaling(view, freshMemory, long).desiredCapacity).toBe(6);
    const empty = viewOf(instances(4, 0), { group: { minSize: 3 } });
    expect(decideScaling(empty, fifteenth, long).desiredCapacity).toBe(3);
  });

  it('waits for machines that are new or on their way', () => {
    const view = viewOf(instances(4, 4), { waiting: [waits(30)] });
    const first = decideScaling(view, freshMemory, long);
    const launching = viewOf(instances(4, 4), { waiting: [waits(90)], group: { desiredCapacity: 7 } });
    expect(decideScaling(launching, first.memory, minutes(4)).desiredCapacity).toBe(7);
    const fresh = viewOf([...instances(6, 6), ...instances(1, 1, { registeredAt: minutes(3) })], {
      waiting: [waits(90)],
    });
    expect(decideScaling(fresh, first.memory, minutes(7)).desiredCapacity).toBe(7);
    expect(decideScaling(fresh, first.memory, minutes(8)).desiredCapacity).toBe(16);
  });

  it('gives instances back after fifteen looks in a row, at most half of them a minute', () => {
    const view = viewOf(instances(10, 2));
    let memory = freshMemory;
    for (let look = 1; look < 15; look++) {
      const decision = decideScaling(view, memory, minutes(look));
      expect(decision.desiredCapacity).toBe(10);
      memory = decision.memory;
    }
    const decision = decideScaling(view, memory, minutes(15));
    expect(decision.desiredCapacity).toBe(5);
    expect(decideScaling(viewOf(instances(5, 2)), decision.memory, minutes(16)).desiredCapacity).toBe(3);
    expect(decideScaling(viewOf(instances(3, 2)), decision.memory, minutes(17)).desiredCapacity).toBe(2);
  });

  it('begins to count anew after every look that wants more', () => {
    const busy = decideScaling(viewOf(instances(4, 4), { waiting: [waits(1)] }), fifteenth, long);
    expect(busy.memory.lowPoints).toBe(0);
    expect(decideScaling(viewOf(instances(5, 1)), busy.memory, minutes(1)).desiredCapacity).toBe(5);
  });

  it('protects busy instances, and releases as many empty ones as are too many', () => {
    const provider = { managedTerminationProtection: 'ENABLED' } as const;
    const fresh = decideScaling(viewOf(instances(3, 1), { provider }), freshMemory, long);
    expect([fresh.protect, fresh.release]).toEqual([['i0', 'i1', 'i2'], []]);
    const view = viewOf(instances(3, 1, { protectedFromScaleIn: true }), { provider });
    const decision = decideScaling(view, fifteenth, long);
    expect(decision.desiredCapacity).toBe(2);
    expect([decision.protect, decision.release]).toEqual([[], ['i1']]);
  });

  it('drains what is to end, and lets it go once it is empty or after two days', () => {
    const ending = (more: Partial<GroupInstance>) =>
      decideScaling(viewOf(instances(1, 1, { endingSince: long, ...more })), freshMemory, minutes(1));
    expect(ending({})).toMatchObject({ drain: ['i0'], letGo: [] });
    expect(ending({ draining: true })).toMatchObject({ drain: [], letGo: [] });
    expect(ending({ draining: true, busy: false })).toMatchObject({ letGo: ['i0'] });
    const late = viewOf(instances(1, 1, { endingSince: long, draining: true }));
    expect(decideScaling(late, freshMemory, minutes(48 * 60)).letGo).toEqual(['i0']);
    const abrupt = viewOf(instances(1, 1, { endingSince: long }), { provider: { managedDraining: 'DISABLED' } });
    expect(decideScaling(abrupt, freshMemory, long)).toMatchObject({ drain: [], letGo: ['i0'] });
  });

  it('only says the number of a group that launches nothing, at once and as long as it holds', () => {
    const view = viewOf(instances(4, 4, { registeredAt: long }), { waiting: [waits(30)], group: { launches: false } });
    const first = decideScaling(view, freshMemory, long);
    expect(first.desiredCapacity).toBe(7);
    expect(decideScaling(view, first.memory, minutes(1)).desiredCapacity).toBe(7);
  });
});
