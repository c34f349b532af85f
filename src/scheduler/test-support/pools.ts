import type { Random } from '#base';
import type { ClusterArn, ContainerInstance, ContainerInstanceArn } from '#model';
import type { HostLoad } from '../host-view.ts';
import { HostPool } from '../hosts/host-pool.ts';
import { placeTasks } from '../pipeline.ts';
import { parseQuery } from '../query/query.ts';
import type { HostView, PlacementRequest, PlacementResult } from '../types.ts';

/** A pool whose hosts look like the given ones. */
export function poolOf(hosts: readonly HostView[]): HostPool {
  const byArn = new Map<ContainerInstanceArn, HostView>(hosts.map((host) => [host.arn, host]));
  const pool = new HostPool({ of: (arn) => loadOf(byArn.get(arn)) }, parseQuery);
  for (const host of hosts) {
    pool.add(instanceOf(host));
    for (const [group, tasks] of host.tasksByGroup) pool.countTasks(group, host.arn, tasks);
  }
  return pool;
}

/** Places on hosts of which only these are known. */
export function placeOn(hosts: readonly HostView[], request: PlacementRequest, random: Random): PlacementResult {
  return placeTasks(poolOf(hosts), request, random);
}

/** What the host itself says of its size and ports is taken for what tasks leave of it. */
function instanceOf(host: HostView): ContainerInstance {
  return {
    accountId: '000000000000',
    region: 'us-east-1',
    containerInstanceArn: host.arn,
    clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/prod' as ClusterArn,
    ec2InstanceId: host.ec2InstanceId,
    ...(host.capacityProviderName === undefined ? {} : { capacityProviderName: host.capacityProviderName }),
    status: host.status,
    resources: {
      cpuUnits: host.freeCpuUnits,
      memoryMiB: host.freeMemoryMiB,
      reservedTcpPorts: [...host.usedTcpPorts],
      reservedUdpPorts: [...host.usedUdpPorts],
      gpuIds: host.freeGpuIds,
    },
    attributes: [
      ...host.attributes,
      ...(host.external ? [{ name: 'ecs.capability.external' }] : []),
      ...(Number.isFinite(host.freeInterfaces) ? [{ name: 'ecs.instance-type', value: 'c5.large' }] : []),
    ],
    versionInfo: { agentVersion: host.agentVersion },
    registeredAt: host.registeredAt,
    tags: [],
    agentConnected: host.agentConnected,
    version: 1,
  } as unknown as ContainerInstance;
}

/** Interfaces for tasks on the type that stands for any with a limit. */
const limitOfC5Large = 2;

function loadOf(host: HostView | undefined): HostLoad {
  const free = host?.freeInterfaces ?? Number.POSITIVE_INFINITY;
  return {
    cpuUnits: 0,
    memoryMiB: 0,
    tcpPorts: new Map(),
    udpPorts: new Map(),
    gpuCount: 0,
    gpuIds: new Map(),
    interfaces: Number.isFinite(free) ? limitOfC5Large - free : 0,
    runningTasks: host?.runningTasksCount ?? 0,
    tasksByGroup: host?.tasksByGroup ?? new Map(),
  };
}
