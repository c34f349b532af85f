import { getResource } from './resources/kind.ts';
import { presentRouteTable } from './resources/route-table.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateRouteTable. A request with the token of an earlier one gives what that one made. */
export const CreateRouteTable = change('CreateRouteTable', {
  command: (input, { scope, ids }) => ({
    clientToken: input.ClientToken,
    table: {
      ...scope,
      routeTableId: `rtb-${ids.hex(17)}`,
      vpcId: input.VpcId,
      routes: [],
      associations: [],
      ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
      ...newTags(input.TagSpecifications, 'route-table'),
    },
  }),
  apply: (tx, { clientToken, table }, { scope }) => {
    getResource(vpcs, tx, scope, table.vpcId);
    for (const made of clientToken === undefined ? [] : tx.routeTables.by('vpc', table.vpcId)) {
      if (made.clientToken === clientToken)
        return { RouteTable: presentRouteTable(made, tx), ClientToken: clientToken };
    }
    tx.routeTables.put(table);
    return {
      RouteTable: presentRouteTable(table, tx),
      ...(clientToken === undefined ? {} : { ClientToken: clientToken }),
    };
  },
  output: (output) => output,
});
