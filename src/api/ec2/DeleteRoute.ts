import { cidrBlocksOf, destinationOf } from '#model';
import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { destinationFrom } from './routes.ts';
import { change } from './service.ts';

/** DeleteRoute: never a local one. */
export const DeleteRoute = change('DeleteRoute', {
  command: (input) => ({ routeTableId: input.RouteTableId, destination: destinationOf(destinationFrom(input)) }),
  apply: (tx, { routeTableId, destination }, { scope }) => {
    const table = getResource(routeTables, tx, scope, routeTableId);
    const left = table.routes.filter((each) => destinationOf(each) !== destination);
    if (left.length < table.routes.length) {
      tx.routeTables.put({ ...table, routes: left });
      return;
    }
    if (cidrBlocksOf(tx.vpcs.get(table.vpcId)).includes(destination)) {
      throw invalidParameterValue(`cannot remove local route ${destination} in route table ${routeTableId}`);
    }
    throw new ApiError(
      'InvalidRoute.NotFound',
      `no route with destination-cidr-block ${destination} in route table ${routeTableId}`,
    );
  },
  output: () => ({}),
});
