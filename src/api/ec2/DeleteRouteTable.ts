import { dependencyViolation } from './errors.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { change } from './service.ts';

/** DeleteRouteTable: neither the main one nor one that a subnet has. */
export const DeleteRouteTable = change('DeleteRouteTable', {
  command: ({ RouteTableId }) => RouteTableId,
  apply: (tx, routeTableId, { scope }) => {
    if (getResource(routeTables, tx, scope, routeTableId).associations.length > 0) {
      throw dependencyViolation(`The routeTable '${routeTableId}' has dependencies and cannot be deleted.`);
    }
    tx.routeTables.delete(keyOf(scope, routeTableId));
  },
  output: () => ({}),
});
