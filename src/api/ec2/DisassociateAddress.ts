import { type ElasticIp, type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { disassociate, notPermitted, requireAllocation } from './elastic-ips.ts';
import { isManaged } from './resources/network-interface.ts';
import { change } from './service.ts';

/** DisassociateAddress: by the association, or by the address. */
export const DisassociateAddress = change('DisassociateAddress', {
  command: ({ AssociationId, PublicIp }) => ({ associationId: AssociationId, publicIp: PublicIp }),
  apply: (tx, { associationId, publicIp }, { scope }) => {
    const address =
      associationId === undefined
        ? requireAllocation(tx, scope, { allocationId: undefined, publicIp })
        : associatedAs(tx, scope, associationId);
    const holder = tx.networkInterfaces.find(address.association?.networkInterfaceId ?? '');
    if (holder !== undefined && isManaged(holder)) throw notPermitted();
    disassociate(tx, address);
  },
  output: () => ({}),
});

function associatedAs(view: RoadsteadView, scope: Scope, associationId: string): ElasticIp {
  for (const address of view.elasticIps.by('scope', scopeKey(scope))) {
    if (address.association?.associationId === associationId) return address;
  }
  throw new ApiError('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
}
