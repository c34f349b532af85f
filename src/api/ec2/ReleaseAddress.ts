import { ApiError } from '#wire/aws';
import { requireAllocation } from './elastic-ips.ts';
import { keyOf } from './resources/kind.ts';
import { change } from './service.ts';

/** ReleaseAddress: one that leads nowhere. */
export const ReleaseAddress = change('ReleaseAddress', {
  command: ({ AllocationId, PublicIp }) => ({ allocationId: AllocationId, publicIp: PublicIp }),
  apply: (tx, given, { scope }) => {
    const address = requireAllocation(tx, scope, given);
    if (address.association !== undefined) {
      throw new ApiError('InvalidIPAddress.InUse', `Address ${address.publicIp} is in use.`);
    }
    tx.elasticIps.delete(keyOf(scope, address.allocationId));
  },
  output: () => ({}),
});
