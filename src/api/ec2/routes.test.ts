import { beforeEach, describe, expect, it } from 'vitest';
import { type Ec2World, ec2World } from './test-support/world.ts';

let world: Ec2World;
let VpcId: string;
let SubnetId: string;

beforeEach(async () => {
  world = await ec2World();
  VpcId = await world.vpc('10.0.0.0/16');
  SubnetId = await world.subnetOf(VpcId, '10.0.0.0/28');
});

async function table(): Promise<string> {
  const { RouteTable } = await world.call('CreateRouteTable', { VpcId });
  return RouteTable.RouteTableId;
}

async function routes(RouteTableId: string): Promise<unknown> {
  const { RouteTables } = await world.call('DescribeRouteTables', { RouteTableIds: [RouteTableId] });
  return RouteTables[0].Routes.slice(1);
}

describe('route tables', () => {
  it('are of subnets, and one is the main one', async () => {
    const RouteTableId = await table();
    const { AssociationId } = await world.call('AssociateRouteTable', { RouteTableId, SubnetId });
    expect((await world.call('AssociateRouteTable', { RouteTableId, SubnetId })).AssociationId).toBe(AssociationId);
    const other = await table();
    expect(await world.failing('AssociateRouteTable', { RouteTableId: other, SubnetId })).toContain(
      'Resource.AlreadyAssociated',
    );
    expect(await world.failing('DeleteRouteTable', { RouteTableId })).toContain('DependencyViolation');
    const moved = await world.call('ReplaceRouteTableAssociation', { AssociationId, RouteTableId: other });
    await world.call('DeleteRouteTable', { RouteTableId });
    const found = await world.call('DescribeRouteTables', {
      Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }],
    });
    expect(found.RouteTables).toMatchObject([{ RouteTableId: other }]);
    await world.call('DisassociateRouteTable', { AssociationId: moved.NewAssociationId });
    const main = await world.call('DescribeRouteTables', {
      Filters: [
        { Name: 'association.main', Values: ['true'] },
        { Name: 'vpc-id', Values: [VpcId] },
      ],
    });
    const mainAssociation = main.RouteTables[0].Associations[0].RouteTableAssociationId;
    expect(await world.failing('DisassociateRouteTable', { AssociationId: mainAssociation })).toContain(
      'cannot disassociate',
    );
    await world.call('ReplaceRouteTableAssociation', { AssociationId: mainAssociation, RouteTableId: other });
    await world.call('DeleteRouteTable', { RouteTableId: main.RouteTables[0].RouteTableId });
    expect(await world.failing('DeleteRouteTable', { RouteTableId: other })).toContain('DependencyViolation');
    expect(await world.failing('DisassociateRouteTable', { AssociationId: 'rtbassoc-1' })).toBe(
      "InvalidAssociationID.NotFound: The association ID 'rtbassoc-1' does not exist",
    );
  });

  it('have routes, which may lead nowhere', async () => {
    const GatewayId = await world.gateway(VpcId);
    const RouteTableId = await table();
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    await world.call('CreateRoute', { ...route, GatewayId });
    const active = { DestinationCidrBlock: '0.0.0.0/0', GatewayId, Origin: 'CreateRoute', State: 'active' };
    expect(await routes(RouteTableId)).toEqual([active]);
    expect(await world.failing('CreateRoute', { ...route, GatewayId })).toBe(
      'RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.',
    );
    await world.call('DetachInternetGateway', { InternetGatewayId: GatewayId, VpcId });
    expect(await routes(RouteTableId)).toEqual([{ ...active, State: 'blackhole' }]);
    await world.call('DeleteRoute', route);
    expect(await routes(RouteTableId)).toEqual([]);
    expect(await world.failing('DeleteRoute', route)).toContain('InvalidRoute.NotFound');
    expect(await world.failing('DeleteRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' })).toContain(
      'cannot remove local route',
    );
  });

  it.each([
    [{ DestinationCidrBlock: '0.0.0.0/0' }, 'MissingParameter'],
    [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }, "InvalidGatewayID.NotFound: The gateway ID 'igw-1'"],
    [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' }, 'InvalidNatGatewayID.NotFound'],
    [{ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1' }, 'UnsupportedOperation: TransitGatewayId'],
    [{ DestinationCidrBlock: '0/0', GatewayId: 'igw-1' }, 'Value (0/0) for parameter destinationCidrBlock is invalid'],
    [{ GatewayId: 'igw-1' }, 'MissingParameter'],
  ])('refuse %j', async (input, said) => {
    expect(await world.failing('CreateRoute', { RouteTableId: await table(), ...input })).toContain(said);
  });

  it('do not take what is inside out, and change where routes lead', async () => {
    const GatewayId = await world.gateway(VpcId);
    const RouteTableId = await table();
    const inside = { RouteTableId, DestinationCidrBlock: '10.0.3.0/24', GatewayId };
    expect(await world.failing('CreateRoute', inside)).toContain('equal to or more specific');
    const outside = { RouteTableId, DestinationCidrBlock: '192.168.0.0/16' };
    expect(await world.failing('ReplaceRoute', { ...outside, GatewayId })).toContain('Use CreateRoute instead');
    const { NetworkInterface } = await world.call('CreateNetworkInterface', { SubnetId });
    await world.call('CreateRoute', { ...outside, GatewayId });
    await world.call('ReplaceRoute', { ...outside, NetworkInterfaceId: NetworkInterface.NetworkInterfaceId });
    expect(await routes(RouteTableId)).toMatchObject([{ NetworkInterfaceId: NetworkInterface.NetworkInterfaceId }]);
    await world.call('CreateRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0', GatewayId });
    expect(await routes(RouteTableId)).toHaveLength(2);
  });
});

