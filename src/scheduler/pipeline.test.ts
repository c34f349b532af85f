import { describe, expect, test } from 'vitest';
import { SeededRandom } from '#base';
import type { PlacementStrategy } from '#model';
import { defaultServiceStrategies } from './request.ts';
import { host, hostArn, request } from './test-support/hosts.ts';
import { placeOn } from './test-support/pools.ts';
import type { HostView, PlacementRequest } from './types.ts';

const random = () => new SeededRandom(7);
const byZone: PlacementStrategy = { type: 'spread', field: 'attribute:ecs.availability-zone' };

function place(hosts: readonly HostView[], wanted: PlacementRequest, seed = 7): string[] {
  return placeOn(hosts, wanted, new SeededRandom(seed)).placed.map((arn) => arn.split('/').at(-1) ?? '');
}

function zonesOf(hosts: readonly HostView[], placed: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of placed) {
    const zone = hosts.find((candidate) => candidate.arn === hostArn(id))!.availabilityZone;
    counts[zone] = (counts[zone] ?? 0) + 1;
  }
  return counts;
}

const sixHosts = ['a', 'a', 'a', 'b', 'b', 'c'].map((letter, index) =>
  host(`h${index}`, { availabilityZone: `us-east-1${letter}` }),
);

describe('random', () => {
  test('without strategies every host gets its turn', () => {
    const seen = new Set(Array.from({ length: 60 }, (_, seed) => place(sixHosts, request(), seed)[0]));
    expect(seen.size).toBe(6);
  });

  test('leaves nothing for a later strategy', () => {
    const strategies: PlacementStrategy[] = [{ type: 'random' }, { type: 'binpack', field: 'memory' }];
    const hosts = [host('full', { freeMemoryMiB: 1000 }), host('empty')];
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => place(hosts, request({ strategies }), seed)[0]));
    expect(seen).toEqual(new Set(['full', 'empty']));
  });
});

describe('spread', () => {
  test('over zones, whatever their number of hosts', () => {
    const placed = place(sixHosts, request({ count: 6, strategies: [byZone] }));
    expect(zonesOf(sixHosts, placed)).toEqual({ 'us-east-1a': 2, 'us-east-1b': 2, 'us-east-1c': 2 });
  });

  test('counts the tasks of the group that are there, and only those', () => {
    const hosts = [
      host('a', { availabilityZone: 'us-east-1a', tasksByGroup: { 'service:web': 2 } }),
      host('b', { availabilityZone: 'us-east-1b', tasksByGroup: { 'service:api': 9 } }),
    ];
    expect(place(hosts, request({ count: 3, strategies: [byZone] })).slice(0, 2)).toEqual(['b', 'b']);
  });

  test('counts tasks on hosts that take no more', () => {
    const hosts = [
      host('a0', { availabilityZone: 'us-east-1a', tasksByGroup: { 'service:web': 2 }, status: 'DRAINING' }),
      host('a1', { availabilityZone: 'us-east-1a' }),
      host('b0', { availabilityZone: 'us-east-1b', tasksByGroup: { 'service:web': 1 } }),
    ];
    expect(place(hosts, request({ strategies: [byZone] }))).toEqual(['b0']);
  });

  test.each(['instanceId', 'host'])('over instances: %s', (field) => {
    const placed = place(sixHosts, request({ count: 6, strategies: [{ type: 'spread', field }] }));
    expect(new Set(placed).size).toBe(6);
  });

  test('over a custom attribute, with or without its prefix; a missing value is a bucket of its own', () => {
    const hosts = [
      host('r1a', { attributes: { rack: '1' } }),
      host('r1b', { attributes: { rack: '1' } }),
      host('none1'),
      host('none2'),
      host('empty', { attributes: { rack: '' } }),
    ];
    for (const field of ['attribute:rack', 'rack']) {
      const placed = place(hosts, request({ count: 3, strategies: [{ type: 'spread', field }] }));
      expect(placed.map((id) => id.slice(0, 2)).sort()).toEqual(['em', 'no', 'r1']);
    }
  });

  test('by default over zones, then over the instances of each', () => {
    const placed = place(sixHosts, request({ count: 6, strategies: defaultServiceStrategies }));
    expect(zonesOf(sixHosts, placed)).toEqual({ 'us-east-1a': 2, 'us-east-1b': 2, 'us-east-1c': 2 });
    expect(new Set(placed).size).toBe(5);
  });
});

