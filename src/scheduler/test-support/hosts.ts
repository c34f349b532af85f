import { instantFromMs } from '#base';
import type { ContainerInstanceArn, InstanceAttribute, ReservedResources } from '#model';
import type { HostView, PlacementRequest } from '../types.ts';

/** A container instance's ARN in the form ECS gives it. */
export function hostArn(id: string): ContainerInstanceArn {
  return `arn:aws:ecs:us-east-1:000000000000:container-instance/prod/${id}` as ContainerInstanceArn;
}

interface HostTraits extends Partial<Omit<HostView, 'arn' | 'attributes' | 'tasksByGroup'>> {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly tasksByGroup?: Readonly<Record<string, number>>;
}

/** An empty, healthy host of 4 vCPU and 8 GiB in us-east-1a, with what the traits say instead. */
export function host(id: string, traits: HostTraits = {}): HostView {
  const { attributes = {}, tasksByGroup = {}, ...others } = traits;
  const availabilityZone = traits.availabilityZone ?? 'us-east-1a';
  const given = Object.entries(attributes).map(([name, value]): InstanceAttribute => ({ name, value }));
  return {
    arn: hostArn(id),
    ec2InstanceId: `i-${id}`,
    status: 'ACTIVE',
    agentConnected: true,
    agentVersion: '1.89.2',
    registeredAt: instantFromMs(1_529_360_908_500),
    availabilityZone,
    external: false,
    freeCpuUnits: 4096,
    freeMemoryMiB: 8192,
    freeGpuIds: [],
    freeInterfaces: Number.POSITIVE_INFINITY,
    usedTcpPorts: new Set([22, 2375, 2376, 51678, 51679]),
    usedUdpPorts: new Set(),
    runningTasksCount: 0,
    ...others,
    attributes: [{ name: 'ecs.availability-zone', value: availabilityZone }, ...given],
    tasksByGroup: new Map(Object.entries(tasksByGroup)),
  };
}

interface RequestTraits extends Partial<Omit<PlacementRequest, 'reserves'>> {
  readonly reserves?: Partial<ReservedResources>;
}

/** One EC2 task of `service:web` that takes 256 CPU units and 512 MiB, with what the traits say instead. */
export function request(traits: RequestTraits = {}): PlacementRequest {
  const { reserves, ...others } = traits;
  return {
    count: 1,
    launchType: 'EC2',
    requiresAttributes: [],
    constraints: [],
    strategies: [],
    group: 'service:web',
    ...others,
    reserves: { cpuUnits: 256, memoryMiB: 512, tcpPorts: [], udpPorts: [], gpuCount: 0, ...reserves },
  };
}
