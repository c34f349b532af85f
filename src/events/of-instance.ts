import { type ContainerInstance, type EcsEventFacts, freeGpuIds } from '#model';
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
    const taken = load(after);
    const { cpuUnits, memoryMiB, tcpPorts, udpPorts } = taken;
    const { resources } = after;
    const remaining = {
      cpuUnits: resources.cpuUnits - cpuUnits,
      memoryMiB: resources.memoryMiB - memoryMiB,
      tcpPorts: [...new Set([...resources.reservedTcpPorts, ...tcpPorts.keys()])],
      udpPorts: [...new Set([...resources.reservedUdpPorts, ...udpPorts.keys()])],
      gpuCount: resources.gpuIds.length - taken.gpuCount,
      ...(resources.gpuIds.length === 0 ? {} : { gpuIds: freeGpuIds(resources, taken) }),
    };
    events.push({ detailType: 'ECS Container Instance State Change', instance: after, remaining });
  }
  if (after.runtimeHealth !== undefined && after.runtimeHealth.status !== before?.runtimeHealth?.status) {
    events.push({ detailType: 'ECS Container Instance Health Change', instance: after });
  }
  return events;
}