test('an instance with a task is none of the best because it would be in another zone', () => {
  const tasksByGroup = { 'service:web': 1 };
  const hosts = [
    host('a', { tasksByGroup }),
    host('b0', { availabilityZone: 'us-east-1b' }),
    host('b1', { availabilityZone: 'us-east-1b', tasksByGroup }),
    host('b2', { availabilityZone: 'us-east-1b', tasksByGroup }),
  ];
  for (let seed = 0; seed < 20; seed++) {
    expect(place(hosts, request({ count: 2, strategies: defaultServiceStrategies }), seed)).toEqual(['a', 'b0']);
  }
});

describe('binpack', () => {
  const hosts = [
    host('much', { freeMemoryMiB: 8000, freeCpuUnits: 1000 }),
    host('some', { freeMemoryMiB: 1200, freeCpuUnits: 3000 }),
    host('little', { freeMemoryMiB: 100 }),
  ];

  test('memory: the fullest that still fits, until it is full', () => {
    const wanted = request({
      count: 3,
      reserves: { cpuUnits: 10 },
      strategies: [{ type: 'binpack', field: 'memory' }],
    });
    expect(place(hosts, wanted)).toEqual(['some', 'some', 'much']);
  });

  test('the host that was packed first stays the fullest', () => {
    const even = ['a', 'b', 'c', 'd'].map((id) => host(id));
    const placed = place(even, request({ count: 10, strategies: [{ type: 'binpack', field: 'memory' }] }));
    expect(new Set(placed).size).toBe(1);
  });

  test('cpu', () => {
    expect(place(hosts, request({ strategies: [{ type: 'binpack', field: 'cpu' }] }))).toEqual(['much']);
  });

  test('after spread, inside the emptiest zone only', () => {
    const mixed = [
      host('a', { freeMemoryMiB: 600, tasksByGroup: { 'service:web': 1 } }),
      host('b', { availabilityZone: 'us-east-1b', freeMemoryMiB: 4000 }),
      host('c', { availabilityZone: 'us-east-1b', freeMemoryMiB: 5000 }),
    ];
    expect(place(mixed, request({ strategies: [byZone, { type: 'binpack', field: 'memory' }] }))).toEqual(['b']);
  });
});

describe('tasks placed in the call count at once', () => {
  test('for room', () => {
    const result = placeOn([host('a', { freeMemoryMiB: 1100 })], request({ count: 5 }), random());
    expect(result.placed).toHaveLength(2);
    expect(result.refusals.map(({ refusal }) => refusal.detail)).toEqual(['needs 512 MiB of memory, 76 are free']);
  });

  test('for ports', () => {
    const result = placeOn([host('a'), host('b')], request({ count: 3, reserves: { tcpPorts: [80] } }), random());
    expect(result.placed).toHaveLength(2);
    expect(result.refusals.map(({ refusal }) => refusal.detail)).toEqual([
      'TCP port 80 is in use',
      'TCP port 80 is in use',
    ]);
  });

  test('for distinctInstance', () => {
    const wanted = request({ count: 7, constraints: [{ type: 'distinctInstance' }] });
    expect(new Set(place(sixHosts, wanted)).size).toBe(6);
    expect(place(sixHosts, wanted)).toHaveLength(6);
  });

  test.each([
    ['runningTasksCount < 2', 2],
    ['not(task:group == service:web)', 1],
    ['attribute:ecs.availability-zone exists', 8],
  ])('for memberOf %s', (expression, most) => {
    expect(place([host('a')], request({ count: 8, constraints: [{ type: 'memberOf', expression }] }))).toHaveLength(
      most,
    );
  });
});