describe('internet gateways', () => {
  it('are of one VPC, which has one', async () => {
    const InternetGatewayId = await world.gateway(VpcId);
    expect(await world.failing('AttachInternetGateway', { InternetGatewayId, VpcId })).toContain(
      'Resource.AlreadyAssociated',
    );
    const second = await world.call('CreateInternetGateway');
    const { InternetGatewayId: other } = second.InternetGateway;
    expect(await world.failing('AttachInternetGateway', { InternetGatewayId: other, VpcId })).toContain(
      'already has an internet gateway attached',
    );
    expect(await world.failing('DetachInternetGateway', { InternetGatewayId: other, VpcId })).toContain(
      'Gateway.NotAttached',
    );
    expect(await world.failing('DeleteInternetGateway', { InternetGatewayId })).toContain('DependencyViolation');
    await world.call('DetachInternetGateway', { InternetGatewayId, VpcId });
    await world.call('DeleteInternetGateway', { InternetGatewayId });
    const { InternetGateways } = await world.call('DescribeInternetGateways', { InternetGatewayIds: [other] });
    expect(InternetGateways).toMatchObject([{ InternetGatewayId: other, Attachments: [] }]);
  });
});

describe('Elastic IP addresses', () => {
  it('are of the installation’s ranges', async () => {
    const { PublicIp, AllocationId } = await world.call('AllocateAddress', { Domain: 'vpc' });
    expect(PublicIp).toBe('203.0.113.1');
    expect((await world.call('AllocateAddress', { Address: '203.0.113.77' })).PublicIp).toBe('203.0.113.77');
    for (const Address of ['203.0.113.77', '8.8.8.8']) {
      expect(await world.failing('AllocateAddress', { Address })).toContain('AuthFailure');
    }
    const { Addresses } = await world.call('DescribeAddresses', { PublicIps: ['203.0.113.1'] });
    expect(Addresses).toMatchObject([{ AllocationId, Domain: 'vpc' }]);
    expect(await world.call('DescribeAddressesAttribute', { AllocationIds: [AllocationId] })).toEqual({
      Addresses: [{ PublicIp, AllocationId }],
    });
    await world.call('ReleaseAddress', { AllocationId });
    expect(await world.failing('ReleaseAddress', { AllocationId })).toBe(
      `InvalidAllocationID.NotFound: The allocation ID '${AllocationId}' does not exist`,
    );
  });

  it('lead to one interface, and an interface has one', async () => {
    const { NetworkInterface } = await world.call('CreateNetworkInterface', { SubnetId });
    const { NetworkInterfaceId } = NetworkInterface;
    const { AllocationId, PublicIp } = await world.call('AllocateAddress');
    const wanted = { AllocationId, NetworkInterfaceId };
    expect(await world.failing('AssociateAddress', wanted)).toContain('Gateway.NotAttached');
    const InternetGatewayId = await world.gateway(VpcId);
    const { AssociationId } = await world.call('AssociateAddress', wanted);
    expect((await world.call('AssociateAddress', wanted)).AssociationId).toBe(AssociationId);
    const shown = await world.call('DescribeNetworkInterfaces', {
      Filters: [{ Name: 'association.public-ip', Values: [PublicIp] }],
    });
    expect(shown.NetworkInterfaces).toMatchObject([
      { NetworkInterfaceId, Association: { AllocationId, AssociationId } },
    ]);
    expect(await world.failing('ReleaseAddress', { AllocationId })).toBe(
      `InvalidIPAddress.InUse: Address ${PublicIp} is in use.`,
    );
    expect(await world.failing('DetachInternetGateway', { InternetGatewayId, VpcId })).toContain('mapped public');
    const second = await world.call('AllocateAddress');
    const more = { AllocationId: second.AllocationId, NetworkInterfaceId };
    expect(await world.failing('AssociateAddress', more)).toContain('Resource.AlreadyAssociated');
    const moved = await world.call('AssociateAddress', { ...more, AllowReassociation: true });
    await world.call('ReleaseAddress', { AllocationId });
    await world.call('DisassociateAddress', { AssociationId: moved.AssociationId });
    await world.call('ReleaseAddress', { AllocationId: second.AllocationId });
    expect(await world.failing('DisassociateAddress', { AssociationId })).toContain('InvalidAssociationID.NotFound');
  });
});

