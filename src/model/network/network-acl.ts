import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

/** Stateless rules at the border of the subnets it is associated with. Every subnet has exactly one. */
export interface NetworkAcl extends Scope {
  /** `acl-…` */
  readonly networkAclId: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  /** Without the last one, `*`, which denies what is left. */
  readonly entries: readonly NetworkAclEntry[];
  readonly associations: readonly NetworkAclAssociation[];
  readonly clientToken?: string;
  readonly tags?: readonly Tag[];
}

export interface NetworkAclEntry {
  /** 1 to 32766; of all that match, the lowest counts. */
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly ruleAction: 'allow' | 'deny';
  /** IANA number as text; `-1` is every protocol. */
  readonly protocol: string;
  /** One of both. */
  readonly cidrBlock?: string;
  readonly ipv6CidrBlock?: string;
  /** TCP and UDP. */
  readonly portRange?: { readonly from: number; readonly to: number };
  /** ICMP; -1 is any. */
  readonly icmpTypeCode?: { readonly type: number; readonly code: number };
}

export interface NetworkAclAssociation {
  /** `aclassoc-…` */
  readonly networkAclAssociationId: string;
  readonly subnetId: string;
}

/** What the default ACL of a VPC begins with: all traffic, both ways. */
export const openEntries: readonly NetworkAclEntry[] = [true, false].map((egress) => ({
  ruleNumber: 100,
  egress,
  ruleAction: 'allow',
  protocol: '-1',
  cidrBlock: '0.0.0.0/0',
}));

/** The ACL that holds for a subnet, of its VPC's: the one it is associated with, else the default one. */
export function networkAclOf(subnetId: string, ofVpc: Iterable<NetworkAcl>): NetworkAcl | undefined {
  let fallback: NetworkAcl | undefined;
  for (const acl of ofVpc) {
    if (acl.associations.some((each) => each.subnetId === subnetId)) return acl;
    if (acl.isDefault) fallback = acl;
  }
  return fallback;
}

/** Entries of one direction, in the order in which they are asked. */
export function entriesInOrder(acl: Pick<NetworkAcl, 'entries'>, egress: boolean): readonly NetworkAclEntry[] {
  return acl.entries.filter((entry) => entry.egress === egress).sort((a, b) => a.ruleNumber - b.ruleNumber);
}
