import { destinationOf } from '#model';
import { invalidParameterValue, unsupported } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { withRoute } from './route-tables.ts';
import { destinationFrom, requireTarget, targetFrom } from './routes.ts';
import { change } from './service.ts';

/** ReplaceRoute: the destination gets another target. */
export const ReplaceRoute = change('ReplaceRoute', {
  command: (input) => {
    if (input.LocalTarget === true) throw unsupported('LocalTarget: local routes cannot be changed here.');
    return { routeTableId: input.RouteTableId, route: { ...destinationFrom(input), ...targetFrom(input) } };
  },
  apply: (tx, { routeTableId, route }, { scope }) => {
    const table = getResource(routeTables, tx, scope, routeTableId);
    const destination = destinationOf(route);
    if (!table.routes.some((each) => destinationOf(each) === destination)) {
      throw invalidParameterValue(
        `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
      );
    }
    requireTarget(tx, table, route);
    tx.routeTables.put(withRoute(table, route, (other) => destinationOf(other) === destination));
  },
  output: () => ({}),
});
