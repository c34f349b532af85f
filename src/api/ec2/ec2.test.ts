import { beforeEach, describe, expect, it } from 'vitest';
import { type Ec2World, ec2World } from './test-support/world.ts';

let world: Ec2World;

beforeEach(async () => {
  world = await ec2World();
});

describe('VPCs', () => {
  it('come with a main route table, a default network ACL and a default group', async () => {
    const tags = [{ Key: 'Name', Value: 'main' }];
    const { Vpc } = await world.call('CreateVpc', {
      CidrBlock: '10.0.7.1/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }],
    });
    expect(Vpc).toMatchObject({ CidrBlock: '10.0.0.0/16', IsDefault: false, State: 'available', Tags: tags });
    expect(Vpc.VpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
    const ofVpc = { Filters: [{ Name: 'vpc-id', Values: [Vpc.VpcId] }] };
    const { RouteTables } = await world.call('DescribeRouteTables', ofVpc);
    expect(RouteTables).toMatchObject([
      {
        Associations: [{ Main: true }],
        Routes: [
          { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
        ],
      },
    ]);
    const { NetworkAcls } = await world.call('DescribeNetworkAcls', ofVpc);
    expect(NetworkAcls).toMatchObject([
      {
        IsDefault: true,
        Entries: [{ RuleNumber: 100 }, { RuleNumber: 32767 }, { RuleNumber: 100 }, { RuleNumber: 32767 }],
      },
    ]);
    const { SecurityGroups } = await world.call('DescribeSecurityGroups', ofVpc);
    expect(SecurityGroups).toMatchObject([
      {
        GroupName: 'default',
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: SecurityGroups[0].GroupId }] }],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ]);
    await world.call('DeleteVpc', { VpcId: Vpc.VpcId });
    for (const [operation, member] of [
      ['DescribeRouteTables', 'RouteTables'],
      ['DescribeNetworkAcls', 'NetworkAcls'],
      ['DescribeSecurityGroups', 'SecurityGroups'],
    ] as const) {
      expect((await world.call(operation, ofVpc))[member]).toEqual([]);
    }
    expect(await world.failing('DescribeVpcs', { VpcIds: [Vpc.VpcId] })).toBe(
      `InvalidVpcID.NotFound: The vpc ID '${Vpc.VpcId}' does not exist`,
    );
  });

  it('of one installation never overlap, whoever they belong to', async () => {
    await world.vpc('10.0.0.0/16');
    expect(await world.failing('CreateVpc', { CidrBlock: '10.0.128.0/20' })).toMatch(
      /^InvalidVpc.Range: The CIDR '10.0.128.0\/20' conflicts with VPC vpc-.* never overlap/,
    );
    const other = await world.failing('CreateVpc', { CidrBlock: '10.0.0.0/16' }, { accountId: world.other });
    expect(other).toContain('conflicts with a VPC of another account or region');
    expect(other).not.toMatch(/vpc-[0-9a-f]/);
  });

  it.each([
    [
      { CidrBlock: '10.0.0/16' },
      'InvalidParameterValue: Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    ],
    [{ CidrBlock: '10.0.0.0/8' }, "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."],
    [{}, 'MissingParameter: The request must contain the parameter cidrBlock'],
    [{ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }, 'UnsupportedOperation: IPv6'],
    [
      { CidrBlock: '10.0.0.0/16', DryRun: true },
      'DryRunOperation: Request would have succeeded, but DryRun flag is set.',
    ],
  ])('are refused as AWS does: %j', async (input, said) => {
    expect(await world.failing('CreateVpc', input)).toContain(said);
  });

  it('have attributes, one at a time', async () => {
    const VpcId = await world.vpc('10.0.0.0/16');
    const attribute = async (Attribute: string): Promise<unknown> => {
      const { VpcId: _, ...answer } = await world.call('DescribeVpcAttribute', { VpcId, Attribute });
      return Object.values(answer)[0];
    };
    expect([await attribute('enableDnsSupport'), await attribute('enableDnsHostnames')]).toEqual([
      { Value: true },
      { Value: false },
    ]);
    await world.call('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
    await world.call('ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: false } });
    expect([await attribute('enableDnsSupport'), await attribute('enableDnsHostnames')]).toEqual([
      { Value: false },
      { Value: true },
    ]);
    const both = { VpcId, EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } };
    expect(await world.failing('ModifyVpcAttribute', both)).toContain('InvalidParameterCombination');
  });

  it('have further blocks, which subnets may be of', async () => {
    const VpcId = await world.vpc('10.0.0.0/16');
    const { CidrBlockAssociation } = await world.call('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.1.0.0/16' });
    const { Subnet } = await world.call('CreateSubnet', { VpcId, CidrBlock: '10.1.2.0/24' });
    const gone = { AssociationId: CidrBlockAssociation.AssociationId };
    expect(await world.failing('DisassociateVpcCidrBlock', gone)).toContain('DependencyViolation');
    await world.call('DeleteSubnet', { SubnetId: Subnet.SubnetId });
    await world.call('DisassociateVpcCidrBlock', gone);
    const { Vpcs } = await world.call('DescribeVpcs', { VpcIds: [VpcId] });
    expect(Vpcs[0].CidrBlockAssociationSet).toHaveLength(1);
    const first = { AssociationId: Vpcs[0].CidrBlockAssociationSet[0].AssociationId };
    expect(await world.failing('DisassociateVpcCidrBlock', first)).toContain('It is the primary IPv4 CIDR block');
  });

  it('are not deleted while something is in them', async () => {
    const VpcId = await world.vpc('10.0.0.0/16');
    const { Subnet } = await world.call('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' });
    expect(await world.failing('DeleteVpc', { VpcId })).toBe(
      `DependencyViolation: The vpc '${VpcId}' has dependencies and cannot be deleted.`,
    );
    await world.call('DeleteSubnet', { SubnetId: Subnet.SubnetId });
    await world.call('DeleteVpc', { VpcId });
  });
});

