import { invalidParameterValue } from './errors.ts';
import { requireAssociation, withoutAssociation } from './route-tables.ts';
import { change } from './service.ts';

/** DisassociateRouteTable: the subnet has the main table again. */
export const DisassociateRouteTable = change('DisassociateRouteTable', {
  command: ({ AssociationId }) => AssociationId,
  apply: (tx, associationId, { scope }) => {
    const { table, association } = requireAssociation(tx, scope, associationId);
    if (association.main) {
      throw invalidParameterValue(`cannot disassociate the main route table association ${associationId}`);
    }
    tx.routeTables.put(withoutAssociation(table, associationId));
  },
  output: () => ({}),
});
