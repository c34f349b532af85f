import { type Cidr, contains, formatCidr, overlaps, parseCidr, type Subnet, type Vpc } from '#model';
import { overlappingVpc } from '#network';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';

/** Source: "VPC CIDR blocks" and "Subnet CIDR blocks" in the VPC guide. */
const longestPrefix = 28;
const shortestPrefix = 16;

/** A CIDR block of a request, bits after the prefix cleared as AWS does. */
export function cidrFrom(text: string, parameter: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) {
    throw invalidParameterValue(
      `Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`,
    );
  }
  return cidr;
}

function hasVpcSize({ prefixLength }: Cidr): boolean {
  return prefixLength >= shortestPrefix && prefixLength <= longestPrefix;
}

/** The block of a new VPC, or a further one of a VPC. InvalidVpc.Range for other sizes. */
export function vpcCidrFrom(text: string): string {
  const cidr = cidrFrom(text, 'cidrBlock');
  if (!hasVpcSize(cidr)) throw new ApiError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`);
  return formatCidr(cidr);
}

/** InvalidVpc.Range when another VPC has addresses of the block, which AWS would allow. */
export function requireFreeRange(view: RoadsteadView, cidrBlock: string, own: Pick<Vpc, 'accountId' | 'region'>): void {
  const other = overlappingVpc(view, cidrBlock);
  if (other === undefined) return;
  const visible = other.accountId === own.accountId && other.region === own.region;
  throw new ApiError(
    'InvalidVpc.Range',
    `The CIDR '${cidrBlock}' conflicts with ${visible ? `VPC ${other.vpcId}` : 'a VPC of another account or region'}. ` +
      'VPCs of one Roadstead never overlap, because its hosts route all of them in one table. Choose another range.',
  );
}

/** The block of a new subnet: in one of its VPC's, apart from its other subnets'. */
export function subnetCidrFrom(cidr: Cidr, blocks: readonly string[], siblings: Iterable<Subnet>): string {
  const cidrBlock = formatCidr(cidr);
  const within = blocks.some((block) => {
    const outer = parseCidr(block);
    return outer !== undefined && contains(outer, cidr);
  });
  if (!hasVpcSize(cidr) || !within) throw new ApiError('InvalidSubnet.Range', `The CIDR '${cidrBlock}' is invalid.`);
  for (const sibling of siblings) {
    const other = parseCidr(sibling.cidrBlock);
    if (other !== undefined && overlaps(other, cidr)) {
      throw new ApiError('InvalidSubnet.Conflict', `The CIDR '${cidrBlock}' conflicts with another subnet`);
    }
  }
  return cidrBlock;
}
