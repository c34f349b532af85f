import { describe, expect, it } from 'vitest';
import {
  type AccountId,
  addressesOf,
  cidrBlocksOf,
  contains,
  destinationOf,
  entriesInOrder,
  formatCidr,
  hasDnsHostnames,
  hasDnsSupport,
  hostOfInterface,
  type NetworkAcl,
  networkAclOf,
  openEntries,
  overlaps,
  parseCidr,
  parseIpv4,
  permissionOf,
  type Region,
  type RouteTable,
  routeTableOf,
  targetOf,
  type Vpc,
  zoneId,
} from '#model';

const scope = { accountId: '111111111111' as AccountId, region: 'eu-west-1' as Region };

describe('CIDR blocks', () => {
  it('are read with the bits after the prefix cleared', () => {
    expect(formatCidr(parseCidr('10.1.2.3/16')!)).toBe('10.1.0.0/16');
    expect(parseIpv4('255.255.255.255')).toBe(2 ** 32 - 1);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.256/8', '010.0.0.0/8', '::/0', '10.0.0.0/8/8'])(
    'are not %s',
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );

  it.each([
    ['10.0.0.0/16', '10.0.255.0/24', true],
    ['10.0.255.0/24', '10.0.0.0/16', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['0.0.0.0/0', '10.1.0.0/16', true],
  ])('%s and %s overlap: %s', (a, b, both) => expect(overlaps(parseCidr(a)!, parseCidr(b)!)).toBe(both));

  it('contain what is in them', () => {
    expect(contains(parseCidr('10.0.0.0/16')!, parseCidr('10.0.3.0/24')!)).toBe(true);
    expect(contains(parseCidr('10.0.3.0/24')!, parseCidr('10.0.0.0/16')!)).toBe(false);
  });
});

describe('what holds for a subnet', () => {
  const table = (routeTableId: string, subnets: readonly string[], main = false): RouteTable => ({
    ...scope,
    routeTableId,
    vpcId: 'vpc-1',
    routes: [{ destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1' }],
    associations: [
      ...(main ? [{ routeTableAssociationId: 'rtbassoc-0', main }] : []),
      ...subnets.map((subnetId) => ({ routeTableAssociationId: `rtbassoc-${subnetId}`, main: false, subnetId })),
    ],
  });
  const tables = [table('rtb-main', [], true), table('rtb-a', ['subnet-a'])];

  it('is its own route table, or the main one', () => {
    expect(routeTableOf('subnet-a', tables)?.routeTableId).toBe('rtb-a');
    expect(routeTableOf('subnet-b', tables)?.routeTableId).toBe('rtb-main');
    expect(routeTableOf('subnet-b', [])).toBeUndefined();
    expect(tables[0]!.routes.map((route) => [destinationOf(route), targetOf(route)])).toEqual([['0.0.0.0/0', 'nat-1']]);
  });

  it('is its network ACL, whose entries are asked by number', () => {
    const entry = (ruleNumber: number, egress: boolean) => ({ ...openEntries[0]!, ruleNumber, egress });
    const acl = (networkAclId: string, subnets: readonly string[], isDefault = false): NetworkAcl => ({
      ...scope,
      networkAclId,
      vpcId: 'vpc-1',
      isDefault,
      entries: [entry(200, false), entry(100, false), entry(1, true)],
      associations: subnets.map((subnetId) => ({ networkAclAssociationId: `aclassoc-${subnetId}`, subnetId })),
    });
    const acls = [acl('acl-a', ['subnet-a']), acl('acl-default', ['subnet-b'], true)];
    expect(networkAclOf('subnet-a', acls)?.networkAclId).toBe('acl-a');
    expect(networkAclOf('subnet-c', acls)?.networkAclId).toBe('acl-default');
    expect(entriesInOrder(acls[0]!, false).map(({ ruleNumber }) => ruleNumber)).toEqual([100, 200]);
  });
});

describe('records', () => {
  it('of VPCs say what is absent', () => {
    const vpc: Vpc = { ...scope, vpcId: 'vpc-1', cidrBlock: '10.0.0.0/16', isDefault: false };
    expect([hasDnsSupport(vpc), hasDnsHostnames(vpc), hasDnsHostnames({ ...vpc, isDefault: true })]).toEqual([
      true,
      false,
      true,
    ]);
    const second = { associationId: 'vpc-cidr-assoc-1', cidrBlock: '10.1.0.0/16' };
    expect(cidrBlocksOf({ ...vpc, cidrAssociations: [second] })).toEqual(['10.0.0.0/16', '10.1.0.0/16']);
  });

  it('of rules are the same when they let the same through', () => {
    const rule = { ipProtocol: 'tcp', fromPort: 80, toPort: 80, isEgress: false };
    expect(permissionOf({ ...rule, cidrIpv4: '10.0.0.0/8', description: 'a' })).toBe(
      permissionOf({ ...rule, cidrIpv4: '10.0.0.0/8' }),
    );
    expect(permissionOf({ ...rule, cidrIpv4: '10.0.0.0/8' })).not.toBe(
      permissionOf({ ...rule, referencedGroupId: 'sg-1' }),
    );
  });

  it('of interfaces have addresses and at most one host', () => {
    expect(addressesOf({ privateIpv4Address: '10.0.0.4', secondaryPrivateIpv4Addresses: ['10.0.0.5'] })).toEqual([
      '10.0.0.4',
      '10.0.0.5',
    ]);
    expect(hostOfInterface({}, undefined)).toBeUndefined();
  });

  it.each([
    ['us-east-1a', 'use1-az1'],
    ['eu-central-1b', 'euc1-az2'],
    ['ap-southeast-2c', 'apse2-az3'],
    ['us-gov-west-1a', 'usgovw1-az1'],
  ])('of zones: %s is %s', (name, id) => expect(zoneId(name)).toBe(id));
});
