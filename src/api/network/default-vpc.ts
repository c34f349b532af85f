import type { Ids } from '#base';
import { type Scope, type SecurityGroup, type Subnet, scopeKey, type Vpc } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';

/** The zones of every region, by letter. */
const zoneLetters = ['a', 'b', 'c'] as const;

/** The network an account finds in a region without having made any. */
export interface DefaultNetwork {
  readonly vpc: Vpc;
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
}

/**
 * The account's default VPC in a region, made when it is first needed: a /16 with one /20 subnet per zone and a
 * default security group. The first one is AWS's 172.31.0.0/16; later ones take 10.64.0.0/16 and up, because tasks of
 * all accounts share hosts and no address may stand twice.
 */
export function ensureDefaultNetwork(tx: RoadsteadTx, scope: Scope, ids: Ids): DefaultNetwork {
  const existing = findDefaultNetwork(tx, scope);
  if (existing !== undefined) return existing;
  const cidr = nextCidr(tx);
  const vpcId = `vpc-${ids.hex(17)}`;
  const vpc: Vpc = { ...scope, vpcId, cidrBlock: `${cidr}.0.0/16`, isDefault: true };
  tx.vpcs.put(vpc);
  const subnets = zoneLetters.map(
    (letter, index): Subnet => ({
      ...scope,
      subnetId: `subnet-${ids.hex(17)}`,
      vpcId,
      cidrBlock: `${cidr}.${index * 16}.0/20`,
      availabilityZone: `${scope.region}${letter}`,
    }),
  );
  for (const subnet of subnets) tx.subnets.put(subnet);
  const group: SecurityGroup = { ...scope, groupId: `sg-${ids.hex(17)}`, groupName: 'default', vpcId };
  tx.securityGroups.put(group);
  return { vpc, subnets, securityGroups: [group] };
}

function findDefaultNetwork(view: RoadsteadView, scope: Scope): DefaultNetwork | undefined {
  for (const vpc of view.vpcs.by('scope', scopeKey(scope))) {
    if (!vpc.isDefault) continue;
    return {
      vpc,
      subnets: [...view.subnets.by('vpc', vpc.vpcId)],
      securityGroups: [...view.securityGroups.by('vpc', vpc.vpcId)],
    };
  }
  return undefined;
}

/** The first two octets of a free /16. */
function nextCidr(view: RoadsteadView): string {
  const taken = new Set([...view.vpcs.all()].map((vpc) => vpc.cidrBlock));
  if (!taken.has('172.31.0.0/16')) return '172.31';
  for (let second = 64; second < 256; second++) {
    if (!taken.has(`10.${second}.0.0/16`)) return `10.${second}`;
  }
  throw new ApiError('ServerException', 'No address range is left for another default VPC.', { status: 500 });
}
