import type { Ids } from '#base';
import {
  defaultGroupDescription,
  type NetworkAcl,
  openEntries,
  type RouteTable,
  type Scope,
  type SecurityGroup,
  type SecurityGroupRule,
  type Vpc,
} from '#model';
import type { RoadsteadTx } from '#store';

/** A VPC and what comes with it. */
export interface VpcRecords {
  readonly vpc: Vpc;
  /** The main one. */
  readonly routeTable: RouteTable;
  /** The default one. */
  readonly networkAcl: NetworkAcl;
  /** The default one. */
  readonly securityGroup: SecurityGroup;
  readonly securityGroupRules: readonly SecurityGroupRule[];
}

/** A new VPC with its main route table, its default network ACL and its default security group. */
export function newVpc(scope: Scope, given: Pick<Vpc, 'cidrBlock' | 'isDefault'> & Partial<Vpc>, ids: Ids): VpcRecords {
  const vpcId = `vpc-${ids.hex(17)}`;
  const group = {
    ...scope,
    groupId: `sg-${ids.hex(17)}`,
    groupName: 'default',
    description: defaultGroupDescription,
    vpcId,
  };
  return {
    vpc: { ...scope, vpcId, cidrAssociationId: `vpc-cidr-assoc-${ids.hex(17)}`, ...given },
    routeTable: {
      ...scope,
      routeTableId: `rtb-${ids.hex(17)}`,
      vpcId,
      routes: [],
      associations: [{ routeTableAssociationId: `rtbassoc-${ids.hex(17)}`, main: true }],
    },
    networkAcl: {
      ...scope,
      networkAclId: `acl-${ids.hex(17)}`,
      vpcId,
      isDefault: true,
      entries: openEntries,
      associations: [],
    },
    securityGroup: group,
    securityGroupRules: [ingressFromItself(group, ids), egressToAll(group, ids)],
  };
}

/** The rule that a default group begins with. */
function ingressFromItself(group: SecurityGroup, ids: Ids): SecurityGroupRule {
  return { ...ruleOf(group, ids), isEgress: false, referencedGroupId: group.groupId };
}

/** The rule that every group begins with. */
export function egressToAll(group: SecurityGroup, ids: Ids): SecurityGroupRule {
  return { ...ruleOf(group, ids), isEgress: true, cidrIpv4: '0.0.0.0/0' };
}

function ruleOf({ accountId, region, groupId }: SecurityGroup, ids: Ids) {
  const securityGroupRuleId = `sgr-${ids.hex(17)}`;
  return { accountId, region, securityGroupRuleId, groupId, ipProtocol: '-1', fromPort: -1, toPort: -1 };
}

export function putVpc(tx: RoadsteadTx, records: VpcRecords): void {
  tx.vpcs.put(records.vpc);
  tx.routeTables.put(records.routeTable);
  tx.networkAcls.put(records.networkAcl);
  tx.securityGroups.put(records.securityGroup);
  for (const rule of records.securityGroupRules) tx.securityGroupRules.put(rule);
}
