import { ApiError } from '#wire/aws';
import { invalidParameterValue, missingParameter, unsupported } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { routeTables } from './resources/route-table.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';

/** AssociateRouteTable: with a subnet. */
export const AssociateRouteTable = change('AssociateRouteTable', {
  command: ({ RouteTableId, SubnetId, GatewayId }, { ids }) => {
    if (GatewayId !== undefined) throw unsupported('GatewayId: gateways have no route tables here.');
    if (SubnetId === undefined) throw missingParameter('subnetId');
    return { routeTableId: RouteTableId, subnetId: SubnetId, routeTableAssociationId: `rtbassoc-${ids.hex(17)}` };
  },
  apply: (tx, { routeTableId, subnetId, routeTableAssociationId }, { scope }) => {
    const table = getResource(routeTables, tx, scope, routeTableId);
    const subnet = getResource(subnets, tx, scope, subnetId);
    if (subnet.vpcId !== table.vpcId) {
      throw invalidParameterValue(`Route table ${routeTableId} and subnet ${subnetId} belong to different networks`);
    }
    const same = table.associations.find((each) => each.subnetId === subnetId);
    if (same !== undefined) return same.routeTableAssociationId;
    if (tx.routeTables.count('subnet', subnetId) > 0) {
      throw new ApiError(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${routeTableId} conflicts with an existing association`,
      );
    }
    const association = { routeTableAssociationId, main: false, subnetId };
    tx.routeTables.put({ ...table, associations: [...table.associations, association] });
    return routeTableAssociationId;
  },
  output: (AssociationId) => ({ AssociationId, AssociationState: { State: 'associated' as const } }),
});
