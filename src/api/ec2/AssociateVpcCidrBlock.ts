import { cidrBlocksOf } from '#model';
import { noIpv6 } from './CreateVpc.ts';
import { requireFreeRange, vpcCidrFrom } from './cidr-block.ts';
import { limitExceeded, missingParameter } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';

/** Source: "Amazon VPC quotas". */
const mostBlocks = 5;

/** AssociateVpcCidrBlock: a further IPv4 block of a VPC. */
export const AssociateVpcCidrBlock = change('AssociateVpcCidrBlock', {
  command: (input, { ids }) => {
    if (input.AmazonProvidedIpv6CidrBlock === true || input.Ipv6CidrBlock !== undefined) throw noIpv6();
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock');
    const cidrBlock = vpcCidrFrom(input.CidrBlock);
    return { vpcId: input.VpcId, block: { associationId: `vpc-cidr-assoc-${ids.hex(17)}`, cidrBlock } };
  },
  apply: (tx, { vpcId, block }, { scope }) => {
    const vpc = getResource(vpcs, tx, scope, vpcId);
    requireFreeRange(tx, block.cidrBlock, vpc);
    if (cidrBlocksOf(vpc).length >= mostBlocks) {
      throw limitExceeded('CidrLimitExceeded', `The VPC ${vpcId} has ${mostBlocks} CIDR blocks, which is the limit.`);
    }
    tx.vpcs.put({ ...vpc, cidrAssociations: [...(vpc.cidrAssociations ?? []), block] });
    return { vpcId, ...block };
  },
  output: ({ vpcId, associationId, cidrBlock }) => ({
    VpcId: vpcId,
    CidrBlockAssociation: {
      AssociationId: associationId,
      CidrBlock: cidrBlock,
      CidrBlockState: { State: 'associating' as const },
    },
  }),
});
