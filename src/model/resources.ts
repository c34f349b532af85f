import type { ContainerDefinition, NetworkMode } from './task-definition.ts';

/** What a task takes from a host. Source: "Amazon ECS task definition parameters", resource accounting. */
export interface ReservedResources {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  readonly gpuCount: number;
}

/** A container's size after overrides; MiB and CPU units. */
export interface ContainerSize {
  readonly cpuUnits: number;
  readonly memoryMiB: number | undefined;
  readonly memoryReservationMiB: number | undefined;
}

/**
 * The charge for one task: its own cpu and memory when set, else the sum over its containers (a missing cpu is 0; of
 * memory the reservation counts before the limit). Fixed host ports count in bridge and host mode; dynamic ones never.
 */
export function reservedResources(
  task: { readonly cpu?: string; readonly memory?: string; readonly networkMode: NetworkMode },
  containers: readonly { readonly definition: ContainerDefinition; readonly size: ContainerSize }[],
): ReservedResources {
  let cpuSum = 0;
  let memorySum = 0;
  let gpuCount = 0;
  const tcpPorts: number[] = [];
  const udpPorts: number[] = [];
  for (const { definition, size } of containers) {
    cpuSum += size.cpuUnits;
    memorySum += size.memoryReservationMiB ?? size.memoryMiB ?? 0;
    gpuCount += gpusOf(definition);
    if (task.networkMode === 'awsvpc' || task.networkMode === 'none') continue;
    for (const mapping of definition.portMappings ?? []) {
      const port = task.networkMode === 'host' ? mapping.containerPort : mapping.hostPort;
      if (port === undefined || port === 0) continue;
      (mapping.protocol === 'udp' ? udpPorts : tcpPorts).push(port);
    }
  }
  return {
    cpuUnits: task.cpu === undefined ? cpuSum : Number(task.cpu),
    memoryMiB: task.memory === undefined ? memorySum : Number(task.memory),
    tcpPorts,
    udpPorts,
    gpuCount,
  };
}

/** How many GPUs a container asks for itself alone. */
export function gpusOf({ resourceRequirements }: Pick<ContainerDefinition, 'resourceRequirements'>): number {
  let count = 0;
  for (const { type, value } of resourceRequirements ?? []) if (type === 'GPU') count += Number(value);
  return count;
}
