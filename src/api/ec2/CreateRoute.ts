import { destinationOf } from '#model';
import { ApiError } from '#wire/aws';
import { getResource } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { destinationFrom, requireOutside, requireTarget, targetFrom } from './routes.ts';
import { change } from './service.ts';

/** CreateRoute: to an internet gateway, a NAT gateway or an interface. */
export const CreateRoute = change('CreateRoute', {
  command: (input) => ({
    routeTableId: input.RouteTableId,
    route: { ...destinationFrom(input), ...targetFrom(input) },
  }),
  apply: (tx, { routeTableId, route }, { scope }) => {
    const table = getResource(routeTables, tx, scope, routeTableId);
    const destination = destinationOf(route);
    if (table.routes.some((each) => destinationOf(each) === destination)) {
      throw new ApiError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
    }
    requireTarget(tx, table, route);
    requireOutside(tx, table, route);
    tx.routeTables.put({ ...table, routes: [...table.routes, route] });
  },
  output: () => ({ Return: true }),
});
