import { type Ids } from '#base';
import type { ElasticIp } from '#model';
import { choosePublicAddress, isPublicAddress, type PublicAddresses } from '#network';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { presentAddress } from './resources/elastic-ip.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** AllocateAddress: one of the installation's public addresses, or the very one that is asked for. */
export const AllocateAddress = change('AllocateAddress', {
  command: (input, { ids }) => ({
    allocationId: `eipalloc-${ids.hex(17)}`,
    wanted: input.Address,
    tags: newTags(input.TagSpecifications, 'elastic-ip'),
  }),
  apply: (tx, { allocationId, wanted, tags }, { scope, settings }) => {
    const publicIp = freeAddress(tx, settings.publicAddresses, wanted);
    const address: ElasticIp = { ...scope, allocationId, publicIp, ...tags };
    tx.elasticIps.put(address);
    return presentAddress(address);
  },
  output: ({ PublicIp, AllocationId, PublicIpv4Pool, NetworkBorderGroup, Domain }) => ({
    PublicIp,
    AllocationId,
    PublicIpv4Pool,
    NetworkBorderGroup,
    Domain,
  }),
});

/** InsufficientAddressCapacity when there is none; AuthFailure when the wanted one is not the installation's, or taken. */
function freeAddress(view: RoadsteadView, pool: PublicAddresses, wanted: string | undefined): string {
  if (wanted === undefined) {
    const address = choosePublicAddress(view, pool);
    if (address !== undefined) return address;
    throw new ApiError(
      'InsufficientAddressCapacity',
      'Not enough available addresses to satisfy your minimum request: this Roadstead has no public address left. ' +
        'Start its server with --public-addresses and a range that leads to its hosts.',
    );
  }
  const taken = view.elasticIps.count('address', wanted) + view.networkInterfaces.count('publicAddress', wanted);
  if (isPublicAddress(pool, wanted) && taken === 0) return wanted;
  throw new ApiError('AuthFailure', `The address '${wanted}' does not belong to you.`);
}

export function newAssociationId(ids: Ids): string {
  return `eipassoc-${ids.hex(17)}`;
}