describe('the default VPC', () => {
  it('is there from the first answer on, stays deleted, and can be made again', async () => {
    const { Vpcs } = await world.call('DescribeVpcs', { Filters: [{ Name: 'is-default', Values: ['true'] }] });
    const [{ VpcId }] = Vpcs;
    const ofVpc = { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] };
    const { Subnets } = await world.call('DescribeSubnets', ofVpc);
    expect(Subnets).toHaveLength(3);
    expect(Subnets[1]).toMatchObject({ DefaultForAz: true, MapPublicIpOnLaunch: true, AvailabilityZoneId: 'euw1-az2' });
    const inZone = { AvailabilityZone: 'eu-west-1a' };
    expect(await world.failing('CreateDefaultSubnet', inZone)).toContain('DefaultSubnetAlreadyExists');
    for (const { SubnetId } of Subnets) await world.call('DeleteSubnet', { SubnetId });
    expect((await world.call('CreateDefaultSubnet', inZone)).Subnet.CidrBlock).toBe('172.31.0.0/20');
    const { Subnets: left } = await world.call('DescribeSubnets', ofVpc);
    await world.call('DeleteSubnet', { SubnetId: left[0].SubnetId });
    const { InternetGateways } = await world.call('DescribeInternetGateways', {
      Filters: [{ Name: 'attachment.vpc-id', Values: [VpcId] }],
    });
    const [{ InternetGatewayId }] = InternetGateways;
    await world.call('DetachInternetGateway', { InternetGatewayId, VpcId });
    await world.call('DeleteInternetGateway', { InternetGatewayId });
    await world.call('DeleteVpc', { VpcId });
    expect((await world.call('DescribeVpcs')).Vpcs).toEqual([]);
    expect(await world.failing('CreateSecurityGroup', { GroupName: 'a', Description: 'a' })).toContain(
      'VPCIdNotSpecified',
    );
    const { Vpc } = await world.call('CreateDefaultVpc');
    expect(Vpc).toMatchObject({ IsDefault: true, CidrBlock: '172.31.0.0/16' });
    expect(await world.failing('CreateDefaultVpc')).toContain('DefaultVpcAlreadyExists');
  });
});

