import type { NetworkAcl, NetworkAclEntry } from '#model';
import { presentTags } from '../tags.ts';
import { type FilterValues, type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeNetworkAcls. */
export const networkAcls: Kind<NetworkAcl> = {
  type: 'network-acl',
  prefix: 'acl',
  table: (view) => view.networkAcls,
  find: (view, scope, id) => view.networkAcls.find(keyOf(scope, id)),
  idOf: (acl) => acl.networkAclId,
  put: (tx, acl) => tx.networkAcls.put(acl),
  notFound: notFoundAs('InvalidNetworkAclID.NotFound', 'networkAcl ID'),
  filters: {
    'association.association-id': (acl) => acl.associations.map((each) => each.networkAclAssociationId),
    'association.network-acl-id': (acl) => acl.associations.map(() => acl.networkAclId),
    'association.subnet-id': (acl) => acl.associations.map(({ subnetId }) => subnetId),
    default: (acl) => acl.isDefault,
    'entry.cidr': entryValues(({ cidrBlock }) => cidrBlock),
    'entry.icmp.code': entryValues(({ icmpTypeCode }) => icmpTypeCode?.code),
    'entry.icmp.type': entryValues(({ icmpTypeCode }) => icmpTypeCode?.type),
    'entry.ipv6-cidr': entryValues(({ ipv6CidrBlock }) => ipv6CidrBlock),
    'entry.port-range.from': entryValues(({ portRange }) => portRange?.from),
    'entry.port-range.to': entryValues(({ portRange }) => portRange?.to),
    'entry.protocol': entryValues(({ protocol }) => protocol),
    'entry.rule-action': entryValues(({ ruleAction }) => ruleAction),
    'entry.egress': entryValues(({ egress }) => egress),
    'entry.rule-number': entryValues(({ ruleNumber }) => ruleNumber),
    'network-acl-id': (acl) => acl.networkAclId,
    'owner-id': (acl) => acl.accountId,
    'vpc-id': (acl) => acl.vpcId,
  },
};

function entryValues(
  valueOf: (entry: NetworkAclEntry) => string | number | boolean | undefined,
): FilterValues<NetworkAcl> {
  return (acl) => withLast(acl).map(valueOf);
}

/** The entries and, of each direction, the last one, which denies what is left. */
function withLast({ entries }: NetworkAcl): readonly NetworkAclEntry[] {
  const last = [true, false].map(
    (egress): NetworkAclEntry => ({
      ruleNumber: 32_767,
      egress,
      ruleAction: 'deny',
      protocol: '-1',
      cidrBlock: '0.0.0.0/0',
    }),
  );
  return [...entries, ...last].sort((a, b) => Number(b.egress) - Number(a.egress) || a.ruleNumber - b.ruleNumber);
}

export function presentNetworkAcl(acl: NetworkAcl) {
  return {
    NetworkAclId: acl.networkAclId,
    VpcId: acl.vpcId,
    OwnerId: acl.accountId,
    IsDefault: acl.isDefault,
    Associations: acl.associations.map(({ networkAclAssociationId, subnetId }) => ({
      NetworkAclAssociationId: networkAclAssociationId,
      NetworkAclId: acl.networkAclId,
      SubnetId: subnetId,
    })),
    Entries: withLast(acl).map(presentEntry),
    Tags: presentTags(acl.tags),
  };
}

function presentEntry(entry: NetworkAclEntry) {
  const { portRange, icmpTypeCode } = entry;
  return {
    RuleNumber: entry.ruleNumber,
    Egress: entry.egress,
    RuleAction: entry.ruleAction,
    Protocol: entry.protocol,
    ...(entry.cidrBlock === undefined ? {} : { CidrBlock: entry.cidrBlock }),
    ...(entry.ipv6CidrBlock === undefined ? {} : { Ipv6CidrBlock: entry.ipv6CidrBlock }),
    ...(portRange === undefined ? {} : { PortRange: { From: portRange.from, To: portRange.to } }),
    ...(icmpTypeCode === undefined ? {} : { IcmpTypeCode: { Type: icmpTypeCode.type, Code: icmpTypeCode.code } }),
  };
}
