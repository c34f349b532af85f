import { permissionOf, type SecurityGroup, type SecurityGroupRule, type Tag } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { missingParameter } from './errors.ts';
import { type IpPermission, type Permission, requireGroup, rulesFrom } from './permissions.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { rulesOf } from './resources/security-group.ts';
import { securityGroupRules } from './resources/security-group-rule.ts';

/** Authorize and Revoke of one direction, and what they have in common with each other. */
export interface RulesCommand {
  readonly group: { readonly id: string | undefined; readonly name: string | undefined };
  readonly isEgress: boolean;
  readonly permissions: readonly IpPermission[];
}

type Context = Pick<OperationContext, 'scope' | 'ids' | 'settings'>;

/** The rules, new in the group. InvalidPermission.Duplicate when it has one of them already. */
export function authorize(
  tx: RoadsteadTx,
  { group: given, isEgress, permissions, tags }: RulesCommand & { readonly tags: { readonly tags?: readonly Tag[] } },
  { scope, ids, settings }: Context,
): readonly SecurityGroupRule[] {
  const group = requireGroup(tx, scope, given);
  if (permissions.length === 0) throw missingParameter('ipPermissions');
  const existing = rulesOf(group, tx);
  const known = new Set(existing.map(permissionOf));
  const rules = rulesFrom(permissions, isEgress, group, tx);
  for (const rule of rules) if (known.has(permissionOf(rule))) throw duplicate(rule);
  const most = settings.quotas.rulesPerSecurityGroup;
  if (existing.filter((rule) => rule.isEgress === isEgress).length + rules.length > most) {
    throw new ApiError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
  return rules.map((rule) => {
    const { groupId } = group;
    const made = { ...scope, securityGroupRuleId: `sgr-${ids.hex(17)}`, groupId, ...rule, ...tags };
    tx.securityGroupRules.put(made);
    return made;
  });
}

/** Takes rules away, by their ids or as they were given. InvalidPermission.NotFound for one that is not there. */
export function revoke(
  tx: RoadsteadTx,
  { group: given, isEgress, permissions, ruleIds }: RulesCommand & { readonly ruleIds: readonly string[] },
  { scope }: Pick<Context, 'scope'>,
): readonly SecurityGroupRule[] {
  const group = requireGroup(tx, scope, given);
  if (permissions.length === 0 && ruleIds.length === 0) throw missingParameter('ipPermissions');
  const existing = rulesOf(group, tx).filter((rule) => rule.isEgress === isEgress);
  const gone = [
    ...ruleIds.map((id) => ruleOfGroup(tx, group, id, isEgress)),
    ...rulesFrom(permissions, isEgress, group, tx).map((wanted) => {
      const found = existing.find((rule) => permissionOf(rule) === permissionOf(wanted));
      if (found !== undefined) return found;
      const message = 'The specified rule does not exist in this security group.';
      throw new ApiError('InvalidPermission.NotFound', message);
    }),
  ];
  for (const rule of gone) tx.securityGroupRules.delete(keyOf(scope, rule.securityGroupRuleId));
  return gone;
}

/** The rule with the id, when it is the group's and of the direction. */
export function ruleOfGroup(
  tx: RoadsteadTx,
  group: SecurityGroup,
  ruleId: string,
  isEgress?: boolean,
): SecurityGroupRule {
  const rule = getResource(securityGroupRules, tx, group, ruleId);
  if (rule.groupId === group.groupId && (isEgress ?? rule.isEgress) === rule.isEgress) return rule;
  throw securityGroupRules.notFound(ruleId);
}

export function duplicate(rule: Permission): ApiError {
  const peer = rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.referencedGroupId ?? rule.prefixListId ?? '';
  return new ApiError(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${peer}, ${protocolText(rule)}, ALLOW" already exists`,
  );
}

function protocolText({ ipProtocol, fromPort, toPort }: Permission): string {
  if (ipProtocol === '-1') return 'ALL';
  const name = ipProtocol.toUpperCase();
  if (ipProtocol === 'tcp' || ipProtocol === 'udp') return `${name}, from port: ${fromPort}, to port: ${toPort}`;
  return ipProtocol.startsWith('icmp') ? `${name}, type: ${fromPort}, code: ${toPort}` : name;
}
