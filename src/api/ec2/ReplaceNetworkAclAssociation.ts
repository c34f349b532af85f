import { scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { networkAcls } from './resources/network-acl.ts';
import { change } from './service.ts';

/** ReplaceNetworkAclAssociation: a subnet gets another ACL of its VPC. */
export const ReplaceNetworkAclAssociation = change('ReplaceNetworkAclAssociation', {
  command: ({ AssociationId, NetworkAclId }, { ids }) => ({
    associationId: AssociationId,
    networkAclId: NetworkAclId,
    newId: `aclassoc-${ids.hex(17)}`,
  }),
  apply: (tx, { associationId, networkAclId, newId }, { scope }) => {
    const after = getResource(networkAcls, tx, scope, networkAclId);
    for (const before of tx.networkAcls.by('scope', scopeKey(scope))) {
      const association = before.associations.find((each) => each.networkAclAssociationId === associationId);
      if (association === undefined) continue;
      if (before.networkAclId === networkAclId) return associationId;
      if (before.vpcId !== after.vpcId) {
        throw invalidParameterValue(
          `network ACL ${networkAclId} and subnet ${association.subnetId} belong to different networks`,
        );
      }
      tx.networkAcls.put({ ...before, associations: before.associations.filter((each) => each !== association) });
      const moved = { networkAclAssociationId: newId, subnetId: association.subnetId };
      tx.networkAcls.put({ ...after, associations: [...after.associations, moved] });
      return newId;
    }
    throw new ApiError('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
  },
  output: (NewAssociationId) => ({ NewAssociationId }),
});
