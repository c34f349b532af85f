import type { Region, ZoneVpc } from '#model';
import type { RoadsteadView } from '#store';
import type { OperationContext } from '../operation.ts';
import { conflictingDomain, invalidInput, invalidVpc } from './errors.ts';

interface VpcInput {
  readonly VPCId?: string | undefined;
  readonly VPCRegion?: string | undefined;
}

export function vpcFrom({ VPCId, VPCRegion }: VpcInput, { scope }: OperationContext): ZoneVpc {
  if (VPCId === undefined) throw invalidInput('VPCId is required.');
  return { vpcId: VPCId, region: (VPCRegion ?? scope.region) as Region };
}

/** InvalidVPCId unless it is a VPC of the caller's in that region. */
export function requireVpc(view: RoadsteadView, { vpcId, region }: ZoneVpc, { scope }: OperationContext): void {
  const vpc = view.vpcs.find(vpcId);
  if (vpc === undefined || vpc.accountId !== scope.accountId || vpc.region !== region) throw invalidVpc(vpcId);
}

/** ConflictingDomainExists when the VPC sees a zone of the very name already. Of zones one below the other the longer name wins. */
export function requireNoConflict(view: RoadsteadView, { vpcId, region }: ZoneVpc, name: string): void {
  for (const zone of view.hostedZones.by('vpc', vpcId)) {
    if (zone.name === name) throw conflictingDomain(vpcId, region, zone.name);
  }
  for (const namespace of view.discoveryNamespaces.all()) {
    if (namespace.vpcId !== vpcId || namespace.hostedZoneId === undefined) continue;
    if (`${namespace.name.toLowerCase()}.` === name) throw conflictingDomain(vpcId, region, name);
  }
}
