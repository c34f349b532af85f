import type { RawTables } from '../replay.ts';
import type { Migration } from './migration.ts';

/** The members of a VPC's and a subnet's record of version 1. */
interface Vpc1 {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
}

interface Subnet1 {
  readonly vpcId: string;
  readonly subnetId: string;
}

interface Group1 {
  readonly vpcId: string;
  readonly groupId: string;
}

/**
 * Every VPC gets what it did not have a record of: its main route table, its network ACL, the rules of its groups, and
 * its internet gateway; every account with a VPC in a region gets DHCP options there. New ids are made of the VPC's own, so
 * that the same journal becomes the same records each time.
 */
export const vpcParts: Migration = {
  to: 2,
  summary: 'VPCs have route tables, network ACLs, internet gateways and rules of their security groups',
  migrate: (tables) => {
    const add = adder(tables);
    const allSubnets = recordsOf(tables, 'subnets') as readonly Subnet1[];
    const allGroups = recordsOf(tables, 'securityGroups') as readonly Group1[];
    const dhcp = new Set<string>();
    for (const vpc of recordsOf(tables, 'vpcs') as readonly Vpc1[]) {
      const subnets = allSubnets.filter(({ vpcId }) => vpcId === vpc.vpcId);
      const groups = allGroups.filter(({ vpcId }) => vpcId === vpc.vpcId);
      addParts(add, vpc, subnets);
      for (const { groupId } of groups) addRules(add, vpc, groupId);
      if (!dhcp.has(scopeOf(vpc))) addDhcpOptions(add, vpc);
      dhcp.add(scopeOf(vpc));
    }
  },
};

type Add = (table: string, vpc: Vpc1, id: string, record: object) => void;

function addParts(add: Add, vpc: Vpc1, subnets: readonly Subnet1[]): void {
  const { vpcId } = vpc;
  const hex = vpcId.slice('vpc-'.length);
  const internetGatewayId = `igw-${hex}`;
  if (vpc.isDefault) add('internetGateways', vpc, internetGatewayId, { internetGatewayId, vpcId });
  const routeTableId = `rtb-${hex}`;
  add('routeTables', vpc, routeTableId, {
    routeTableId,
    vpcId,
    routes: vpc.isDefault ? [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: internetGatewayId }] : [],
    associations: [{ routeTableAssociationId: `rtbassoc-${hex}`, main: true }],
  });
  const networkAclId = `acl-${hex}`;
  const open = { ruleNumber: 100, ruleAction: 'allow', protocol: '-1', cidrBlock: '0.0.0.0/0' };
  add('networkAcls', vpc, networkAclId, {
    networkAclId,
    vpcId,
    isDefault: true,
    entries: [
      { ...open, egress: true },
      { ...open, egress: false },
    ],
    associations: subnets.map(({ subnetId }) => ({
      networkAclAssociationId: subnetId.replace('subnet-', 'aclassoc-'),
      subnetId,
    })),
  });
}

/** Groups of version 1 are default groups: they let their own members in, and everything out. */
function addRules(add: Add, vpc: Vpc1, groupId: string): void {
  const hex = groupId.slice('sg-'.length, -1);
  const rule = { groupId, ipProtocol: '-1', fromPort: -1, toPort: -1 };
  const ingress = `sgr-${hex}0`;
  const egress = `sgr-${hex}1`;
  add('securityGroupRules', vpc, ingress, {
    securityGroupRuleId: ingress,
    ...rule,
    isEgress: false,
    referencedGroupId: groupId,
  });
  add('securityGroupRules', vpc, egress, {
    securityGroupRuleId: egress,
    ...rule,
    isEgress: true,
    cidrIpv4: '0.0.0.0/0',
  });
}

function addDhcpOptions(add: Add, vpc: Vpc1): void {
  const dhcpOptionsId = `dopt-${vpc.vpcId.slice('vpc-'.length)}`;
  const domain = vpc.region === 'us-east-1' ? 'ec2.internal' : `${vpc.region}.compute.internal`;
  add('dhcpOptions', vpc, dhcpOptionsId, {
    dhcpOptionsId,
    isDefault: true,
    configurations: [
      { key: 'domain-name', values: [domain] },
      { key: 'domain-name-servers', values: ['AmazonProvidedDNS'] },
    ],
  });
}

function recordsOf(tables: RawTables, name: string): readonly object[] {
  return [...(tables.get(name)?.values() ?? [])].map(({ record }) => record);
}

function scopeOf({ accountId, region }: Vpc1): string {
  return `${accountId}/${region}`;
}

/** Adds records after all that were created before. */
function adder(tables: RawTables): Add {
  let created = 0;
  for (const records of tables.values())
    for (const entry of records.values()) created = Math.max(created, entry.created);
  return (name, vpc, id, members) => {
    const table = tables.get(name) ?? new Map();
    tables.set(name, table);
    const key = `${scopeOf(vpc)}/${id}`;
    created++;
    table.set(key, { created, key, record: { accountId: vpc.accountId, region: vpc.region, ...members } });
  };
}
