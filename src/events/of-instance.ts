import { type ContainerInstance, type EcsEventFacts, freeGpuIds, type RemainingResources } from '#model';
import type { InstanceLoad } from '#store';
import type { ChangeOf } from './change.ts';

/** What a container instance's change tells; nothing of the platform's own hosts. `load` is what its tasks take of it. */
export function instanceEvents(
  { before, after }: ChangeOf<ContainerInstance>,
  load: (instance: ContainerInstance) => InstanceLoad,
): EcsEventFacts[] {
  if (after === undefined || after.pool !== undefined) return [];
  const events: EcsEventFacts[] = [];
  if (after.version !== before?.version) {
    events.push({ detailType, instance: after, remaining: remainingOf(after, load(after)) });
  }
  if (after.runtimeHealth !== undefined && after.runtimeHealth.status !== before?.runtimeHealth?.status) {
    events.push({ detailType: 'ECS Container Instance Health Change', instance: after });
  }
  return events;
}

/** What is told of an instance to which a task came or from which one went: often, so that it keeps no attributes. */
export function taskMovedEvent(instance: ContainerInstance, taken: InstanceLoad): EcsEventFacts {
  const { attributes: _, tags: __, ...kept } = instance;
  return { detailType, instance: kept, remaining: remainingOf(instance, taken) };
}

const detailType = 'ECS Container Instance State Change';

function remainingOf({ resources }: ContainerInstance, taken: InstanceLoad): RemainingResources {
  return {
    cpuUnits: resources.cpuUnits - taken.cpuUnits,
    memoryMiB: resources.memoryMiB - taken.memoryMiB,
    tcpPorts: [...new Set([...resources.reservedTcpPorts, ...taken.tcpPorts.keys()])],
    udpPorts: [...new Set([...resources.reservedUdpPorts, ...taken.udpPorts.keys()])],
    gpuCount: resources.gpuIds.length - taken.gpuCount,
    ...(resources.gpuIds.length === 0 ? {} : { gpuIds: freeGpuIds(resources, taken) }),
  };
}
