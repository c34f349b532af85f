import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

/** A further CIDR block of a VPC. */
export interface VpcCidrAssociation {
  /** `vpc-cidr-assoc-…` */
  readonly associationId: string;
  readonly cidrBlock: string;
}

/**
 * A VPC. Each account and region has a default one, made when it is first needed. CIDR blocks of VPCs never overlap in
 * one installation, whoever they belong to: hosts route the interfaces of all in one table.
 */
export interface Vpc extends Scope {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  /** Of the first block; absent in records of 0.1.0. */
  readonly cidrAssociationId?: string;
  readonly cidrAssociations?: readonly VpcCidrAssociation[];
  /** Absent: true. */
  readonly enableDnsSupport?: boolean;
  /** Absent: true for a default VPC, else false. */
  readonly enableDnsHostnames?: boolean;
  /** Absent: false. */
  readonly enableNetworkAddressUsageMetrics?: boolean;
  /** Absent: the default set of the account and region. `default`: none. */
  readonly dhcpOptionsId?: string;
  readonly instanceTenancy?: 'default' | 'dedicated';
  readonly tags?: readonly Tag[];
}

export function hasDnsSupport(vpc: Vpc): boolean {
  return vpc.enableDnsSupport ?? true;
}

export function hasDnsHostnames(vpc: Vpc): boolean {
  return vpc.enableDnsHostnames ?? vpc.isDefault;
}

/** All its blocks, the first one first. */
export function cidrBlocksOf(vpc: Pick<Vpc, 'cidrBlock' | 'cidrAssociations'>): readonly string[] {
  return [vpc.cidrBlock, ...(vpc.cidrAssociations ?? []).map(({ cidrBlock }) => cidrBlock)];
}

/** What DHCP would tell. The default set is there from an account's first use of a region on, and says that there was one. */
export interface DhcpOptions extends Scope {
  readonly dhcpOptionsId: string;
  readonly isDefault: boolean;
  readonly configurations: readonly DhcpConfiguration[];
  readonly tags?: readonly Tag[];
}

export interface DhcpConfiguration {
  /** `domain-name`, `domain-name-servers`, `ntp-servers`, `netbios-name-servers`, `netbios-node-type`. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The domain of private names: the oldest region's has no region in it. */
export function internalDomain(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}