describe('subnets', () => {
  it('are apart from each other, in their VPC, and in the emptiest zone', async () => {
    const VpcId = await world.vpc('10.0.0.0/16');
    const first = await world.call('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24', AvailabilityZone: 'eu-west-1b' });
    const second = await world.call('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' });
    expect(first.Subnet).toMatchObject({ AvailabilityZone: 'eu-west-1b', AvailableIpAddressCount: 251 });
    expect(second.Subnet.AvailabilityZone).toBe('eu-west-1a');
    const refused = (input: object) => world.failing('CreateSubnet', { VpcId, ...input });
    expect(await refused({ CidrBlock: '10.0.0.128/25' })).toContain('InvalidSubnet.Conflict');
    expect(await refused({ CidrBlock: '10.1.0.0/24' })).toContain('InvalidSubnet.Range');
    expect(await refused({ CidrBlock: '10.0.2.0/29' })).toContain('InvalidSubnet.Range');
    expect(await refused({ CidrBlock: '10.0.2.0/24', AvailabilityZone: 'eu-west-1z' })).toContain(
      'Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c.',
    );
  });

  it('have attributes', async () => {
    const SubnetId = await world.subnet('10.0.0.0/16', '10.0.0.0/24');
    await world.call('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } });
    await world.call('ModifySubnetAttribute', { SubnetId, PrivateDnsHostnameTypeOnLaunch: 'resource-name' });
    await world.call('ModifySubnetAttribute', { SubnetId, EnableResourceNameDnsARecordOnLaunch: { Value: true } });
    const { Subnets } = await world.call('DescribeSubnets', { SubnetIds: [SubnetId] });
    expect(Subnets[0]).toMatchObject({
      MapPublicIpOnLaunch: true,
      PrivateDnsNameOptionsOnLaunch: { HostnameType: 'resource-name', EnableResourceNameDnsARecord: true },
    });
    const v6 = { SubnetId, AssignIpv6AddressOnCreation: { Value: true } };
    expect(await world.failing('ModifySubnetAttribute', v6)).toContain('UnsupportedOperation');
  });
});

describe('lists', () => {
  it('come in pages, whose tokens are for this list alone', async () => {
    for (let index = 0; index < 7; index++) await world.vpc(`10.${index}.0.0/16`);
    const ids: string[] = [];
    let token: object = {};
    do {
      const page = await world.call('DescribeVpcs', { MaxResults: 5, ...token });
      ids.push(...page.Vpcs.map(({ VpcId }: { VpcId: string }) => VpcId));
      token = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
      if (page.NextToken !== undefined) {
        expect(await world.failing('DescribeSubnets', { MaxResults: 5, NextToken: page.NextToken })).toContain(
          'InvalidNextToken',
        );
      }
    } while (Object.keys(token).length > 0);
    expect(new Set(ids).size).toBe(8);
    expect(await world.failing('DescribeVpcs', { MaxResults: 4 })).toMatch(/^InvalidParameterValue: /);
    expect(await world.failing('DescribeVpcs', { MaxResults: 5, VpcIds: [ids[0]] })).toContain(
      'InvalidParameterCombination',
    );
  });

  it('know the filters of their kind, wildcards, and tags', async () => {
    const names = ['web-1', 'web-2', 'db'];
    for (const [index, Value] of names.entries()) {
      await world.vpc(`10.${index}.0.0/16`, [{ Key: 'Name', Value }]);
    }
    const found = async (...Filters: { Name: string; Values: string[] }[]): Promise<string[]> => {
      const { Vpcs } = await world.call('DescribeVpcs', { Filters });
      return Vpcs.map(({ CidrBlock }: { CidrBlock: string }) => CidrBlock);
    };
    expect(await found({ Name: 'tag:Name', Values: ['web-*'] })).toEqual(['10.0.0.0/16', '10.1.0.0/16']);
    expect(await found({ Name: 'tag:Name', Values: ['web-?', 'd*'] })).toHaveLength(3);
    expect(await found({ Name: 'tag-key', Values: ['Name'] }, { Name: 'cidr', Values: ['10.2.*'] })).toEqual([
      '10.2.0.0/16',
    ]);
    expect(await found({ Name: 'is-default', Values: ['true'] })).toEqual(['172.31.0.0/16']);
    expect(await world.failing('DescribeVpcs', { Filters: [{ Name: 'colour', Values: ['red'] }] })).toBe(
      "InvalidParameterValue: The filter 'colour' is invalid",
    );
  });
});

