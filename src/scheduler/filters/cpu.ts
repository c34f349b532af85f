import type { HostView, PlacementRequest, Refusal } from '../types.ts';

export function cpu(host: HostView, { reserves }: PlacementRequest): Refusal | undefined {
  if (reserves.cpuUnits <= host.freeCpuUnits) return undefined;
  return { reason: 'RESOURCE:CPU', detail: `needs ${reserves.cpuUnits} CPU units, ${host.freeCpuUnits} are free` };
}
