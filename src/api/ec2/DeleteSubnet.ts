import { dependencyViolation } from './errors.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';

/** DeleteSubnet, with its associations. DependencyViolation while an interface is in it. */
export const DeleteSubnet = change('DeleteSubnet', {
  command: ({ SubnetId }) => SubnetId,
  apply: (tx, subnetId, { scope }) => {
    getResource(subnets, tx, scope, subnetId);
    if (tx.networkInterfaces.count('subnet', subnetId) > 0) {
      throw dependencyViolation(`The subnet '${subnetId}' has dependencies and cannot be deleted.`);
    }
    for (const acl of tx.networkAcls.by('subnet', subnetId)) {
      tx.networkAcls.put({ ...acl, associations: acl.associations.filter((each) => each.subnetId !== subnetId) });
    }
    for (const table of tx.routeTables.by('subnet', subnetId)) {
      tx.routeTables.put({ ...table, associations: table.associations.filter((each) => each.subnetId !== subnetId) });
    }
    tx.subnets.delete(keyOf(scope, subnetId));
  },
  output: () => ({}),
});
