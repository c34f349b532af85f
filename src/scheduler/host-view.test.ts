import { describe, expect, test } from 'vitest';
import { instantFromMs } from '#base';
import type { AccountId, ClusterArn, ContainerInstance, Region } from '#model';
import { type HostLoad, hostView, withTasks } from './host-view.ts';
import { hostArn, request } from './test-support/hosts.ts';

const instance: ContainerInstance = {
  accountId: '000000000000' as AccountId,
  region: 'us-east-1' as Region,
  containerInstanceArn: hostArn('a'),
  clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/prod' as ClusterArn,
  ec2InstanceId: 'i-a',
  status: 'ACTIVE',
  resources: { cpuUnits: 2048, memoryMiB: 4096, reservedTcpPorts: [22], reservedUdpPorts: [5], gpuIds: ['g0', 'g1'] },
  attributes: [{ name: 'ecs.availability-zone', value: 'us-east-1b' }],
  versionInfo: { agentVersion: '1.89.2' },
  registeredAt: instantFromMs(1000),
  tags: [],
  agentConnected: true,
  version: 1,
};
const load: HostLoad = {
  cpuUnits: 512,
  memoryMiB: 1024,
  tcpPorts: new Map([[80, 1]]),
  udpPorts: new Map([[53, 1]]),
  gpuCount: 1,
  gpuIds: new Map([['g0', 1]]),
  interfaces: 1,
  runningTasks: 2,
  tasksByGroup: new Map([['service:web', 3]]),
};

describe('hostView', () => {
  test('takes the load from what was registered', () => {
    expect(hostView(instance, load)).toEqual({
      arn: hostArn('a'),
      ec2InstanceId: 'i-a',
      status: 'ACTIVE',
      agentConnected: true,
      agentVersion: '1.89.2',
      registeredAt: 1,
      attributes: instance.attributes,
      availabilityZone: 'us-east-1b',
      external: false,
      freeCpuUnits: 1536,
      freeMemoryMiB: 3072,
      freeGpuIds: ['g1'],
      freeInterfaces: Number.POSITIVE_INFINITY,
      usedTcpPorts: new Set([22, 80]),
      usedUdpPorts: new Set([5, 53]),
      runningTasksCount: 2,
      tasksByGroup: load.tasksByGroup,
    });
  });

  test('a host that came back smaller has nothing free, rather than less', () => {
    const small = { ...instance, resources: { ...instance.resources, cpuUnits: 1, memoryMiB: 1, gpuIds: [] } };
    const view = hostView(small, load);
    expect([view.freeCpuUnits, view.freeMemoryMiB, view.freeGpuIds]).toEqual([0, 0, []]);
  });

  test('GPUs are free by id; those of tasks of which none is known count all the same', () => {
    const three = { ...instance, resources: { ...instance.resources, gpuIds: ['g0', 'g1', 'g2'] } };
    const free = (gpuCount: number, taken: readonly string[]): readonly string[] =>
      hostView(three, { ...load, gpuCount, gpuIds: new Map(taken.map((id) => [id, 1])) }).freeGpuIds;
    expect(free(0, [])).toEqual(['g0', 'g1', 'g2']);
    expect(free(1, ['g1'])).toEqual(['g0', 'g2']);
    expect(free(2, ['g1'])).toHaveLength(1);
    expect(free(2, ['g1'])).not.toContain('g1');
    expect(free(4, ['gone'])).toEqual([]);
  });

  test('a host that is lost has no agent; one without attributes no zone and no version', () => {
    const lost = { ...instance, lostAt: instantFromMs(5), attributes: [], versionInfo: {} };
    expect(hostView(lost, load)).toMatchObject({ agentConnected: false, availabilityZone: '', agentVersion: '' });
  });

  test('external by its capability', () => {
    expect(hostView({ ...instance, attributes: [{ name: 'ecs.capability.external' }] }, load).external).toBe(true);
  });
});

test('withTasks takes everything so many times, ports once, and leaves the host as it was', () => {
  const before = hostView(instance, load);
  const wanted = request({ reserves: { tcpPorts: [443], udpPorts: [54], gpuCount: 1 }, group: 'family:job' });
  const after = withTasks(before, wanted, 1);
  expect(after).toEqual({
    ...before,
    freeCpuUnits: 1280,
    freeMemoryMiB: 2560,
    freeGpuIds: [],
    usedTcpPorts: new Set([22, 80, 443]),
    usedUdpPorts: new Set([5, 53, 54]),
    runningTasksCount: 3,
    tasksByGroup: new Map([
      ['service:web', 3],
      ['family:job', 1],
    ]),
  });
  expect(before).toEqual(hostView(instance, load));
  expect(withTasks(before, wanted, 2)).toEqual(withTasks(after, wanted, 1));
});
