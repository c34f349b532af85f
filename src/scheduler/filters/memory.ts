import type { HostView, PlacementRequest, Refusal } from '../types.ts';

export function memory(host: HostView, { reserves }: PlacementRequest): Refusal | undefined {
  if (reserves.memoryMiB <= host.freeMemoryMiB) return undefined;
  return {
    reason: 'RESOURCE:MEMORY',
    detail: `needs ${reserves.memoryMiB} MiB of memory, ${host.freeMemoryMiB} are free`,
  };
}