describe('tags', () => {
  it('are put on resources of any kind, described, and taken away', async () => {
    const VpcId = await world.vpc('10.0.0.0/16');
    const SubnetId = await world.subnetOf(VpcId, '10.0.0.0/24');
    const Tags = [
      { Key: 'team', Value: 'shop' },
      { Key: 'stage', Value: 'test' },
    ];
    await world.call('CreateTags', { Resources: [VpcId, SubnetId], Tags });
    const described = await world.call('DescribeTags', { Filters: [{ Name: 'resource-type', Values: ['subnet'] }] });
    expect(described.Tags).toEqual(Tags.map((tag) => ({ ...tag, ResourceId: SubnetId, ResourceType: 'subnet' })));
    await world.call('DeleteTags', { Resources: [VpcId], Tags: [{ Key: 'team' }, { Key: 'stage', Value: 'other' }] });
    await world.call('DeleteTags', { Resources: [SubnetId] });
    expect((await world.call('DescribeTags')).Tags).toEqual([
      { Key: 'stage', Value: 'test', ResourceId: VpcId, ResourceType: 'vpc' },
    ]);
    expect(await world.failing('CreateTags', { Resources: ['x-1'], Tags })).toBe(
      "InvalidID: The ID 'x-1' is not valid",
    );
    const reserved = [{ Key: 'aws:a', Value: '' }];
    expect(await world.failing('CreateTags', { Resources: [VpcId], Tags: reserved })).toContain('reserved');
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(await world.failing('CreateTags', { Resources: [VpcId], Tags: many })).toContain('TagLimitExceeded');
  });
});

describe('DHCP options', () => {
  it('are a VPC’s until it has others', async () => {
    const VpcId = await world.vpc('10.0.0.0/16');
    const { DhcpOptions } = await world.call('CreateDhcpOptions', {
      DhcpConfigurations: [{ Key: 'domain-name', Values: ['shop.internal'] }],
    });
    const { DhcpOptionsId } = DhcpOptions;
    await world.call('AssociateDhcpOptions', { DhcpOptionsId, VpcId });
    expect((await world.call('DescribeVpcs', { VpcIds: [VpcId] })).Vpcs[0].DhcpOptionsId).toBe(DhcpOptionsId);
    expect(await world.failing('DeleteDhcpOptions', { DhcpOptionsId })).toContain('DependencyViolation');
    await world.call('AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId });
    await world.call('DeleteDhcpOptions', { DhcpOptionsId });
    const { DhcpOptions: left } = await world.call('DescribeDhcpOptions');
    expect(left).toMatchObject([{ DhcpConfigurations: [{ Key: 'domain-name' }, { Key: 'domain-name-servers' }] }]);
  });
});

describe('places', () => {
  it('are zones, also those that hosts are in, and regions', async () => {
    await world.harness.addHost({ pool: 'fargate', zone: 'eu-west-1d' });
    const { AvailabilityZones } = await world.call('DescribeAvailabilityZones');
    expect(AvailabilityZones.map(({ ZoneName }: { ZoneName: string }) => ZoneName)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
      'eu-west-1d',
    ]);
    const one = await world.call('DescribeAvailabilityZones', { Filters: [{ Name: 'zone-id', Values: ['euw1-az2'] }] });
    expect(one.AvailabilityZones).toMatchObject([{ ZoneName: 'eu-west-1b', State: 'available' }]);
    expect((await world.call('DescribeRegions')).Regions).toContainEqual({
      RegionName: 'eu-west-1',
      Endpoint: 'ec2.eu-west-1.amazonaws.com',
      OptInStatus: 'opt-in-not-required',
    });
  });

  it('have no instances, and say so', async () => {
    expect(await world.call('DescribeInstances')).toEqual({ Reservations: [] });
    expect(await world.failing('DescribeInstances', { InstanceIds: ['i-1'] })).toContain('InvalidInstanceID.NotFound');
    expect(await world.call('DescribeInstanceTypes')).toEqual({ InstanceTypes: [] });
    expect(await world.call('DescribeVpnGateways')).toEqual({ VpnGateways: [] });
    expect(await world.call('DescribePrefixLists')).toEqual({ PrefixLists: [] });
    expect(await world.call('DescribeManagedPrefixLists')).toEqual({ PrefixLists: [] });
    const { AccountAttributes } = await world.call('DescribeAccountAttributes', { AttributeNames: ['default-vpc'] });
    expect(AccountAttributes[0].AttributeValues[0].AttributeValue).toMatch(/^vpc-/);
  });
});