describe('NAT gateways', () => {
  it('have an interface and an address, and give both back', async () => {
    const { AllocationId, PublicIp } = await world.call('AllocateAddress');
    const wanted = { SubnetId, AllocationId, ClientToken: 'once' };
    expect(await world.failing('CreateNatGateway', wanted)).toContain('Gateway.NotAttached');
    await world.gateway(VpcId);
    const { NatGateway } = await world.call('CreateNatGateway', wanted);
    const { NatGatewayId } = NatGateway;
    expect((await world.call('CreateNatGateway', wanted)).NatGateway.NatGatewayId).toBe(NatGatewayId);
    expect(NatGateway).toMatchObject({
      State: 'available',
      NatGatewayAddresses: [{ PublicIp, PrivateIp: '10.0.0.4' }],
    });
    const [{ NetworkInterfaceId, AssociationId }] = NatGateway.NatGatewayAddresses;
    const { NetworkInterfaces } = await world.call('DescribeNetworkInterfaces', {
      NetworkInterfaceIds: [NetworkInterfaceId],
    });
    expect(NetworkInterfaces).toMatchObject([
      { InterfaceType: 'nat_gateway', Status: 'in-use', RequesterManaged: true, SourceDestCheck: false },
    ]);
    expect(await world.failing('DeleteNetworkInterface', { NetworkInterfaceId })).toContain('currently in use');
    expect(await world.failing('DisassociateAddress', { AssociationId })).toContain('OperationNotPermitted');
    expect(await world.failing('DeleteSubnet', { SubnetId })).toContain('DependencyViolation');
    await world.call('DeleteNatGateway', { NatGatewayId });
    const { NatGateways } = await world.call('DescribeNatGateways', { NatGatewayIds: [NatGatewayId] });
    expect(NatGateways).toMatchObject([{ State: 'deleted' }]);
    await world.call('ReleaseAddress', { AllocationId });
    await world.call('DeleteSubnet', { SubnetId });
    world.harness.clock.advanceMs(3_600_001);
    expect((await world.call('DescribeNatGateways')).NatGateways).toEqual([]);
  });

  it('of one’s own network need no address', async () => {
    const wanted = { SubnetId, ConnectivityType: 'private', PrivateIpAddress: '10.0.0.9' };
    const { NatGateway } = await world.call('CreateNatGateway', wanted);
    expect(NatGateway.NatGatewayAddresses).toMatchObject([{ PrivateIp: '10.0.0.9' }]);
    expect(await world.failing('CreateNatGateway', { SubnetId })).toContain('MissingParameter');
    expect(await world.failing('DescribeNatGateways', { NatGatewayIds: ['nat-0123456789abcdef0'] })).toBe(
      'NatGatewayNotFound: NAT gateway nat-0123456789abcdef0 was not found',
    );
  });
});

describe('VPC endpoints', () => {
  it('are kept as they are asked for', async () => {
    const RouteTableId = await table();
    const { VpcEndpoint } = await world.call('CreateVpcEndpoint', {
      VpcId,
      ServiceName: 'com.amazonaws.eu-west-1.s3',
      RouteTableIds: [RouteTableId],
    });
    const { VpcEndpointId } = VpcEndpoint;
    expect(VpcEndpoint).toMatchObject({ VpcEndpointType: 'Gateway', State: 'available', PrivateDnsEnabled: false });
    expect(await world.failing('DeleteVpc', { VpcId })).toContain('DependencyViolation');
    await world.call('ModifyVpcEndpoint', { VpcEndpointId, RemoveRouteTableIds: [RouteTableId], PolicyDocument: '{}' });
    const { VpcEndpoints } = await world.call('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] });
    expect(VpcEndpoints).toMatchObject([{ RouteTableIds: [], PolicyDocument: '{}' }]);
    expect(await world.failing('ModifyVpcEndpoint', { VpcEndpointId, PolicyDocument: '{' })).toContain('malformed');
    const { Unsuccessful } = await world.call('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId, 'vpce-1'] });
    expect(Unsuccessful).toMatchObject([{ ResourceId: 'vpce-1', Error: { Code: 'InvalidVpcEndpointId.NotFound' } }]);
    const own = await world.call('CreateVpcEndpoint', {
      VpcId,
      ServiceName: 'com.amazonaws.eu-west-1.ecr.api',
      VpcEndpointType: 'Interface',
      SubnetIds: [SubnetId],
    });
    expect(own.VpcEndpoint.Groups).toMatchObject([{ GroupName: 'default' }]);
  });
});
