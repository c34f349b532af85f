import {
  type BalancerSubnet,
  type LoadBalancer,
  type LoadBalancerType,
  type Scope,
  type Subnet,
  scopeKey,
} from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidConfiguration, notHere, validationError } from './errors.ts';
import type { CreateLoadBalancerInput } from './service.ts';

export type SubnetInputs = Pick<CreateLoadBalancerInput, 'Subnets' | 'SubnetMappings'>;

/** A subnet that is asked for, and the address in it. */
export interface AskedSubnet {
  readonly subnetId: string;
  readonly privateIpv4Address?: string;
}

/** Subnets by id or with what is mapped to them, never both ways. */
export function askedSubnets(
  { Subnets, SubnetMappings }: SubnetInputs,
  type: LoadBalancerType,
): readonly AskedSubnet[] {
  if (Subnets !== undefined && SubnetMappings !== undefined && Subnets.length > 0 && SubnetMappings.length > 0) {
    throw invalidConfiguration('You must specify either subnets or subnet mappings, not both');
  }
  const mapped = (SubnetMappings ?? []).map((mapping): AskedSubnet => {
    const { SubnetId = '', AllocationId, PrivateIPv4Address, IPv6Address } = mapping;
    if (IPv6Address !== undefined) throw notHere('IPv6');
    if (AllocationId !== undefined) throw notHere('AllocationId of a subnet mapping');
    if (PrivateIPv4Address === undefined) return { subnetId: SubnetId };
    if (type === 'application') {
      throw invalidConfiguration('Private IPv4 addresses are not supported for load balancers with type application');
    }
    return { subnetId: SubnetId, privateIpv4Address: PrivateIPv4Address };
  });
  const asked = mapped.length > 0 ? mapped : (Subnets ?? []).map((subnetId) => ({ subnetId }));
  const unique = [...new Map(asked.map((each) => [each.subnetId, each])).values()];
  if (unique.length === 0) throw validationError('At least one subnet must be specified');
  return unique;
}

/** The subnets: all there, of one VPC, one per zone, and enough of them. */
export function resolveSubnets(
  view: RoadsteadView,
  scope: Scope,
  asked: readonly AskedSubnet[],
  type: LoadBalancerType,
): { readonly vpcId: string; readonly subnets: readonly BalancerSubnet[] } {
  const found = asked.map((each) => ({
    asked: each,
    subnet: view.subnets.find(`${scopeKey(scope)}/${each.subnetId}`),
  }));
  const missing = found.filter(({ subnet }) => subnet === undefined).map(({ asked: { subnetId } }) => subnetId);
  if (missing.length > 0) {
    throw new ApiError('SubnetNotFound', `The subnet ID '${missing.join("', '")}' does not exist`);
  }
  const subnets = found.map(({ asked: { privateIpv4Address }, subnet }) => {
    const { subnetId, availabilityZone } = subnet as Subnet;
    return { subnetId, availabilityZone, ...(privateIpv4Address === undefined ? {} : { privateIpv4Address }) };
  });
  const [vpcId = '', ...others] = new Set(found.map(({ subnet }) => (subnet as Subnet).vpcId));
  if (others.length > 0) throw invalidConfiguration('The subnets of a load balancer must be in the same VPC');
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (zones.size < subnets.length) {
    throw invalidConfiguration('A load balancer cannot be attached to multiple subnets in the same Availability Zone');
  }
  if (type === 'application' && zones.size < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  return { vpcId, subnets };
}

/** The groups, all there and of the VPC; of an Application Load Balancer without any, the VPC's default one. */
export function resolveGroups(
  view: RoadsteadView,
  scope: Scope,
  asked: readonly string[] | undefined,
  { type, vpcId }: Pick<LoadBalancer, 'type' | 'vpcId'>,
): readonly string[] {
  if (asked === undefined || asked.length === 0) {
    if (type === 'network') return [];
    const groups = [...view.securityGroups.by('vpc', vpcId)].filter(({ groupName }) => groupName === 'default');
    return groups.map(({ groupId }) => groupId);
  }
  const missing = asked.filter((id) => view.securityGroups.find(`${scopeKey(scope)}/${id}`) === undefined);
  if (missing.length > 0) {
    throw new ApiError('InvalidSecurityGroup', `The security group IDs '${missing.join("', '")}' do not exist`);
  }
  const foreign = asked.filter((id) => view.securityGroups.get(`${scopeKey(scope)}/${id}`).vpcId !== vpcId);
  if (foreign.length > 0) {
    throw invalidConfiguration(
      `One or more security groups are invalid: '${foreign.join("', '")}' is not in the VPC '${vpcId}'`,
    );
  }
  return [...new Set(asked)];
}

export function checkedIpAddressType(type: string | undefined): 'ipv4' {
  if (type === undefined || type === 'ipv4') return 'ipv4';
  throw notHere(`The IP address type '${type}'`);
}

/** As the API shows it. */
export function presentLoadBalancer(balancer: LoadBalancer) {
  const { stateReason, type } = balancer;
  return {
    LoadBalancerArn: balancer.loadBalancerArn,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: balancer.canonicalHostedZoneId,
    LoadBalancerName: balancer.loadBalancerName,
    Scheme: balancer.scheme,
    VpcId: balancer.vpcId,
    State: { Code: balancer.state, ...(stateReason === undefined ? {} : { Reason: stateReason }) },
    Type: type,
    AvailabilityZones: presentZones(balancer),
    SecurityGroups: balancer.securityGroups,
    IpAddressType: 'ipv4' as const,
    ...(type === 'network' ? { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on' } : {}),
  };
}

/** Zones with the addresses of network load balancers that are known or asked for. */
export function presentZones({ subnets, type }: Pick<LoadBalancer, 'subnets' | 'type'>) {
  return subnets.map(({ subnetId, availabilityZone, privateIpv4Address }) => ({
    ZoneName: availabilityZone,
    SubnetId: subnetId,
    LoadBalancerAddresses:
      type === 'network' && privateIpv4Address !== undefined ? [{ PrivateIPv4Address: privateIpv4Address }] : [],
  }));
}
