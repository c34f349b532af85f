import { beforeEach, describe, expect, it } from 'vitest';
import { type Ec2World, ec2World } from './test-support/world.ts';

let world: Ec2World;
let VpcId: string;
let GroupId: string;

beforeEach(async () => {
  world = await ec2World();
  VpcId = await world.vpc('10.0.0.0/16');
  GroupId = await world.group(VpcId, 'web');
});

const web = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'web' }] };

async function group(): Promise<{ IpPermissions: unknown; IpPermissionsEgress: unknown }> {
  const { SecurityGroups } = await world.call('DescribeSecurityGroups', { GroupIds: [GroupId] });
  return SecurityGroups[0];
}

describe('security groups', () => {
  it('begin with a rule that lets everything out', async () => {
    expect(await group()).toMatchObject({
      GroupName: 'web',
      Description: 'web',
      IpPermissions: [],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
  });

  it.each([
    [{ GroupName: 'web' }, "InvalidGroup.Duplicate: The security group 'web' already exists for VPC 'vpc-"],
    [{ GroupName: 'default' }, 'Cannot use reserved security group name: default'],
    [{ GroupName: 'sg-1' }, 'Group names may not be in the format sg-*'],
    [{ GroupName: 'a', Description: 'ä' }, 'InvalidParameterValue: Value (ä) for parameter GroupDescription'],
    [{ GroupName: 'a', VpcId: 'vpc-1' }, 'InvalidVpcID.NotFound'],
  ])('are refused as AWS does: %j', async (input, said) => {
    expect(await world.failing('CreateSecurityGroup', { VpcId, Description: 'a', ...input })).toContain(said);
  });

  it('are not deleted while something names them', async () => {
    const other = await world.group(VpcId, 'app');
    const fromWeb = { GroupId: other, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }] };
    await world.call('AuthorizeSecurityGroupIngress', fromWeb);
    expect(await world.failing('DeleteSecurityGroup', { GroupId })).toBe(
      `DependencyViolation: resource ${GroupId} has a dependent object`,
    );
    await world.call('RevokeSecurityGroupIngress', fromWeb);
    const SubnetId = await world.subnetOf(VpcId, '10.0.0.0/24');
    const { NetworkInterface } = await world.call('CreateNetworkInterface', { SubnetId, Groups: [GroupId] });
    expect(await world.failing('DeleteSecurityGroup', { GroupId })).toContain('DependencyViolation');
    await world.call('DeleteNetworkInterface', { NetworkInterfaceId: NetworkInterface.NetworkInterfaceId });
    await world.call('DeleteSecurityGroup', { GroupId });
    expect(world.harness.store.view.securityGroupRules.count('group', GroupId)).toBe(0);
    const { SecurityGroups } = await world.call('DescribeSecurityGroups', {
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'group-name', Values: ['default'] },
      ],
    });
    expect(await world.failing('DeleteSecurityGroup', { GroupId: SecurityGroups[0].GroupId })).toContain(
      'CannotDelete',
    );
  });

  it('of the default VPC are known by name', async () => {
    await world.call('CreateSecurityGroup', { GroupName: 'named', Description: 'named' });
    await world.call('AuthorizeSecurityGroupIngress', {
      GroupName: 'named',
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      CidrIp: '10.0.0.0/8',
    });
    const { SecurityGroups } = await world.call('DescribeSecurityGroups', { GroupNames: ['named'] });
    expect(SecurityGroups[0].IpPermissions).toMatchObject([{ FromPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]);
    expect(await world.failing('DescribeSecurityGroups', { GroupNames: ['none'] })).toMatch(
      /^InvalidGroup.NotFound: The security group 'none' does not exist in default VPC 'vpc-/,
    );
    await world.call('DeleteSecurityGroup', { GroupName: 'named' });
  });
});

