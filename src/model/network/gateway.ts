import type { Instant } from '#base';
import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

export interface InternetGateway extends Scope {
  /** `igw-…` */
  readonly internetGatewayId: string;
  /** The VPC it is attached to. */
  readonly vpcId?: string;
  readonly tags?: readonly Tag[];
}

/** A NAT gateway: an interface of a subnet by which others go out. A deleted one is told of for an hour. */
export interface NatGateway extends Scope {
  /** `nat-…` */
  readonly natGatewayId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly connectivityType: 'public' | 'private';
  readonly state: 'available' | 'deleted';
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  /** Of a public one. */
  readonly allocationId?: string;
  readonly publicIp?: string;
  readonly associationId?: string;
  readonly createdAt: Instant;
  readonly deletedAt?: Instant;
  readonly clientToken?: string;
  readonly tags?: readonly Tag[];
}
