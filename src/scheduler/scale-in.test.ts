import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantFromMs, SeededRandom } from '#base';
import type { PlacementStrategy } from '#model';
import { chooseTasksToStop, type StopCandidate } from './scale-in.ts';
import { host, hostArn } from './test-support/hosts.ts';
import type { HostView } from './types.ts';

interface Named extends StopCandidate {
  readonly id: string;
}

type Traits = Partial<Omit<StopCandidate, 'hostArn'>> & { readonly on?: string };

function candidate(id: string, traits: Traits = {}): Named {
  const { on, ...others } = traits;
  return {
    id,
    ...(on === undefined ? {} : { hostArn: hostArn(on) }),
    lastStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    createdAt: instantFromMs(1000),
    onDrainingHost: false,
    ...others,
  };
}

function choose(
  candidates: readonly Named[],
  count: number,
  strategies: readonly PlacementStrategy[] = [],
  hosts: readonly HostView[] = [],
  seed = 1,
): readonly string[] {
  const byArn = new Map(hosts.map((view) => [view.arn, view]));
  const chosen = chooseTasksToStop(candidates, count, strategies, (arn) => byArn.get(arn), new SeededRandom(seed));
  return chosen.map((at) => candidates[at]!.id);
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
    const kept = tasks.map((task) => (task.id === 'b1' ? task : { ...task, protected: true }));
    expect(choose(kept, 2)).toEqual(['b1']);
    const some = tasks.map((task) => (task.id === 'a1' ? task : { ...task, protected: task.id !== 'b1' }));
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
    for (let seed = 0; seed < 20; seed++) {
      expect(choose(mixed, 1, [{ type: 'spread', field }], hosts, seed)).not.toContain('z');
    }
  });

  test('what is left is even', () => {
    const zones = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(zones, fc.nat(), fc.nat(), (letters, stop, seed) => {
        const all = letters.map((letter, index) => candidate(`t${index}`, { availabilityZone: letter }));
        const sizes = (tasks: readonly Named[]) =>
          ['a', 'b', 'c'].map((letter) => tasks.filter((task) => task.availabilityZone === letter).length);
        const before = sizes(all);
        const chosen = new Set(choose(all, stop % letters.length, [], [], seed));
        const after = sizes(all.filter((task) => !chosen.has(task.id)));
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

/** The score of a task by a strategy, the rest being those that are left: the lowest is to go. Counted anew each time. */
function scoreOf(
  strategy: PlacementStrategy,
  task: StopCandidate,
  rest: readonly StopCandidate[],
  freed: (task: StopCandidate, unit: 'cpuUnits' | 'memoryMiB') => number,
): number {
  if (strategy.type === 'spread') {
    const valueOf = (other: StopCandidate) =>
      strategy.field === 'instanceId' ? other.hostArn : other.availabilityZone;
    return -rest.filter((other) => valueOf(other) === valueOf(task)).length;
  }
  const unit = strategy.type === 'binpack' && strategy.field === 'cpu' ? 'cpuUnits' : 'memoryMiB';
  return task.hostArn === undefined ? 0 : -(freed(task, unit) + (task.reserves?.[unit] ?? 0));
}

test('each one stopped is among the best of those left, counted anew', () => {
  const strategy = fc.constantFrom<PlacementStrategy>(
    { type: 'spread', field: 'attribute:ecs.availability-zone' },
    { type: 'spread', field: 'instanceId' },
    { type: 'binpack', field: 'cpu' },
    { type: 'binpack', field: 'memory' },
  );
  const traits = fc.record({
    on: fc.constantFrom('h0', 'h1', 'h2', 'h3', undefined),
    size: fc.constantFrom(64, 128, 256),
    protected: fc.boolean(),
  });
  const hosts = [0, 1, 2, 3].map((n) => host(`h${n}`, { freeCpuUnits: 100 * n, freeMemoryMiB: 1000 - 50 * n }));
  fc.assert(
    fc.property(
      fc.array(strategy, { minLength: 1, maxLength: 3 }),
      fc.array(traits, { minLength: 1, maxLength: 25 }),
      fc.nat(),
      (strategies, all, seed) => {
        const tasks = all.map(({ on, size, ...others }, index) =>
          candidate(`t${index}`, {
            ...others,
            ...(on === undefined ? {} : { on, availabilityZone: `z${Number(on.slice(1)) % 2}` }),
            reserves: { cpuUnits: size, memoryMiB: 2 * size },
          }),
        );
        const count = seed % (tasks.length + 1);
        const chosen = choose(tasks, count, strategies, hosts, seed);
        expect(chosen).toHaveLength(Math.min(count, tasks.filter((task) => task.protected !== true).length));
        let rest = tasks;
        for (const id of chosen) {
          const gone = tasks.filter((task) => !rest.includes(task));
          const freed = (task: StopCandidate, unit: 'cpuUnits' | 'memoryMiB') =>
            gone
              .filter(({ hostArn: there }) => there === task.hostArn)
              .reduce(
                (sum, { reserves }) => sum + (reserves?.[unit] ?? 0),
                hosts.find(({ arn }) => arn === task.hostArn)?.[
                  unit === 'cpuUnits' ? 'freeCpuUnits' : 'freeMemoryMiB'
                ] ?? 0,
              );
          const scores = (task: StopCandidate) => strategies.map((one) => scoreOf(one, task, rest, freed));
          const next = rest.find((one) => one.id === id)!;
          expect(next.protected).not.toBe(true);
          for (const other of rest.filter((task) => task.protected !== true)) {
            expect(compare(scores(next), scores(other))).toBeLessThanOrEqual(0);
          }
          rest = rest.filter((task) => task !== next);
        }
      },
    ),
  );
});

function compare(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((score, index) => score !== right[index]);
  return at < 0 ? 0 : left[at]! - right[at]!;
}
