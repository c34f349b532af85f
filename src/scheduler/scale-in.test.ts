import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantFromMs, SeededRandom } from '#base';
import type { PlacementStrategy, TaskArn } from '#model';
import { chooseTasksToStop, type StopCandidate } from './scale-in.ts';
import { host, hostArn } from './test-support/hosts.ts';
import type { HostView } from './types.ts';

type Traits = Partial<Omit<StopCandidate, 'hostArn'>> & { readonly on?: string };

function candidate(id: string, traits: Traits = {}): StopCandidate {
  const { on, ...others } = traits;
  return {
    taskArn: id as TaskArn,
    ...(on === undefined ? {} : { hostArn: hostArn(on) }),
    lastStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    createdAt: instantFromMs(1000),
    onDrainingHost: false,
    ...others,
  };
}

function choose(
  candidates: readonly StopCandidate[],
  count: number,
  strategies: readonly PlacementStrategy[] = [],
  hosts: readonly HostView[] = [],
  seed = 1,
): readonly string[] {
  const byArn = new Map(hosts.map((view) => [view.arn, view]));
  return chooseTasksToStop(candidates, count, strategies, (arn) => byArn.get(arn), new SeededRandom(seed));
}

describe('who goes first', () => {
  const all = [
    candidate('healthy', { healthStatus: 'HEALTHY' }),
    candidate('pending-old', { lastStatus: 'PENDING', createdAt: instantFromMs(1000) }),
    candidate('pending-new', { lastStatus: 'PROVISIONING', createdAt: instantFromMs(2000) }),
    candidate('unhealthy', { healthStatus: 'UNHEALTHY' }),
    candidate('draining', { onDrainingHost: true }),
    candidate('protected', { onDrainingHost: true, protected: true }),
  ];

  test('draining, unhealthy, starting from the newest, then the others; protected never', () => {
    expect(choose(all, 9)).toEqual(['draining', 'unhealthy', 'pending-new', 'pending-old', 'healthy']);
  });

  test('no more than asked for', () => {
    expect(choose(all, 2)).toEqual(['draining', 'unhealthy']);
    expect(choose(all, 0)).toEqual([]);
    expect(choose([], 3)).toEqual([]);
  });
});

describe('spread', () => {
  const tasks = [
    candidate('a1', { availabilityZone: 'us-east-1a', on: 'h1' }),
    candidate('a2', { availabilityZone: 'us-east-1a', on: 'h2' }),
    candidate('a3', { availabilityZone: 'us-east-1a', on: 'h2' }),
    candidate('b1', { availabilityZone: 'us-east-1b', on: 'h3' }),
  ];

  test('by default from the fullest zone, and there from the fullest instance', () => {
    expect(['a2', 'a3']).toContain(choose(tasks, 1)[0]);
    expect(choose(tasks, 2)).not.toContain('b1');
  });

  test('protected tasks count', () => {
    const kept = tasks.map((task) => (task.taskArn === 'b1' ? task : { ...task, protected: true }));
    expect(choose(kept, 2)).toEqual(['b1']);
    const some = tasks.map((task) => (task.taskArn === 'a1' ? task : { ...task, protected: task.taskArn !== 'b1' }));
    expect(choose(some, 1)).toEqual(['a1']);
  });

  test('over an attribute of the host; tasks without host or value are one bucket', () => {
    const hosts = [host('h1', { attributes: { rack: '1' } }), host('h2'), host('h3', { attributes: { rack: '1' } })];
    const strategies = [{ type: 'spread', field: 'attribute:rack' }] as const;
    const racked = [
      candidate('r1', { on: 'h1' }),
      candidate('r3', { on: 'h3' }),
      candidate('n2', { on: 'h2' }),
      candidate('gone', { on: 'h9' }),
      candidate('unplaced'),
    ];
    expect(['n2', 'gone', 'unplaced']).toContain(choose(racked, 1, strategies, hosts)[0]);
  });

  test('the zone comes from the host where the task has none', () => {
    const hosts = [host('h1', { availabilityZone: 'us-east-1b' })];
    const mixed = [
      candidate('x', { on: 'h1' }),
      candidate('y', { availabilityZone: 'us-east-1b' }),
      candidate('z', { availabilityZone: 'us-east-1a' }),
    ];
    const field = 'attribute:ecs.availability-zone';
    expect(choose(mixed, 2, [{ type: 'spread', field }], hosts).filter((id) => id === 'z')).toHaveLength(1);
    expect(choose(mixed, 1, [{ type: 'spread', field }], hosts)).not.toContain('z');
  });

  test('what is left is even', () => {
    const zones = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(zones, fc.nat(), fc.nat(), (letters, stop, seed) => {
        const all = letters.map((letter, index) => candidate(`t${index}`, { availabilityZone: letter }));
        const sizes = (tasks: readonly StopCandidate[]) =>
          ['a', 'b', 'c'].map((letter) => tasks.filter((task) => task.availabilityZone === letter).length);
        const before = sizes(all);
        const chosen = new Set(choose(all, stop % letters.length, [], [], seed));
        const after = sizes(all.filter((task) => !chosen.has(task.taskArn)));
        const most = Math.max(...after);
        for (const [index, size] of after.entries()) {
          // A zone that gave up a task is within one of the fullest.
          if (size < before[index]!) expect(most - size).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('binpack', () => {
  const reserves = { cpuUnits: 100, memoryMiB: 10 };
  const hosts = [
    host('h1', { freeCpuUnits: 100, freeMemoryMiB: 900 }),
    host('h2', { freeCpuUnits: 150, freeMemoryMiB: 5 }),
  ];
  const tasks = [
    candidate('c1', { on: 'h1', reserves }),
    candidate('c2', { on: 'h2', reserves }),
    candidate('c3', { on: 'h2', reserves }),
  ];

  test('from the instance that has most left afterwards, and on from there', () => {
    expect(choose(tasks, 1, [{ type: 'binpack', field: 'memory' }], hosts)).toEqual(['c1']);
    expect([...choose(tasks, 2, [{ type: 'binpack', field: 'cpu' }], hosts)].sort()).toEqual(['c2', 'c3']);
  });

  test('what is stopped counts as free', () => {
    const even = [host('h1', { freeCpuUnits: 100 }), host('h2', { freeCpuUnits: 100 })];
    const four = [...tasks, candidate('c0', { on: 'h1', reserves })];
    for (let seed = 0; seed < 20; seed++) {
      const chosen = [...choose(four, 2, [{ type: 'binpack', field: 'cpu' }], even, seed)].sort();
      expect([
        ['c0', 'c1'],
        ['c2', 'c3'],
      ]).toContainEqual(chosen);
    }
  });

  test('tasks without a host or a size come last', () => {
    const loose = [candidate('loose'), candidate('sizeless', { on: 'h1' })];
    expect(choose(loose, 2, [{ type: 'binpack', field: 'cpu' }], hosts)).toEqual(['sizeless', 'loose']);
    expect(choose([candidate('loose')], 1, [{ type: 'binpack', field: 'cpu' }], hosts)).toEqual(['loose']);
  });
});

test('random stops any, and ends the chain', () => {
  const tasks = ['a', 'a', 'b'].map((letter, index) => candidate(`t${index}`, { availabilityZone: letter }));
  const strategies = [{ type: 'random' }, { type: 'spread', field: 'attribute:ecs.availability-zone' }] as const;
  const seen = new Set(Array.from({ length: 40 }, (_, seed) => choose(tasks, 1, strategies, [], seed)[0]));
  expect(seen.size).toBe(3);
});
