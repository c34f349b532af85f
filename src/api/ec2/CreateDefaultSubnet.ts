import { createDefaultSubnet, findDefaultNetwork } from '#network';
import { ApiError } from '#wire/aws';
import { presentSubnet } from './resources/subnet.ts';
import { change } from './service.ts';
import { requireZone } from './zones.ts';

/** CreateDefaultSubnet: in a zone of the default VPC that has none. */
export const CreateDefaultSubnet = change('CreateDefaultSubnet', {
  command: ({ AvailabilityZone, AvailabilityZoneId }) => ({ name: AvailabilityZone, id: AvailabilityZoneId }),
  apply: (tx, zone, { scope, ids }) => {
    const network = findDefaultNetwork(tx, scope);
    if (network === undefined) {
      throw new ApiError('DefaultVpcDoesNotExist', 'No default VPC exists for this account in this region.');
    }
    const zoneName = requireZone(tx, scope, zone);
    if (network.subnets.some((each) => each.availabilityZone === zoneName && each.defaultForAz !== false)) {
      throw new ApiError(
        'DefaultSubnetAlreadyExistsInAvailabilityZone',
        `A default subnet already exists in the Availability Zone ${zoneName}.`,
      );
    }
    const subnet = createDefaultSubnet(tx, network.vpc, zoneName, ids);
    if (subnet === undefined) {
      throw new ApiError('InsufficientFreeAddresses', `The VPC ${network.vpc.vpcId} has no free /20 left.`);
    }
    return presentSubnet(subnet, tx);
  },
  output: (Subnet) => ({ Subnet }),
});
