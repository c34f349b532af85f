import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

/** Where packets of subnets go. What is in the VPC goes straight there: its `local` routes are in no record. */
export interface RouteTable extends Scope {
  /** `rtb-…` */
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly routes: readonly Route[];
  readonly associations: readonly RouteTableAssociation[];
  readonly clientToken?: string;
  readonly tags?: readonly Tag[];
}

/** One destination and one target. */
export interface Route {
  readonly destinationCidrBlock?: string;
  readonly destinationIpv6CidrBlock?: string;
  readonly destinationPrefixListId?: string;
  /** `igw-…`, or `vpce-…` of a gateway endpoint. */
  readonly gatewayId?: string;
  readonly natGatewayId?: string;
  readonly networkInterfaceId?: string;
}

/** A subnet, or the main one: of all subnets that have no table of their own. */
export interface RouteTableAssociation {
  /** `rtbassoc-…` */
  readonly routeTableAssociationId: string;
  readonly main: boolean;
  readonly subnetId?: string;
  readonly gatewayId?: string;
}

export function isMain(table: Pick<RouteTable, 'associations'>): boolean {
  return table.associations.some(({ main }) => main);
}

/** The table that holds for a subnet, of its VPC's: its own, else the main one. */
export function routeTableOf(subnetId: string, ofVpc: Iterable<RouteTable>): RouteTable | undefined {
  let main: RouteTable | undefined;
  for (const table of ofVpc) {
    if (table.associations.some((each) => each.subnetId === subnetId)) return table;
    if (isMain(table)) main = table;
  }
  return main;
}

/** What a route leads to, as text; a route is known by its destination. */
export function destinationOf(route: Route): string {
  return route.destinationCidrBlock ?? route.destinationIpv6CidrBlock ?? route.destinationPrefixListId ?? '';
}

/** The id of what the route leads to. */
export function targetOf(route: Route): string | undefined {
  return route.gatewayId ?? route.natGatewayId ?? route.networkInterfaceId;
}