describe('rules', () => {
  it('are one for each peer, and shown together', async () => {
    const permission = {
      ...web,
      IpRanges: [...web.IpRanges, { CidrIp: '10.9.9.9/8' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:0DB8:0:0::1/32' }],
      UserIdGroupPairs: [{ GroupId, Description: 'itself' }],
    };
    const tags = [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'a', Value: 'b' }] }];
    const made = await world.call('AuthorizeSecurityGroupIngress', {
      GroupId,
      IpPermissions: [permission],
      TagSpecifications: tags,
    });
    expect(made.Return).toBe(true);
    expect(made.SecurityGroupRules).toMatchObject([
      { CidrIpv4: '0.0.0.0/0', Description: 'web', FromPort: 80, IsEgress: false, Tags: [{ Key: 'a', Value: 'b' }] },
      { CidrIpv4: '10.0.0.0/8' },
      { CidrIpv6: '2001:db8::/32' },
      { ReferencedGroupInfo: { GroupId, VpcId } },
    ]);
    expect((await group()).IpPermissions).toMatchObject([
      { IpRanges: [{}, {}], Ipv6Ranges: [{}], UserIdGroupPairs: [{ GroupId, Description: 'itself' }] },
    ]);
    const { SecurityGroupRules } = await world.call('DescribeSecurityGroupRules', {
      Filters: [{ Name: 'group-id', Values: [GroupId] }],
    });
    expect(SecurityGroupRules).toHaveLength(5);
    expect(await world.failing('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [web] })).toBe(
      'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
    );
    await world.call('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [permission] });
    expect((await group()).IpPermissions).toEqual([]);
    expect(await world.failing('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [web] })).toBe(
      'InvalidPermission.NotFound: The specified rule does not exist in this security group.',
    );
  });

  it.each([
    [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 80 }, 'Invalid TCP port range (443,80)'],
    [{ FromPort: undefined }, 'Must specify both from and to ports with TCP/UDP.'],
    [{ IpProtocol: 'ftp' }, "Invalid value 'ftp' for IP protocol. Unknown protocol."],
    [{ IpProtocol: 'icmp', FromPort: 300 }, 'out of range: 300'],
    [{ IpRanges: [{ CidrIp: '10.0.0' }] }, 'CIDR block 10.0.0 is malformed'],
    [{ Ipv6Ranges: [{ CidrIpv6: '::1' }] }, 'CIDR block ::1 is malformed'],
    [{ IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'ä' }] }, 'Invalid rule description'],
    [{ UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0' }] }, 'InvalidGroup.NotFound'],
    [
      { UserIdGroupPairs: [{ GroupId: 'group' }] },
      'InvalidGroupId.Malformed: Invalid id: "group" (expecting "sg-...")',
    ],
    [{ PrefixListIds: [{ PrefixListId: 'pl-1' }] }, 'InvalidPrefixListID.NotFound'],
    [{ IpRanges: [] }, 'MissingParameter'],
    [{ IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '10.0.0.0/8' }] }, 'must not appear multiple times'],
  ])('are refused as AWS does: %j', async (input, said) => {
    expect(
      await world.failing('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: [{ ...web, ...input }] }),
    ).toContain(said);
  });

  it('are so many at most', async () => {
    const IpRanges = Array.from({ length: 61 }, (_, index) => ({ CidrIp: `10.0.${index}.0/24` }));
    expect(
      await world.failing('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ ...web, IpRanges }] }),
    ).toBe('RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.');
  });

  it('are changed, described and revoked by id', async () => {
    const made = await world.call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [web] });
    const [{ SecurityGroupRuleId }] = made.SecurityGroupRules;
    const wanted = { IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIpv4: '10.0.0.0/8', Description: 'dns' };
    await world.call('ModifySecurityGroupRules', {
      GroupId,
      SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule: wanted }],
    });
    const rule = async (): Promise<unknown> => {
      const found = await world.call('DescribeSecurityGroupRules', { SecurityGroupRuleIds: [SecurityGroupRuleId] });
      return found.SecurityGroupRules[0];
    };
    expect(await rule()).toMatchObject(wanted);
    await world.call('UpdateSecurityGroupRuleDescriptionsIngress', {
      GroupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: 'names' }],
    });
    expect(await rule()).toMatchObject({ Description: 'names' });
    const permission = { IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
    await world.call('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId, IpPermissions: [permission] });
    expect(await rule()).not.toHaveProperty('Description');
    expect(
      await world.failing('RevokeSecurityGroupEgress', { GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] }),
    ).toContain('InvalidSecurityGroupRuleId.NotFound');
    const gone = await world.call('RevokeSecurityGroupIngress', {
      GroupId,
      SecurityGroupRuleIds: [SecurityGroupRuleId],
    });
    expect(gone.RevokedSecurityGroupRules).toMatchObject([{ SecurityGroupRuleId, CidrIpv4: '10.0.0.0/8' }]);
    expect(await world.call('DescribeSecurityGroupReferences', { GroupId: [GroupId] })).toEqual({
      SecurityGroupReferenceSet: [],
    });
  });

  it('name groups of the same VPC alone', async () => {
    const elsewhere = await world.group(await world.vpc('10.1.0.0/16'), 'web');
    const pair = { IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: elsewhere }] }] };
    expect(await world.failing('AuthorizeSecurityGroupIngress', { GroupId, ...pair })).toContain(
      'You have specified two resources that belong to different networks.',
    );
  });
});

