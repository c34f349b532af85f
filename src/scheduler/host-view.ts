import {
  attributeValue,
  type ContainerInstance,
  type ContainerInstanceArn,
  freeGpuIds,
  interfaceLimitOf,
} from '#model';
import type { HostView, PlacementRequest } from './types.ts';

/** What the tasks on a host take from it. */
export interface HostLoad {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Fixed host ports of tasks, with how many tasks hold each. */
  readonly tcpPorts: ReadonlyMap<number, number>;
  readonly udpPorts: ReadonlyMap<number, number>;
  readonly gpuCount: number;
  /** The GPUs that tasks have, with how many tasks have each. */
  readonly gpuIds: ReadonlyMap<string, number>;
  /** Task interfaces. */
  readonly interfaces: number;
  readonly runningTasks: number;
  /** How many tasks of each group hold resources. */
  readonly tasksByGroup: ReadonlyMap<string, number>;
}

/** What each host carries, by ARN: the store keeps these totals. */
export interface HostLoads {
  of(hostArn: ContainerInstanceArn): HostLoad;
}

/**
 * A host as placement sees it. The view shares the load's maps, so it is good for as long as the load does not change:
 * make it afresh for each decision. What is free is never below 0, even on a host that came back smaller.
 */
export function hostView(instance: ContainerInstance, load: HostLoad): HostView {
  const { resources } = instance;
  return {
    arn: instance.containerInstanceArn,
    ec2InstanceId: instance.ec2InstanceId,
    status: instance.status,
    agentConnected: instance.agentConnected && instance.lostAt === undefined,
    agentVersion: instance.versionInfo.agentVersion ?? '',
    registeredAt: instance.registeredAt,
    attributes: instance.attributes,
    availabilityZone: attributeValue(instance, 'ecs.availability-zone') ?? '',
    external: attributeValue(instance, 'ecs.capability.external') !== undefined,
    ...(instance.capacityProviderName === undefined ? {} : { capacityProviderName: instance.capacityProviderName }),
    ...(instance.awaitsDaemons === undefined ? {} : { awaitsDaemons: instance.awaitsDaemons }),
    freeCpuUnits: Math.max(0, resources.cpuUnits - load.cpuUnits),
    freeMemoryMiB: Math.max(0, resources.memoryMiB - load.memoryMiB),
    freeGpuIds: freeGpuIds(resources, load),
    freeInterfaces: Math.max(0, (interfaceLimitOf(instance) ?? Number.POSITIVE_INFINITY) - load.interfaces),
    usedTcpPorts: union(resources.reservedTcpPorts, load.tcpPorts.keys()),
    usedUdpPorts: union(resources.reservedUdpPorts, load.udpPorts.keys()),
    runningTasksCount: load.runningTasks,
    tasksByGroup: load.tasksByGroup,
  };
}

/** The host once it has taken `count` more tasks of a request. */
export function withTasks(
  host: HostView,
  { reserves, group, interfaces = 0 }: Pick<PlacementRequest, 'reserves' | 'group' | 'interfaces'>,
  count: number,
): HostView {
  return {
    ...host,
    freeCpuUnits: host.freeCpuUnits - count * reserves.cpuUnits,
    freeMemoryMiB: host.freeMemoryMiB - count * reserves.memoryMiB,
    freeGpuIds: reserves.gpuCount === 0 ? host.freeGpuIds : host.freeGpuIds.slice(count * reserves.gpuCount),
    freeInterfaces: host.freeInterfaces - count * interfaces,
    usedTcpPorts: union(host.usedTcpPorts, reserves.tcpPorts),
    usedUdpPorts: union(host.usedUdpPorts, reserves.udpPorts),
    runningTasksCount: host.runningTasksCount + count,
    tasksByGroup: new Map(host.tasksByGroup).set(group, (host.tasksByGroup.get(group) ?? 0) + count),
  };
}

function union(ports: Iterable<number>, more: Iterable<number>): ReadonlySet<number> {
  const all = new Set(ports);
  for (const port of more) all.add(port);
  return all;
}
