import { contains, parseCidr, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { dependencyViolation } from './errors.ts';
import { presentBlocks } from './resources/vpc.ts';
import { change } from './service.ts';

/** DisassociateVpcCidrBlock: not of the first block, and not while a subnet is in it. */
export const DisassociateVpcCidrBlock = change('DisassociateVpcCidrBlock', {
  command: ({ AssociationId }) => AssociationId,
  apply: (tx, associationId, { scope }) => {
    for (const vpc of tx.vpcs.by('scope', scopeKey(scope))) {
      const block = presentBlocks(vpc).find(({ AssociationId }) => AssociationId === associationId);
      if (block === undefined) continue;
      const left = (vpc.cidrAssociations ?? []).filter((each) => each.associationId !== associationId);
      if (left.length === (vpc.cidrAssociations ?? []).length) throw isPrimary(associationId);
      if (holdsSubnet(tx, vpc.vpcId, block.CidrBlock)) {
        throw dependencyViolation(`The CIDR block ${block.CidrBlock} has dependencies and cannot be disassociated.`);
      }
      tx.vpcs.put({ ...vpc, cidrAssociations: left });
      return {
        VpcId: vpc.vpcId,
        CidrBlockAssociation: { ...block, CidrBlockState: { State: 'disassociating' as const } },
      };
    }
    throw new ApiError(
      'InvalidVpcCidrBlockAssociationID.NotFound',
      `The vpc CIDR block association ID '${associationId}' does not exist`,
    );
  },
  output: (output) => output,
});

function holdsSubnet(view: RoadsteadView, vpcId: string, cidrBlock: string): boolean {
  const outer = parseCidr(cidrBlock);
  for (const subnet of view.subnets.by('vpc', vpcId)) {
    const inner = parseCidr(subnet.cidrBlock);
    if (outer !== undefined && inner !== undefined && contains(outer, inner)) return true;
  }
  return false;
}

function isPrimary(associationId: string): ApiError {
  return new ApiError(
    'OperationNotPermitted',
    `The vpc CIDR block with association ID ${associationId} may not be disassociated. ` +
      'It is the primary IPv4 CIDR block of the VPC',
  );
}
