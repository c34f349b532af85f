import {
  type ContainerInstance,
  type ContainerInstanceArn,
  type EcsEvent,
  type EventInstance,
  type HealthCheck,
  healthChecksOf,
  overallHealth,
  type RemainingResources,
} from '#model';
import { isoTime } from './time.ts';

/** An event that keeps no attributes with those that its instance has now; one of a forgotten instance stays without. */
export function withAttributes(
  event: EcsEvent,
  findInstance: (arn: ContainerInstanceArn) => Pick<ContainerInstance, 'attributes'> | undefined,
): EcsEvent {
  if (event.detailType !== 'ECS Container Instance State Change' || event.instance.attributes !== undefined)
    return event;
  const found = findInstance(event.instance.containerInstanceArn);
  return found === undefined ? event : { ...event, instance: { ...event.instance, attributes: found.attributes } };
}

/** `detail` of a container instance state change. Source: "Amazon ECS container instance state change events". */
export function instanceDetail(
  instance: EventInstance,
  remaining: RemainingResources,
  updatedAt: string,
): Readonly<Record<string, unknown>> {
  const { resources, versionInfo } = instance;
  const hasGpus = resources.gpuIds.length > 0;
  return {
    agentConnected: instance.agentConnected,
    attributes: instance.attributes ?? [],
    clusterArn: instance.clusterArn,
    containerInstanceArn: instance.containerInstanceArn,
    ec2InstanceId: instance.ec2InstanceId,
    registeredAt: isoTime(instance.registeredAt),
    registeredResources: resourcesOf({
      ...resources,
      tcpPorts: resources.reservedTcpPorts,
      udpPorts: resources.reservedUdpPorts,
      gpuIds: hasGpus ? resources.gpuIds : undefined,
    }),
    remainingResources: resourcesOf({
      ...remaining,
      gpuIds: hasGpus ? (remaining.gpuIds ?? resources.gpuIds.slice(0, remaining.gpuCount)) : undefined,
    }),
    status: instance.status,
    ...(instance.statusReason === undefined ? {} : { statusReason: instance.statusReason }),
    updatedAt,
    version: instance.version,
    versionInfo,
  };
}

/** `detail` of a health change: the checks that changed, by the worst of all. */
export function instanceHealthDetail(
  instance: ContainerInstance,
  changed: readonly HealthCheck['type'][] = ['CONTAINER_RUNTIME'],
): Readonly<Record<string, unknown>> {
  const checks = healthChecksOf(instance);
  return {
    clusterArn: instance.clusterArn,
    containerInstanceArn: instance.containerInstanceArn,
    capacityProviderName: instance.capacityProviderName ?? null,
    ec2InstanceId: instance.ec2InstanceId,
    overallStatus: overallHealth(checks),
    healthChecks: checks
      .filter(({ type }) => changed.includes(type))
      .map(({ type, status, statusReason, lastUpdated, lastStatusChange }) => ({
        type,
        status,
        lastStatusChange: lastStatusChange === undefined ? null : isoTime(lastStatusChange),
        lastUpdated: lastUpdated === undefined ? null : isoTime(lastUpdated),
        statusReason: statusReason ?? null,
      })),
  };
}

/** Each with the one member that holds its value. */
function resourcesOf(amounts: {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  readonly gpuIds: readonly string[] | undefined;
}): readonly Readonly<Record<string, unknown>>[] {
  const integer = (name: string, integerValue: number) => ({ name, type: 'INTEGER', integerValue });
  const set = (name: string, stringSetValue: readonly string[]) => ({ name, type: 'STRINGSET', stringSetValue });
  return [
    integer('CPU', amounts.cpuUnits),
    integer('MEMORY', amounts.memoryMiB),
    set('PORTS', amounts.tcpPorts.map(String)),
    set('PORTS_UDP', amounts.udpPorts.map(String)),
    ...(amounts.gpuIds === undefined ? [] : [set('GPU', amounts.gpuIds)]),
  ];
}
