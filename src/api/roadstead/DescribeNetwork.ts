import { ensureNetwork, findDefaultNetwork } from '#network';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { roadstead } from './service.ts';

/** DescribeNetwork: the caller's default VPC in this region, made now if it was never needed before. */
export const DescribeNetwork = operation(roadstead, 'DescribeNetwork', {
  authorize: () => ({ action: 'roadstead:DescribeNetwork', resource: '*' }),
  command: () => undefined,
  apply: (tx, _, ctx) => {
    ensureNetwork(tx, ctx.scope, ctx.ids);
    const network = findDefaultNetwork(tx, ctx.scope);
    if (network === undefined) {
      const message = 'No default VPC for this user. Make one with `aws ec2 create-default-vpc`.';
      throw new ApiError('DefaultVpcDoesNotExist', message);
    }
    return network;
  },
  output: ({ vpc, subnets, securityGroups }) => ({
    vpcId: vpc.vpcId,
    cidrBlock: vpc.cidrBlock,
    subnets: subnets.map(({ subnetId, cidrBlock, availabilityZone }) => ({ subnetId, cidrBlock, availabilityZone })),
    securityGroups: securityGroups.map(({ groupId, groupName }) => ({ groupId, groupName })),
  }),
});
