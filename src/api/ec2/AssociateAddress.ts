import { ApiError } from '#wire/aws';
import { newAssociationId } from './AllocateAddress.ts';
import { associate, disassociate, notPermitted, requireAllocation, requireInternetGateway } from './elastic-ips.ts';
import { missingParameter, unsupported } from './errors.ts';
import { elasticIps } from './resources/elastic-ip.ts';
import { getResource } from './resources/kind.ts';
import { isManaged, networkInterfaces } from './resources/network-interface.ts';
import { change } from './service.ts';

/** AssociateAddress: with the first address of an interface. */
export const AssociateAddress = change('AssociateAddress', {
  command: (input, { ids }) => {
    if (input.InstanceId !== undefined) {
      throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${input.InstanceId}' does not exist`);
    }
    if (input.NetworkInterfaceId === undefined) throw missingParameter('networkInterfaceId');
    return {
      address: { allocationId: input.AllocationId, publicIp: input.PublicIp },
      networkInterfaceId: input.NetworkInterfaceId,
      privateIp: input.PrivateIpAddress,
      mayMove: input.AllowReassociation ?? false,
      associationId: newAssociationId(ids),
    };
  },
  apply: (tx, { address: given, networkInterfaceId, privateIp, mayMove, associationId }, { scope }) => {
    const address = requireAllocation(tx, scope, given);
    const eni = getResource(networkInterfaces, tx, scope, networkInterfaceId);
    if (privateIp !== undefined && privateIp !== eni.privateIpv4Address) {
      throw unsupported('PrivateIpAddress: an Elastic IP address is of an interface’s first address here.');
    }
    if (isManaged(eni)) throw notPermitted();
    requireInternetGateway(tx, eni.vpcId ?? '');
    const { association } = address;
    if (association?.networkInterfaceId === networkInterfaceId) return association.associationId;
    if (association !== undefined) {
      const holder = tx.networkInterfaces.find(association.networkInterfaceId);
      if (holder !== undefined && isManaged(holder)) throw notPermitted();
      if (!mayMove) {
        throw alreadyAssociated(address.allocationId, `associate-id ${association.associationId}`);
      }
      disassociate(tx, address);
    }
    const other = eni.association?.allocationId;
    if (other !== undefined) {
      if (!mayMove) throw alreadyAssociated(networkInterfaceId, `address ${eni.association?.publicIp}`);
      disassociate(tx, getResource(elasticIps, tx, scope, other));
    }
    associate(
      tx,
      getResource(elasticIps, tx, scope, address.allocationId),
      getResource(networkInterfaces, tx, scope, networkInterfaceId),
      associationId,
    );
    return associationId;
  },
  output: (AssociationId) => ({ AssociationId }),
});

function alreadyAssociated(what: string, to: string): ApiError {
  return new ApiError('Resource.AlreadyAssociated', `resource ${what} is already associated with ${to}`);
}
