import { freeGpuIds, type InstanceResources } from '#model';
import type { InstanceLoad } from '#store';

type ResourceInput = {
  readonly name?: string | undefined;
  readonly integerValue?: number | undefined;
  readonly longValue?: number | undefined;
  readonly doubleValue?: number | undefined;
  readonly stringSetValue?: readonly string[] | undefined;
};

type DeviceInput = { readonly id: string; readonly type: string };

/**
 * What a host offers, from RegisterContainerInstance's `totalResources` and `platformDevices`. A number of zero is not
 * sent by agents, so that a missing one is 0.
 */
export function instanceResources(
  input: readonly ResourceInput[] | undefined,
  devices: readonly DeviceInput[] | undefined,
): InstanceResources {
  const find = (name: string): ResourceInput | undefined => input?.find((resource) => resource.name === name);
  const named = devices?.filter((device) => device.type === 'GPU').map((device) => device.id) ?? [];
  const gpuIds = named.length > 0 ? named : (find('GPU')?.stringSetValue ?? []);
  return {
    cpuUnits: amountOf(find('CPU')),
    memoryMiB: amountOf(find('MEMORY')),
    reservedTcpPorts: portsOf(find('PORTS')),
    reservedUdpPorts: portsOf(find('PORTS_UDP')),
    gpuIds: [...new Set(gpuIds)],
  };
}

function amountOf(resource: ResourceInput | undefined): number {
  const amount = resource?.integerValue || resource?.longValue || resource?.doubleValue || 0;
  return Math.max(0, Math.floor(amount));
}

function portsOf(resource: ResourceInput | undefined): number[] {
  const ports = (resource?.stringSetValue ?? []).map(Number);
  const valid = ports.filter((port) => Number.isInteger(port) && port >= 1 && port <= 65_535);
  return [...new Set(valid)].sort((a, b) => a - b);
}

/** `registeredResources` of a container instance. */
export function presentRegistered(resources: InstanceResources) {
  return [
    amount('CPU', resources.cpuUnits),
    amount('MEMORY', resources.memoryMiB),
    set('PORTS', resources.reservedTcpPorts.map(String)),
    set('PORTS_UDP', resources.reservedUdpPorts.map(String)),
    ...(resources.gpuIds.length === 0 ? [] : [set('GPU', resources.gpuIds)]),
  ];
}

/** `remainingResources`: what is left of CPU, MEMORY and GPU; but of ports, those in use. */
export function presentRemaining(resources: InstanceResources, load: InstanceLoad) {
  return [
    amount('CPU', resources.cpuUnits - load.cpuUnits),
    amount('MEMORY', resources.memoryMiB - load.memoryMiB),
    set('PORTS', portsInUse(resources.reservedTcpPorts, load.tcpPorts)),
    set('PORTS_UDP', portsInUse(resources.reservedUdpPorts, load.udpPorts)),
    ...(resources.gpuIds.length === 0 ? [] : [set('GPU', freeGpuIds(resources, load))]),
  ];
}

function portsInUse(reserved: readonly number[], used: ReadonlyMap<number, number>): string[] {
  return [...new Set([...reserved, ...used.keys()])].map(String);
}

/** ECS answers every value member of a resource, zero where it does not apply (observed). */
function amount(name: string, value: number) {
  return { name, type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: value };
}

function set(name: string, values: readonly string[]) {
  return { name, type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [...values] };
}
