import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

export interface SecurityGroup extends Scope {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
  /** Absent: the default group's. */
  readonly description?: string;
  readonly tags?: readonly Tag[];
}

export const defaultGroupDescription = 'default VPC security group';

/**
 * One permission of a group: a protocol, ports, and one peer. `ipProtocol` is `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for
 * all, or a protocol's number. `fromPort` and `toPort` are ICMP's type and code there, and -1 where the protocol has none.
 */
export interface SecurityGroupRule extends Scope {
  /** `sgr-…` */
  readonly securityGroupRuleId: string;
  readonly groupId: string;
  readonly isEgress: boolean;
  readonly ipProtocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** Exactly one of these four. */
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly referencedGroupId?: string;
  readonly prefixListId?: string;
  readonly description?: string;
  readonly tags?: readonly Tag[];
}

/** What a rule lets through, as text: two rules of a group with the same one are the same rule. */
export function permissionOf(rule: Omit<SecurityGroupRule, 'securityGroupRuleId' | 'groupId' | keyof Scope>): string {
  const peer = rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.referencedGroupId ?? rule.prefixListId ?? '';
  return `${rule.isEgress ? 'egress' : 'ingress'} ${rule.ipProtocol} ${rule.fromPort} ${rule.toPort} ${peer}`;
}
