import { getResource } from './resources/kind.ts';
import { presentNetworkAcl } from './resources/network-acl.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateNetworkAcl: one that denies everything. A request with the token of an earlier one gives what that one made. */
export const CreateNetworkAcl = change('CreateNetworkAcl', {
  command: (input, { scope, ids }) => ({
    ...scope,
    networkAclId: `acl-${ids.hex(17)}`,
    vpcId: input.VpcId,
    isDefault: false,
    entries: [],
    associations: [],
    ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
    ...newTags(input.TagSpecifications, 'network-acl'),
  }),
  apply: (tx, acl, { scope }) => {
    const { clientToken, vpcId } = acl;
    getResource(vpcs, tx, scope, vpcId);
    for (const made of clientToken === undefined ? [] : tx.networkAcls.by('vpc', vpcId)) {
      if (made.clientToken === clientToken) return made;
    }
    tx.networkAcls.put(acl);
    return acl;
  },
  output: (acl) => ({
    NetworkAcl: presentNetworkAcl(acl),
    ...(acl.clientToken === undefined ? {} : { ClientToken: acl.clientToken }),
  }),
});
