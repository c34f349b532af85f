import { cidrBlocksOf, contains, formatCidr, parseCidr, parseIpv6Cidr, type Route, type RouteTable } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { cidrFrom } from './cidr-block.ts';
import { invalidParameterCombination, invalidParameterValue, missingParameter, unsupported } from './errors.ts';
import { internetGateways } from './resources/internet-gateway.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { networkInterfaces } from './resources/network-interface.ts';

interface Destination {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
}

interface RouteRequest extends Destination {
  readonly GatewayId?: string | undefined;
  readonly NatGatewayId?: string | undefined;
  readonly NetworkInterfaceId?: string | undefined;
  readonly VpcEndpointId?: string | undefined;
  readonly InstanceId?: string | undefined;
  readonly TransitGatewayId?: string | undefined;
  readonly LocalGatewayId?: string | undefined;
  readonly CarrierGatewayId?: string | undefined;
  readonly CoreNetworkArn?: string | undefined;
  readonly OdbNetworkArn?: string | undefined;
  readonly EgressOnlyInternetGatewayId?: string | undefined;
  readonly VpcPeeringConnectionId?: string | undefined;
}

/** Where the route of a request goes; exactly one. */
export function destinationFrom(input: Destination): Route {
  const { DestinationCidrBlock: v4, DestinationIpv6CidrBlock: v6, DestinationPrefixListId: list } = input;
  const given = [v4, v6, list].filter((each) => each !== undefined);
  if (given.length === 0) throw missingParameter('destinationCidrBlock');
  if (given.length > 1) throw invalidParameterCombination('A route has exactly one destination.');
  if (v4 !== undefined) return { destinationCidrBlock: formatCidr(cidrFrom(v4, 'destinationCidrBlock')) };
  if (list !== undefined)
    throw unsupported('DestinationPrefixListId: routes to prefix lists are not part of Roadstead.');
  const cidr = parseIpv6Cidr(v6 ?? '');
  if (cidr !== undefined) return { destinationIpv6CidrBlock: cidr };
  throw invalidParameterValue(
    `Value (${v6}) for parameter destinationIpv6CidrBlock is invalid. This is not a valid CIDR block.`,
  );
}

/** What a route leads to; exactly one of what there is here. */
export function targetFrom(input: RouteRequest): Route {
  for (const name of targetsThatAreNot) {
    if (input[name] !== undefined) throw unsupported(`${name}: such routes are not part of this version of Roadstead.`);
  }
  const { GatewayId, NatGatewayId, NetworkInterfaceId } = input;
  const given = [GatewayId, NatGatewayId, NetworkInterfaceId].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw missingParameter('exactly one of gatewayId, natGatewayId, networkInterfaceId: a route leads to one of them');
  }
  return {
    ...(GatewayId === undefined ? {} : { gatewayId: GatewayId }),
    ...(NatGatewayId === undefined ? {} : { natGatewayId: NatGatewayId }),
    ...(NetworkInterfaceId === undefined ? {} : { networkInterfaceId: NetworkInterfaceId }),
  };
}

const targetsThatAreNot = [
  'VpcEndpointId',
  'InstanceId',
  'TransitGatewayId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
  'EgressOnlyInternetGatewayId',
  'VpcPeeringConnectionId',
] as const;

/** What the route leads to is there and of the table's VPC. */
export function requireTarget(view: RoadsteadView, table: RouteTable, route: Route): void {
  const { gatewayId, natGatewayId, networkInterfaceId } = route;
  if (networkInterfaceId !== undefined) getResource(networkInterfaces, view, table, networkInterfaceId);
  if (natGatewayId !== undefined && view.natGateways.find(keyOf(table, natGatewayId))?.state !== 'available') {
    throw new ApiError('InvalidNatGatewayID.NotFound', `The natGateway ID '${natGatewayId}' does not exist`);
  }
  if (gatewayId === undefined) return;
  const gateway = internetGateways.find(view, table, gatewayId);
  if (gateway === undefined) {
    throw new ApiError('InvalidGatewayID.NotFound', `The gateway ID '${gatewayId}' does not exist`);
  }
  if (gateway.vpcId !== table.vpcId) {
    throw invalidParameterValue(
      `route table ${table.routeTableId} and network gateway ${gatewayId} belong to different networks`,
    );
  }
}

/** What is in the VPC goes straight there, except to an interface. */
export function requireOutside(view: RoadsteadView, table: RouteTable, route: Route): void {
  const destination = parseCidr(route.destinationCidrBlock ?? '');
  const vpc = view.vpcs.find(table.vpcId);
  if (destination === undefined || vpc === undefined || route.networkInterfaceId !== undefined) return;
  const inside = cidrBlocksOf(vpc).some((block) => {
    const cidr = parseCidr(block);
    return cidr !== undefined && contains(cidr, destination);
  });
  if (!inside) return;
  throw invalidParameterValue(
    `The destination CIDR block ${route.destinationCidrBlock} is equal to or more specific than one of this VPC's ` +
      'CIDR blocks. This route can target only an interface or an instance.',
  );
}
