import { type Subnet, zoneId } from '#model';
import { freeAddressesOf } from '#network';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeSubnets. */
export const subnets: Kind<Subnet> = {
  type: 'subnet',
  prefix: 'subnet',
  table: (view) => view.subnets,
  find: (view, scope, id) => view.subnets.find(keyOf(scope, id)),
  idOf: (subnet) => subnet.subnetId,
  put: (tx, subnet) => tx.subnets.put(subnet),
  notFound: notFoundAs('InvalidSubnetID.NotFound', 'subnet ID'),
  filters: {
    'availability-zone': (subnet) => subnet.availabilityZone,
    availabilityZone: (subnet) => subnet.availabilityZone,
    'availability-zone-id': (subnet) => zoneId(subnet.availabilityZone),
    availabilityZoneId: (subnet) => zoneId(subnet.availabilityZone),
    'available-ip-address-count': (subnet, view) => freeAddressesOf(view, subnet),
    cidr: (subnet) => subnet.cidrBlock,
    'cidr-block': (subnet) => subnet.cidrBlock,
    cidrBlock: (subnet) => subnet.cidrBlock,
    'customer-owned-ipv4-pool': () => undefined,
    'default-for-az': (subnet, view) => isDefaultForAz(subnet, view),
    defaultForAz: (subnet, view) => isDefaultForAz(subnet, view),
    'enable-dns64': () => false,
    'ipv6-cidr-block-association.ipv6-cidr-block': () => undefined,
    'ipv6-cidr-block-association.association-id': () => undefined,
    'ipv6-cidr-block-association.state': () => undefined,
    'ipv6-native': () => false,
    'map-customer-owned-ip-on-launch': () => false,
    'map-public-ip-on-launch': (subnet, view) => mapsPublicIp(subnet, view),
    'outpost-arn': () => undefined,
    'owner-id': (subnet) => subnet.accountId,
    'private-dns-name-options-on-launch.hostname-type': (subnet) => subnet.hostnameType ?? 'ip-name',
    'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': (subnet) =>
      subnet.resourceNameDnsARecord === true,
    'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => false,
    state: () => 'available',
    'subnet-arn': subnetArn,
    'subnet-id': (subnet) => subnet.subnetId,
    'vpc-id': (subnet) => subnet.vpcId,
  },
};

export function presentSubnet(subnet: Subnet, view: RoadsteadView) {
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: subnetArn(subnet),
    VpcId: subnet.vpcId,
    OwnerId: subnet.accountId,
    State: 'available' as const,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: freeAddressesOf(view, subnet),
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: zoneId(subnet.availabilityZone),
    DefaultForAz: isDefaultForAz(subnet, view),
    MapPublicIpOnLaunch: mapsPublicIp(subnet, view),
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.hostnameType ?? ('ip-name' as const),
      EnableResourceNameDnsARecord: subnet.resourceNameDnsARecord === true,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: presentTags(subnet.tags),
  };
}

function subnetArn({ region, accountId, subnetId }: Subnet): string {
  return `arn:aws:ec2:${region}:${accountId}:subnet/${subnetId}`;
}

function isDefaultForAz(subnet: Subnet, view: RoadsteadView): boolean {
  return subnet.defaultForAz ?? view.vpcs.find(subnet.vpcId)?.isDefault === true;
}

/** Whether interfaces that a user launches in it get a public address. */
export function mapsPublicIp(subnet: Subnet, view: RoadsteadView): boolean {
  return subnet.mapPublicIpOnLaunch ?? isDefaultForAz(subnet, view);
}
