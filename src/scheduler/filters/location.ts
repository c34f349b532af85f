import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** The instance is in a zone of the given subnets. On Fargate the zones only spread: its hosts serve every subnet. */
export function location(host: HostView, request: PlacementRequest): Refusal | undefined {
  if (request.zones === undefined || request.launchType === 'FARGATE') return undefined;
  if (request.zones.includes(host.availabilityZone)) return undefined;
  const subnets = [...new Set(request.zones)].join(', ');
  const detail = `the instance is in ${host.availabilityZone || 'no zone'}, the subnets are in ${subnets || 'none'}`;
  return { reason: 'LOCATION', detail };
}