describe('Fargate', () => {
  const fargate = (traits: Partial<PlacementRequest>): PlacementRequest =>
    request({ launchType: 'FARGATE', ...traits });
  const pool = [
    host('a', { availabilityZone: 'us-east-1a', freeMemoryMiB: 4000 }),
    host('b', { availabilityZone: 'us-east-1b', freeMemoryMiB: 3000 }),
    host('B', { availabilityZone: 'us-east-1b', freeMemoryMiB: 3500 }),
    host('c', { availabilityZone: 'us-east-1c' }),
  ];

  test('spreads over the zones of the subnets by letter, and there takes the host with most room', () => {
    expect(place(pool, fargate({ count: 2, zones: ['eu-west-1a', 'eu-west-1b'] })).sort()).toEqual(['B', 'a']);
  });

  test('without zones it spreads over all', () => {
    expect(place(pool, fargate({ count: 3 })).sort()).toEqual(['B', 'a', 'c']);
  });

  test('a zone without hosts is no obstacle', () => {
    expect(place(pool.slice(0, 1), fargate({ count: 2, zones: ['eu-west-1f'] }))).toEqual(['a', 'a']);
  });

  test('most room is what fits most of such tasks', () => {
    const hosts = [host('cpu', { freeCpuUnits: 8000, freeMemoryMiB: 1024 }), host('both', { freeCpuUnits: 2000 })];
    expect(place(hosts, fargate({ count: 2 }))).toEqual(['both', 'both']);
    expect(place(hosts, fargate({ count: 20 })).filter((id) => id === 'cpu')).toHaveLength(2);
  });

  test('room shrinks with each task', () => {
    const hosts = [host('more', { freeMemoryMiB: 8192 }), host('less', { freeMemoryMiB: 8000 })];
    const reserves = { ...request().reserves, memoryMiB: 1024 };
    expect(place(hosts, fargate({ count: 4, reserves }))).toEqual(['more', 'less', 'more', 'less']);
  });

  test('ignores strategies', () => {
    expect(place(pool, fargate({ strategies: [{ type: 'binpack', field: 'memory' }], zones: ['x-b'] }))).toEqual(['B']);
  });

  test('a shortage is a shortage of a resource', () => {
    const result = placeOn(pool, fargate({ reserves: { ...request().reserves, cpuUnits: 16_384 } }), random());
    expect(new Set(result.refusals.map(({ refusal }) => refusal.reason))).toEqual(new Set(['RESOURCE:CPU']));
  });
});

describe('refusals', () => {
  test('none when all are placed', () => {
    expect(placeOn([host('a'), host('b', { status: 'DRAINING' })], request(), random()).refusals).toEqual([]);
    const nothing = { placed: [], gpuIds: [], refusals: [], refusedHosts: 0 };
    expect(placeOn([], request({ count: 0 }), random())).toEqual(nothing);
  });

  test('of many hosts the hundred nearest, and how many there were', () => {
    const sizes = Array.from({ length: 250 }, (_, index) => (index * 101) % 250);
    const hosts = sizes.map((freeMemoryMiB, index) => host(`h${index}`, { freeMemoryMiB }));
    const result = placeOn(hosts, request(), random());
    expect(result.refusedHosts).toBe(250);
    expect(result.refusals.map(({ host: view }) => view.freeMemoryMiB)).toEqual(
      Array.from({ length: 100 }, (_, index) => 249 - index),
    );
  });

  test('nearest match first: by filters passed, then by what is left', () => {
    const gpus = (id: string, count: number) => host(id, { freeGpuIds: ['g0', 'g1', 'g2'].slice(0, count) });
    const hosts = [
      host('draining', { status: 'DRAINING' }),
      host('cpu10', { freeCpuUnits: 10 }),
      host('cpu20', { freeCpuUnits: 20 }),
      host('away', { agentConnected: false }),
      host('memory1', { freeMemoryMiB: 1 }),
      host('memory2', { freeMemoryMiB: 2 }),
      gpus('gpu0', 0),
      gpus('gpu1', 1),
    ];
    const result = placeOn(hosts, request({ reserves: { gpuCount: 2 } }), random());
    expect(result.refusals.map(({ host: view }) => view.ec2InstanceId)).toEqual([
      'i-gpu1',
      'i-gpu0',
      'i-memory2',
      'i-memory1',
      'i-cpu20',
      'i-cpu10',
      'i-away',
      'i-draining',
    ]);
  });
});
