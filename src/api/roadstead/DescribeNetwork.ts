import { ensureDefaultNetwork } from '../network/default-vpc.ts';
import { operation } from '../operation.ts';
import { roadstead } from './service.ts';

/** DescribeNetwork: the caller's default VPC in this region, made now if it was never needed before. */
export const DescribeNetwork = operation(roadstead, 'DescribeNetwork', {
  authorize: () => ({ action: 'roadstead:DescribeNetwork', resource: '*' }),
  command: () => undefined,
  apply: (tx, _, ctx) => ensureDefaultNetwork(tx, ctx.scope, ctx.ids),
  output: ({ vpc, subnets, securityGroups }) => ({
    vpcId: vpc.vpcId,
    cidrBlock: vpc.cidrBlock,
    subnets: subnets.map(({ subnetId, cidrBlock, availabilityZone }) => ({ subnetId, cidrBlock, availabilityZone })),
    securityGroups: securityGroups.map(({ groupId, groupName }) => ({ groupId, groupName })),
  }),
});
