import { type Route, type RouteTable, type RouteTableAssociation, type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';

/** The table that has an association, and the association. */
export function requireAssociation(
  view: RoadsteadView,
  scope: Scope,
  associationId: string,
): { readonly table: RouteTable; readonly association: RouteTableAssociation } {
  for (const table of view.routeTables.by('scope', scopeKey(scope))) {
    const association = table.associations.find((each) => each.routeTableAssociationId === associationId);
    if (association !== undefined) return { table, association };
  }
  throw new ApiError('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
}

export function withoutAssociation(table: RouteTable, associationId: string): RouteTable {
  const associations = table.associations.filter((each) => each.routeTableAssociationId !== associationId);
  return { ...table, associations };
}

/** The table with the route, in the place of the one with the same destination. */
export function withRoute(table: RouteTable, route: Route, isSame: (other: Route) => boolean): RouteTable {
  return { ...table, routes: table.routes.map((other) => (isSame(other) ? route : other)) };
}
