import type { HostView, PlacementRequest, Refusal } from '../types.ts';

export function gpu(host: HostView, { reserves }: PlacementRequest): Refusal | undefined {
  if (reserves.gpuCount <= host.freeGpuCount) return undefined;
  return { reason: 'RESOURCE:GPU', detail: `needs ${reserves.gpuCount} GPUs, ${host.freeGpuCount} are free` };
}
