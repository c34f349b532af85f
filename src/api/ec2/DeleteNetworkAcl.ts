import { dependencyViolation, invalidParameterValue } from './errors.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { networkAcls } from './resources/network-acl.ts';
import { change } from './service.ts';

/** DeleteNetworkAcl: neither the default one nor one that a subnet has. */
export const DeleteNetworkAcl = change('DeleteNetworkAcl', {
  command: ({ NetworkAclId }) => NetworkAclId,
  apply: (tx, networkAclId, { scope }) => {
    const acl = getResource(networkAcls, tx, scope, networkAclId);
    if (acl.isDefault) throw invalidParameterValue(`cannot delete default network ACL ${networkAclId}`);
    if (acl.associations.length > 0) {
      throw dependencyViolation(`The networkAcl '${networkAclId}' has dependencies and cannot be deleted.`);
    }
    tx.networkAcls.delete(keyOf(scope, networkAclId));
  },
  output: () => ({}),
});
