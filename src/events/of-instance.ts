import {
  type ContainerInstance,
  type EcsEventFacts,
  freeGpuIds,
  type HealthCheck,
  type RemainingResources,
} from '#model';
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
  const checks = changedChecks(before, after);
  if (checks.length > 0) events.push({ detailType: 'ECS Container Instance Health Change', instance: after, checks });
  return events;
}

/** What the agent says of its runtime is news from the first time on; that it is connected is when it was not before. */
function changedChecks(before: ContainerInstance | undefined, after: ContainerInstance): HealthCheck['type'][] {
  const runtime = after.runtimeHealth !== undefined && after.runtimeHealth.status !== before?.runtimeHealth?.status;
  const connectivity = before !== undefined && before.agentConnected !== after.agentConnected;
  return [
    ...(runtime ? (['CONTAINER_RUNTIME'] as const) : []),
    ...(connectivity ? (['AGENT_CONNECTIVITY'] as const) : []),
  ];
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
