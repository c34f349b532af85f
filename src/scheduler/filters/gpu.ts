import type { HostView, PlacementRequest, Refusal } from '../types.ts';

export function gpu(host: HostView, { reserves }: PlacementRequest): Refusal | undefined {
  const free = host.freeGpuIds.length;
  if (reserves.gpuCount <= free) return undefined;
  return { reason: 'RESOURCE:GPU', detail: `needs ${reserves.gpuCount} GPUs, ${free} are free` };
}
