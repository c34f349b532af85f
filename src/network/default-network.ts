import type { Ids } from '#base';
import {
  cidrBlocksOf,
  contains,
  type DhcpOptions,
  formatCidr,
  internalDomain,
  networkAclOf,
  overlaps,
  parseCidr,
  type Scope,
  type SecurityGroup,
  type Subnet,
  scopeKey,
  type Vpc,
  zoneNames,
} from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { newVpc, putVpc } from './vpc.ts';

/** The network an account finds in a region without having made any. */
export interface DefaultNetwork {
  readonly vpc: Vpc;
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
}

/**
 * Sees to it that an account's network in a region has begun: with a default VPC and the default DHCP options, once. A
 * default VPC that its account deleted stays deleted. When no range is left there is none.
 */
export function ensureNetwork(tx: RoadsteadTx, scope: Scope, ids: Ids): void {
  for (const options of tx.dhcpOptions.by('scope', scopeKey(scope))) if (options.isDefault) return;
  tx.dhcpOptions.put(defaultDhcpOptions(scope, ids));
  if (findDefaultVpc(tx, scope) === undefined) createDefaultVpc(tx, scope, ids);
}

export function findDefaultNetwork(view: RoadsteadView, scope: Scope): DefaultNetwork | undefined {
  const vpc = findDefaultVpc(view, scope);
  if (vpc === undefined) return undefined;
  return {
    vpc,
    subnets: [...view.subnets.by('vpc', vpc.vpcId)],
    securityGroups: [...view.securityGroups.by('vpc', vpc.vpcId)],
  };
}

function findDefaultVpc(view: RoadsteadView, scope: Scope): Vpc | undefined {
  for (const vpc of view.vpcs.by('scope', scopeKey(scope))) if (vpc.isDefault) return vpc;
  return undefined;
}

/**
 * A default VPC: a /16 with one /20 subnet per zone, all reached from the internet by a gateway, and what every VPC has.
 * The first one is AWS's 172.31.0.0/16; later ones take 10.64.0.0/16 and up, because no two VPCs of an installation may
 * overlap. `undefined` when no range is left.
 */
export function createDefaultVpc(tx: RoadsteadTx, scope: Scope, ids: Ids): Vpc | undefined {
  const cidrBlock = freeRange(tx);
  if (cidrBlock === undefined) return undefined;
  const records = newVpc(scope, { cidrBlock, isDefault: true }, ids);
  const { vpc, routeTable } = records;
  const internetGatewayId = `igw-${ids.hex(17)}`;
  tx.internetGateways.put({ ...scope, internetGatewayId, vpcId: vpc.vpcId });
  const routes = [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: internetGatewayId }];
  putVpc(tx, { ...records, routeTable: { ...routeTable, routes } });
  for (const zone of zoneNames(scope.region)) createDefaultSubnet(tx, vpc, zone, ids);
  return vpc;
}

/** A default subnet of a default VPC: its first free /20. `undefined` when there is none. */
export function createDefaultSubnet(tx: RoadsteadTx, vpc: Vpc, availabilityZone: string, ids: Ids): Subnet | undefined {
  const whole = parseCidr(vpc.cidrBlock);
  if (whole === undefined) return undefined;
  const taken = [...tx.subnets.by('vpc', vpc.vpcId)].flatMap(({ cidrBlock }) => parseCidr(cidrBlock) ?? []);
  for (let index = 0; ; index++) {
    const range = { base: whole.base + index * 2 ** 12, prefixLength: 20 };
    if (!contains(whole, range)) return undefined;
    if (taken.some((each) => overlaps(each, range))) continue;
    return putSubnet(
      tx,
      {
        accountId: vpc.accountId,
        region: vpc.region,
        subnetId: `subnet-${ids.hex(17)}`,
        vpcId: vpc.vpcId,
        cidrBlock: formatCidr(range),
        availabilityZone,
        defaultForAz: true,
        mapPublicIpOnLaunch: true,
      },
      ids,
    );
  }
}

/** Stores a new subnet, under the default network ACL of its VPC. */
export function putSubnet(tx: RoadsteadTx, subnet: Subnet, ids: Ids): Subnet {
  tx.subnets.put(subnet);
  const acl = networkAclOf(subnet.subnetId, tx.networkAcls.by('vpc', subnet.vpcId));
  if (acl !== undefined) {
    const association = { networkAclAssociationId: `aclassoc-${ids.hex(17)}`, subnetId: subnet.subnetId };
    tx.networkAcls.put({ ...acl, associations: [...acl.associations, association] });
  }
  return subnet;
}

function defaultDhcpOptions(scope: Scope, ids: Ids): DhcpOptions {
  return {
    ...scope,
    dhcpOptionsId: `dopt-${ids.hex(17)}`,
    isDefault: true,
    configurations: [
      { key: 'domain-name', values: [internalDomain(scope.region)] },
      { key: 'domain-name-servers', values: ['AmazonProvidedDNS'] },
    ],
  };
}

/** The VPC, of whatever account and region, that a range overlaps. */
export function overlappingVpc(view: Pick<RoadsteadView, 'vpcs'>, cidrBlock: string): Vpc | undefined {
  const range = parseCidr(cidrBlock);
  if (range === undefined) return undefined;
  const overlapping = (block: string): boolean => {
    const other = parseCidr(block);
    return other !== undefined && overlaps(other, range);
  };
  for (const vpc of view.vpcs.all()) if (cidrBlocksOf(vpc).some(overlapping)) return vpc;
  return undefined;
}

function freeRange(view: Pick<RoadsteadView, 'vpcs'>): string | undefined {
  const candidates = ['172.31.0.0/16', ...Array.from({ length: 192 }, (_, index) => `10.${64 + index}.0.0/16`)];
  const taken = [...view.vpcs.all()].flatMap((vpc) => cidrBlocksOf(vpc).flatMap((block) => parseCidr(block) ?? []));
  return candidates.find((candidate) => {
    const range = parseCidr(candidate);
    return range !== undefined && !taken.some((each) => overlaps(each, range));
  });
}
