import type { HostView, PlacementRequest, Refusal } from '../types.ts';
import { zoneLetter } from '../zone-letter.ts';

/**
 * The instance is in a zone of the given subnets. On Fargate the zones only spread: its hosts serve every subnet. Where
 * one zone is asked for, it is in that one.
 */
export function location(host: HostView, request: PlacementRequest): Refusal | undefined {
  const isFargate = request.launchType === 'FARGATE';
  const { zones, inZone } = request;
  if (inZone !== undefined && !isIn(inZone, host, isFargate)) {
    return { reason: 'LOCATION', detail: `${where(host)}, the task is to be in ${inZone}` };
  }
  if (zones === undefined || isFargate || zones.includes(host.availabilityZone)) return undefined;
  const subnets = [...new Set(zones)].join(', ');
  return { reason: 'LOCATION', detail: `${where(host)}, the subnets are in ${subnets || 'none'}` };
}

function isIn(zone: string, { availabilityZone }: HostView, isFargate: boolean): boolean {
  return isFargate ? zoneLetter(availabilityZone) === zoneLetter(zone) : availabilityZone === zone;
}

function where({ availabilityZone }: HostView): string {
  return `the instance is in ${availabilityZone || 'no zone'}`;
}
