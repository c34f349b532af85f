import { createDefaultVpc, findDefaultNetwork } from '#network';
import { ApiError } from '#wire/aws';
import { presentVpc } from './resources/vpc.ts';
import { change } from './service.ts';

/** CreateDefaultVpc: another one after the first was deleted. */
export const CreateDefaultVpc = change('CreateDefaultVpc', {
  command: () => undefined,
  apply: (tx, _, { scope, ids }) => {
    if (findDefaultNetwork(tx, scope) !== undefined) {
      const message = 'A Default VPC already exists for this account in this region.';
      throw new ApiError('DefaultVpcAlreadyExists', message);
    }
    const vpc = createDefaultVpc(tx, scope, ids);
    if (vpc === undefined) {
      throw new ApiError('InsufficientAddressCapacity', 'No range of this Roadstead is left for a default VPC.');
    }
    return presentVpc(vpc, tx);
  },
  output: (Vpc) => ({ Vpc }),
});