describe('network ACLs', () => {
  const allow = { RuleNumber: 100, Protocol: 'tcp', RuleAction: 'allow', Egress: false, CidrBlock: '10.0.0.9/8' };

  it('have entries of their own, and the last one', async () => {
    const { NetworkAcl } = await world.call('CreateNetworkAcl', { VpcId });
    const { NetworkAclId } = NetworkAcl;
    expect(NetworkAcl).toMatchObject({ IsDefault: false, Entries: [{ RuleAction: 'deny' }, { RuleAction: 'deny' }] });
    const entry = { NetworkAclId, ...allow, PortRange: { From: 80, To: 80 } };
    await world.call('CreateNetworkAclEntry', entry);
    expect(await world.failing('CreateNetworkAclEntry', entry)).toContain('NetworkAclEntryAlreadyExists');
    await world.call('ReplaceNetworkAclEntry', { ...entry, RuleAction: 'deny' });
    const { NetworkAcls } = await world.call('DescribeNetworkAcls', {
      Filters: [{ Name: 'entry.port-range.from', Values: ['80'] }],
    });
    expect(NetworkAcls[0].Entries[1]).toEqual({
      RuleNumber: 100,
      Egress: false,
      RuleAction: 'deny',
      Protocol: '6',
      CidrBlock: '10.0.0.0/8',
      PortRange: { From: 80, To: 80 },
    });
    await world.call('DeleteNetworkAclEntry', { NetworkAclId, RuleNumber: 100, Egress: false });
    expect(await world.failing('ReplaceNetworkAclEntry', entry)).toBe(
      'InvalidNetworkAclEntry.NotFound: The network acl entry identified by 100 does not exist.',
    );
    const refused = (input: object) => world.failing('CreateNetworkAclEntry', { ...entry, ...input });
    expect(await refused({ PortRange: undefined })).toContain('MissingParameter');
    expect(await refused({ RuleNumber: 32767 })).toContain('for parameter ruleNumber is invalid');
    expect(await refused({ Protocol: 'icmp' })).toContain('MissingParameter');
    expect(await refused({ CidrBlock: undefined })).toContain('MissingParameter');
  });

  it('are of subnets, each of which has one', async () => {
    const SubnetId = await world.subnetOf(VpcId, '10.0.0.0/24');
    const ofSubnet = { Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] };
    const { NetworkAcls } = await world.call('DescribeNetworkAcls', ofSubnet);
    const { NetworkAcl } = await world.call('CreateNetworkAcl', { VpcId, ClientToken: 'once' });
    const again = await world.call('CreateNetworkAcl', { VpcId, ClientToken: 'once' });
    expect(again.NetworkAcl.NetworkAclId).toBe(NetworkAcl.NetworkAclId);
    const AssociationId = NetworkAcls[0].Associations[0].NetworkAclAssociationId;
    const { NetworkAclId } = NetworkAcl;
    await world.call('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId });
    expect((await world.call('DescribeNetworkAcls', ofSubnet)).NetworkAcls).toMatchObject([{ NetworkAclId }]);
    expect(await world.failing('DeleteNetworkAcl', { NetworkAclId })).toContain('DependencyViolation');
    expect(await world.failing('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId })).toContain(
      'InvalidAssociationID.NotFound',
    );
    await world.call('DeleteSubnet', { SubnetId });
    await world.call('DeleteNetworkAcl', { NetworkAclId });
    expect(await world.failing('DeleteNetworkAcl', { NetworkAclId: NetworkAcls[0].NetworkAclId })).toContain(
      'cannot delete default network ACL',
    );
  });
});

describe('network interfaces', () => {
  it('have addresses of their subnet, groups and attributes', async () => {
    const SubnetId = await world.subnetOf(VpcId, '10.0.0.0/28');
    const { NetworkInterface } = await world.call('CreateNetworkInterface', {
      SubnetId,
      PrivateIpAddress: '10.0.0.10',
      SecondaryPrivateIpAddressCount: 1,
      Groups: [GroupId],
      Description: 'mine',
    });
    const { NetworkInterfaceId } = NetworkInterface;
    expect(NetworkInterface).toMatchObject({
      Status: 'available',
      PrivateIpAddress: '10.0.0.10',
      PrivateDnsName: 'ip-10-0-0-10.eu-west-1.compute.internal',
      PrivateIpAddresses: [{ Primary: true }, { Primary: false, PrivateIpAddress: '10.0.0.4' }],
      Groups: [{ GroupId, GroupName: 'web' }],
      RequesterManaged: false,
      InterfaceType: 'interface',
      VpcId,
      AvailabilityZone: 'eu-west-1a',
    });
    const assigned = await world.call('AssignPrivateIpAddresses', {
      NetworkInterfaceId,
      SecondaryPrivateIpAddressCount: 2,
    });
    expect(assigned.AssignedPrivateIpAddresses).toEqual([
      { PrivateIpAddress: '10.0.0.5' },
      { PrivateIpAddress: '10.0.0.6' },
    ]);
    await world.call('UnassignPrivateIpAddresses', { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.4'] });
    const { Subnets } = await world.call('DescribeSubnets', { SubnetIds: [SubnetId] });
    expect(Subnets[0].AvailableIpAddressCount).toBe(8);
    await world.call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Description: { Value: 'yours' } });
    await world.call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: false } });
    const other = await world.group(VpcId, 'app');
    await world.call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [other] });
    const attribute = (Attribute: string) =>
      world.call('DescribeNetworkInterfaceAttribute', { NetworkInterfaceId, Attribute });
    expect(await attribute('description')).toMatchObject({ Description: { Value: 'yours' } });
    expect(await attribute('sourceDestCheck')).toMatchObject({ SourceDestCheck: { Value: false } });
    expect(await attribute('groupSet')).toMatchObject({ Groups: [{ GroupId: other }] });
    await world.call('DeleteNetworkInterface', { NetworkInterfaceId });
  });

  it.each([
    [{ PrivateIpAddress: '10.0.0.3' }, "does not fall within the subnet's address range"],
    [{ PrivateIpAddress: '10.0.0.4' }, 'InvalidIPAddress.InUse'],
    [{ SecondaryPrivateIpAddressCount: 20 }, 'InsufficientFreeAddressesInSubnet'],
    [{ Groups: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
    [{ InterfaceType: 'trunk' }, 'UnsupportedOperation'],
  ])('are refused as AWS does: %j', async (input, said) => {
    const SubnetId = await world.subnetOf(VpcId, '10.0.0.0/28');
    await world.call('CreateNetworkInterface', { SubnetId });
    expect(await world.failing('CreateNetworkInterface', { SubnetId, ...input })).toContain(said);
  });
});
