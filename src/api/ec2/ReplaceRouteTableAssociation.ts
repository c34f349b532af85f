import { invalidParameterValue } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { requireAssociation, withoutAssociation } from './route-tables.ts';
import { change } from './service.ts';

/** ReplaceRouteTableAssociation: of a subnet, or which table is the main one. */
export const ReplaceRouteTableAssociation = change('ReplaceRouteTableAssociation', {
  command: ({ AssociationId, RouteTableId }, { ids }) => ({
    associationId: AssociationId,
    routeTableId: RouteTableId,
    newId: `rtbassoc-${ids.hex(17)}`,
  }),
  apply: (tx, { associationId, routeTableId, newId }, { scope }) => {
    const { table: before, association } = requireAssociation(tx, scope, associationId);
    const after = getResource(routeTables, tx, scope, routeTableId);
    if (before.routeTableId === after.routeTableId) return associationId;
    if (before.vpcId !== after.vpcId) {
      throw invalidParameterValue(
        `Route table ${routeTableId} and ${before.routeTableId} belong to different networks`,
      );
    }
    tx.routeTables.put(withoutAssociation(before, associationId));
    const moved = { ...association, routeTableAssociationId: newId };
    tx.routeTables.put({ ...after, associations: [...after.associations, moved] });
    return newId;
  },
  output: (NewAssociationId) => ({ NewAssociationId, AssociationState: { State: 'associated' as const } }),
});
