import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** An awsvpc task finds an interface. Source: "Elastic network interface trunking". */
export function eni(host: HostView, { interfaces = 0 }: PlacementRequest): Refusal | undefined {
  if (interfaces <= host.freeInterfaces) return undefined;
  const detail = `needs ${interfaces} network interface, ${host.freeInterfaces} are free`;
  return { reason: 'RESOURCE:ENI', detail };
}
