import { cidrBlocksOf, type Scope } from '#model';
import { putSubnet } from '#network';
import type { RoadsteadView } from '#store';
import { noIpv6 } from './CreateVpc.ts';
import { cidrFrom, subnetCidrFrom } from './cidr-block.ts';
import { missingParameter, unsupported } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { presentSubnet } from './resources/subnet.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';
import { requireZone, zonesOf } from './zones.ts';

/** CreateSubnet. Without a zone it is in the one that has the fewest subnets of the VPC. */
export const CreateSubnet = change('CreateSubnet', {
  command: (input, { ids }) => {
    const { VpcId, CidrBlock, AvailabilityZone, AvailabilityZoneId } = input;
    if (input.Ipv6CidrBlock !== undefined || input.Ipv6Native === true) throw noIpv6();
    if (input.OutpostArn !== undefined) throw unsupported('OutpostArn: there are no Outposts here.');
    if (CidrBlock === undefined) throw missingParameter('cidrBlock');
    return {
      vpcId: VpcId,
      subnetId: `subnet-${ids.hex(17)}`,
      cidr: cidrFrom(CidrBlock, 'cidrBlock'),
      zone: { name: AvailabilityZone, id: AvailabilityZoneId },
      tags: newTags(input.TagSpecifications, 'subnet'),
    };
  },
  apply: (tx, { vpcId, subnetId, cidr, zone, tags }, { scope, ids }) => {
    const vpc = getResource(vpcs, tx, scope, vpcId);
    const cidrBlock = subnetCidrFrom(cidr, cidrBlocksOf(vpc), tx.subnets.by('vpc', vpcId));
    const availabilityZone =
      zone.name === undefined && zone.id === undefined ? emptiestZone(tx, scope, vpcId) : requireZone(tx, scope, zone);
    const subnet = {
      ...scope,
      subnetId,
      vpcId,
      cidrBlock,
      availabilityZone,
      defaultForAz: false,
      mapPublicIpOnLaunch: false,
      ...tags,
    };
    return presentSubnet(putSubnet(tx, subnet, ids), tx);
  },
  output: (Subnet) => ({ Subnet }),
});

function emptiestZone(view: RoadsteadView, { region }: Scope, vpcId: string): string {
  const counts = new Map(zonesOf(view, region).map((zone) => [zone, 0]));
  for (const { availabilityZone } of view.subnets.by('vpc', vpcId)) {
    counts.set(availabilityZone, (counts.get(availabilityZone) ?? 0) + 1);
  }
  const [[zone] = ['']] = [...counts].sort(([, a], [, b]) => a - b);
  return zone;
}
