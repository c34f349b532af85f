import { cidrBlocksOf, type Route, type RouteTable, type Vpc } from '#model';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type FilterValues, type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeRouteTables. */
export const routeTables: Kind<RouteTable> = {
  type: 'route-table',
  prefix: 'rtb',
  table: (view) => view.routeTables,
  find: (view, scope, id) => view.routeTables.find(keyOf(scope, id)),
  idOf: (table) => table.routeTableId,
  put: (tx, table) => tx.routeTables.put(table),
  notFound: notFoundAs('InvalidRouteTableID.NotFound', 'routeTable ID'),
  filters: {
    'association.gateway-id': (table) => table.associations.map(({ gatewayId }) => gatewayId),
    'association.route-table-association-id': (table) =>
      table.associations.map(({ routeTableAssociationId }) => routeTableAssociationId),
    'association.route-table-id': (table) => table.associations.map(() => table.routeTableId),
    'association.subnet-id': (table) => table.associations.map(({ subnetId }) => subnetId),
    'association.main': (table) => table.associations.map(({ main }) => main),
    'owner-id': (table) => table.accountId,
    'route-table-id': (table) => table.routeTableId,
    'route.destination-cidr-block': routeValues(({ DestinationCidrBlock }) => DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': routeValues(({ DestinationIpv6CidrBlock }) => DestinationIpv6CidrBlock),
    'route.destination-prefix-list-id': routeValues(({ DestinationPrefixListId }) => DestinationPrefixListId),
    'route.egress-only-internet-gateway-id': () => undefined,
    'route.gateway-id': routeValues(({ GatewayId }) => GatewayId),
    'route.instance-id': () => undefined,
    'route.nat-gateway-id': routeValues(({ NatGatewayId }) => NatGatewayId),
    'route.transit-gateway-id': () => undefined,
    'route.origin': routeValues(({ Origin }) => Origin),
    'route.state': routeValues(({ State }) => State),
    'route.vpc-peering-connection-id': () => undefined,
    'vpc-id': (table) => table.vpcId,
  },
};

type PresentedRoute = ReturnType<typeof presentRoute> & { readonly Origin: string; readonly State: string };

function routeValues(valueOf: (route: Partial<PresentedRoute>) => string | undefined): FilterValues<RouteTable> {
  return (table, view) => presentRoutes(table, view).map((route) => valueOf(route));
}

export function presentRouteTable(table: RouteTable, view: RoadsteadView) {
  return {
    RouteTableId: table.routeTableId,
    VpcId: table.vpcId,
    OwnerId: table.accountId,
    Associations: table.associations.map(({ routeTableAssociationId, main, subnetId, gatewayId }) => ({
      Main: main,
      RouteTableAssociationId: routeTableAssociationId,
      RouteTableId: table.routeTableId,
      ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
      ...(gatewayId === undefined ? {} : { GatewayId: gatewayId }),
      AssociationState: { State: 'associated' as const },
    })),
    PropagatingVgws: [],
    Routes: presentRoutes(table, view),
    Tags: presentTags(table.tags),
  };
}

function presentRoutes(table: RouteTable, view: RoadsteadView) {
  const vpc = view.vpcs.find(table.vpcId);
  return [
    ...(vpc === undefined ? [] : localRoutes(vpc)),
    ...table.routes.map((route) => ({
      ...presentRoute(route),
      Origin: 'CreateRoute' as const,
      State: leadsNowhere(route, table, view) ? ('blackhole' as const) : ('active' as const),
    })),
  ];
}

function localRoutes(vpc: Vpc) {
  return cidrBlocksOf(vpc).map((DestinationCidrBlock) => ({
    DestinationCidrBlock,
    GatewayId: 'local',
    Origin: 'CreateRouteTable' as const,
    State: 'active' as const,
  }));
}

function presentRoute(route: Route) {
  return {
    ...(route.destinationCidrBlock === undefined ? {} : { DestinationCidrBlock: route.destinationCidrBlock }),
    ...(route.destinationIpv6CidrBlock === undefined
      ? {}
      : { DestinationIpv6CidrBlock: route.destinationIpv6CidrBlock }),
    ...(route.destinationPrefixListId === undefined ? {} : { DestinationPrefixListId: route.destinationPrefixListId }),
    ...(route.gatewayId === undefined ? {} : { GatewayId: route.gatewayId }),
    ...(route.natGatewayId === undefined ? {} : { NatGatewayId: route.natGatewayId }),
    ...(route.networkInterfaceId === undefined ? {} : { NetworkInterfaceId: route.networkInterfaceId }),
  };
}

/** What the route leads to is gone, or no longer of the VPC. */
function leadsNowhere(route: Route, table: RouteTable, view: RoadsteadView): boolean {
  const { gatewayId, natGatewayId, networkInterfaceId } = route;
  if (natGatewayId !== undefined) {
    return view.natGateways.find(keyOf(table, natGatewayId))?.state !== 'available';
  }
  if (networkInterfaceId !== undefined) return !view.networkInterfaces.has(networkInterfaceId);
  if (gatewayId?.startsWith('igw-') === true) {
    return view.internetGateways.find(keyOf(table, gatewayId))?.vpcId !== table.vpcId;
  }
  return gatewayId === undefined || !view.vpcEndpoints.has(keyOf(table, gatewayId));
}
