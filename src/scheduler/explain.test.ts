import { describe, expect, test } from 'vitest';
import { SeededRandom } from '#base';
import { failuresOf, placementEvent, placementReason, placementTrouble } from './explain.ts';
import { host, hostArn, request } from './test-support/hosts.ts';
import { placeOn } from './test-support/pools.ts';
import type { HostView, PlacementRequest, Refusal } from './types.ts';

function event(hosts: readonly HostView[], wanted: PlacementRequest): string {
  return placementEvent('web', wanted, placeOn(hosts, wanted, new SeededRandom(1)));
}

const unable = '(service web) was unable to place a task because no container instance met all of its requirements.';
const guide = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
const none = 'Reason: No Container Instances were found in your cluster.';

describe('failures', () => {
  const short = request({ reserves: { cpuUnits: 5000 } });

  test('one per instance, with what it lacks', () => {
    const result = placeOn([host('a'), host('b', { status: 'DRAINING' })], short, new SeededRandom(1));
    expect(failuresOf(result, { launchType: 'EC2' })).toEqual([
      { arn: hostArn('a'), reason: 'RESOURCE:CPU', detail: 'needs 5000 CPU units, 4096 are free' },
      { arn: hostArn('b'), reason: 'DRAINING', detail: 'the instance is DRAINING' },
    ]);
  });

  test('of interfaces', () => {
    const awsvpc = request({ interfaces: 1 });
    const result = placeOn([host('a', { freeInterfaces: 0 })], awsvpc, new SeededRandom(1));
    expect(failuresOf(result, awsvpc)).toMatchObject([{ arn: hostArn('a'), reason: 'RESOURCE:ENI' }]);
    expect(placementReason(result, awsvpc)).toBe('RESOURCE:ENI');
    expect(placementTrouble(awsvpc, result).reason).toBe('RESOURCE:ENI');
    expect(placementEvent('web', awsvpc, result)).toContain('(container-instance a) encountered error "RESOURCE:ENI".');
  });

  test('have a word for machines, too', () => {
    const result = placeOn([host('a'), host('b', { status: 'DRAINING' })], short, new SeededRandom(1));
    expect(placementTrouble({ launchType: 'EC2' }, result)).toEqual({
      reason: 'RESOURCE:CPU',
      containerInstanceArns: [hostArn('a'), hostArn('b')],
    });
    expect(placementTrouble({ launchType: 'FARGATE' }, result)).toEqual({ reason: 'RESOURCE:FARGATE' });
    expect(placementTrouble({ launchType: 'EC2' }, placeOn([], short, new SeededRandom(1)))).toEqual({});
  });

  test('at most a hundred', () => {
    const many = Array.from({ length: 150 }, (_, index) => host(`h${index}`));
    expect(failuresOf(placeOn(many, short, new SeededRandom(1)), { launchType: 'EC2' })).toHaveLength(100);
  });

  const shortage = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
  test.each([
    [[], 'no host has joined the Fargate pool'],
    [[host('a')], 'the only host of the Fargate pool: needs 5000 CPU units, 4096 are free'],
    [
      [host('a', { freeCpuUnits: 1 }), host('b', { freeCpuUnits: 2 })],
      'the closest matching of 2 hosts of the Fargate pool: needs 5000 CPU units, 2 are free',
    ],
  ])('Fargate: a single one that names no host', (hosts, detail) => {
    const result = placeOn(hosts, { ...short, launchType: 'FARGATE' }, new SeededRandom(1));
    expect(failuresOf(result, { launchType: 'FARGATE' })).toEqual([{ reason: shortage, detail }]);
  });
});

describe('service event', () => {
  test('no instances', () => {
    expect(event([], request())).toBe(`${unable} ${none} ${guide}`);
  });

  test('none that is ACTIVE', () => {
    expect(event([host('a1', { status: 'DRAINING' })], request())).toBe(
      `${unable} ${none} ${guide} By instance: (container-instance a1) the instance is DRAINING.`,
    );
  });

  const closest: readonly [HostView, PlacementRequest, string, string][] = [
    [
      host('a1', { freeCpuUnits: 1 }),
      request(),
      'has insufficient CPU units available',
      'needs 256 CPU units, 1 are free',
    ],
    [
      host('a1', { freeMemoryMiB: 1 }),
      request(),
      'has insufficient memory available',
      'needs 512 MiB of memory, 1 are free',
    ],
    [
      host('a1'),
      request({ reserves: { tcpPorts: [22] } }),
      'is already using a port required by your task',
      'TCP port 22 is in use',
    ],
    [
      host('a1', { usedUdpPorts: new Set([53]) }),
      request({ reserves: { udpPorts: [53] } }),
      'is already using a port required by your task',
      'UDP port 53 is in use',
    ],
    [
      host('a1', { agentConnected: false }),
      request(),
      "doesn't have the agent connected",
      'the agent is not connected',
    ],
    [
      host('a1'),
      request({ requiresAttributes: [{ name: 'gpu' }] }),
      'is missing an attribute required by your task',
      'attribute gpu is missing',
    ],
    [
      host('a1'),
      request({ zones: ['us-east-1b'] }),
      'encountered error "LOCATION"',
      'the instance is in us-east-1a, the subnets are in us-east-1b',
    ],
    [
      host('a1'),
      request({ reserves: { gpuCount: 1 } }),
      'encountered error "RESOURCE:GPU"',
      'needs 1 GPUs, 0 are free',
    ],
    [
      host('a1'),
      request({ constraints: [{ type: 'memberOf', expression: 'runningTasksCount > 1' }] }),
      'encountered error "MemberOf placement constraint unsatisfied."',
      'the expression runningTasksCount > 1 is false',
    ],
    [
      host('a1', { tasksByGroup: { 'service:web': 1 } }),
      request({ constraints: [{ type: 'distinctInstance' }] }),
      'encountered error "DistinctInstance placement constraint unsatisfied."',
      'a task of service:web is on the instance',
    ],
  ];
  test.each(closest)('the closest match %#', (view, wanted, words, detail) => {
    expect(event([view], wanted)).toBe(
      `${unable} The closest matching (container-instance a1) ${words}. ${guide} ` +
        `By instance: (container-instance a1) ${detail}.`,
    );
  });

  test('names five instances and counts the others; a long detail is cut', () => {
    const expression = `attribute:${'x'.repeat(500)} exists`;
    const many = Array.from({ length: 8 }, (_, index) => host(`h${index}`));
    const text = event(many, request({ constraints: [{ type: 'memberOf', expression }] }));
    expect(text.match(/\(container-instance h\d\) the expression/g)).toHaveLength(5);
    expect(text.endsWith('…; and 3 more.')).toBe(true);
    expect(text.length).toBeLessThan(1600);
  });

  test('Fargate: a shortage, and no host of the pool by name', () => {
    const text = event([host('secret')], request({ launchType: 'FARGATE', reserves: { memoryMiB: 9000 } }));
    expect(text).toBe(
      '(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later ' +
        'or in a different availability zone. The only host of the Fargate pool: needs 9000 MiB of memory, 8192 are free.',
    );
  });

  test('a stored refusal of any reason has its words', () => {
    const view = host('a1');
    const told = (reason: Refusal['reason']) =>
      placementEvent(
        'web',
        { launchType: 'EC2' },
        {
          placed: [],
          gpuIds: [],
          refusals: [{ host: view, refusal: { reason, detail: 'x' } }],
          refusedHosts: 1,
        },
      );
    expect(told('INACTIVE')).toContain('encountered error "INACTIVE".');
    expect(told('DRAINING')).toContain('encountered error "DRAINING".');
  });
});
