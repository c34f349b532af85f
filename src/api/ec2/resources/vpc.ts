import { type Scope, scopeKey, type Vpc } from '#model';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type Kind, notFoundAs, ofScope } from './kind.ts';

/** Source of the filters: DescribeVpcs. */
export const vpcs: Kind<Vpc> = {
  type: 'vpc',
  prefix: 'vpc',
  table: (view) => view.vpcs,
  find: (view, scope, id) => ofScope(view.vpcs.find(id), scope),
  idOf: (vpc) => vpc.vpcId,
  put: (tx, vpc) => tx.vpcs.put(vpc),
  notFound: notFoundAs('InvalidVpcID.NotFound', 'vpc ID'),
  filters: {
    cidr: (vpc) => vpc.cidrBlock,
    'cidr-block': (vpc) => vpc.cidrBlock,
    'cidr-block-association.cidr-block': (vpc) => presentBlocks(vpc).map(({ CidrBlock }) => CidrBlock),
    'cidr-block-association.association-id': (vpc) => presentBlocks(vpc).map(({ AssociationId }) => AssociationId),
    'cidr-block-association.state': () => 'associated',
    'dhcp-options-id': (vpc, view) => dhcpOptionsIdOf(vpc, view),
    'ipv6-cidr-block-association.ipv6-cidr-block': () => undefined,
    'ipv6-cidr-block-association.ipv6-pool': () => undefined,
    'ipv6-cidr-block-association.association-id': () => undefined,
    'ipv6-cidr-block-association.state': () => undefined,
    'is-default': (vpc) => vpc.isDefault,
    isDefault: (vpc) => vpc.isDefault,
    'owner-id': (vpc) => vpc.accountId,
    state: () => 'available',
    'vpc-id': (vpc) => vpc.vpcId,
  },
};

export function presentVpc(vpc: Vpc, view: RoadsteadView) {
  return {
    VpcId: vpc.vpcId,
    OwnerId: vpc.accountId,
    State: 'available' as const,
    CidrBlock: vpc.cidrBlock,
    DhcpOptionsId: dhcpOptionsIdOf(vpc, view),
    InstanceTenancy: vpc.instanceTenancy ?? ('default' as const),
    IsDefault: vpc.isDefault,
    CidrBlockAssociationSet: presentBlocks(vpc),
    Tags: presentTags(vpc.tags),
  };
}

/** The id of a VPC's first block in journals of 0.1.0 is made of the VPC's own. */
export function presentBlocks({ vpcId, cidrBlock, cidrAssociationId, cidrAssociations = [] }: Vpc) {
  const first = { associationId: cidrAssociationId ?? vpcId.replace('vpc-', 'vpc-cidr-assoc-'), cidrBlock };
  return [first, ...cidrAssociations].map((each) => ({
    AssociationId: each.associationId,
    CidrBlock: each.cidrBlock,
    CidrBlockState: { State: 'associated' as const },
  }));
}

/** The set that the VPC has, be it the default one. */
function dhcpOptionsIdOf(vpc: Vpc, view: Pick<RoadsteadView, 'dhcpOptions'>): string {
  return vpc.dhcpOptionsId ?? defaultDhcpOptionsId(vpc, view);
}

export function defaultDhcpOptionsId(scope: Scope, view: Pick<RoadsteadView, 'dhcpOptions'>): string {
  for (const options of view.dhcpOptions.by('scope', scopeKey(scope))) {
    if (options.isDefault) return options.dhcpOptionsId;
  }
  return 'default';
}
