import { permissionOf, type SecurityGroup } from '#model';
import type { RoadsteadView } from '#store';
import { missingParameter } from './errors.ts';
import { duplicate, ruleOfGroup } from './group-rules.ts';
import { descriptionFrom, ipv4From, ipv6From, portsFrom, referenceFrom, requireGroup } from './permissions.ts';
import { rulesOf } from './resources/security-group.ts';
import { change } from './service.ts';

/** ModifySecurityGroupRules: rules of a group become others; their ids and tags stay. */
export const ModifySecurityGroupRules = change('ModifySecurityGroupRules', {
  command: ({ GroupId, SecurityGroupRules }) => ({ groupId: GroupId, updates: SecurityGroupRules }),
  apply: (tx, { groupId, updates }, { scope }) => {
    const group = requireGroup(tx, scope, { id: groupId, name: undefined });
    if (updates.length === 0) throw missingParameter('securityGroupRules');
    for (const { SecurityGroupRuleId = '', SecurityGroupRule: wanted = {} } of updates) {
      const { isEgress, tags } = ruleOfGroup(tx, group, SecurityGroupRuleId);
      const rule = {
        ...scope,
        securityGroupRuleId: SecurityGroupRuleId,
        groupId,
        isEgress,
        ...portsFrom(wanted.IpProtocol, wanted.FromPort, wanted.ToPort),
        ...peerFrom(wanted, group, tx),
        ...descriptionFrom(wanted.Description),
        ...(tags === undefined ? {} : { tags }),
      };
      for (const other of rulesOf(group, tx)) {
        if (other.securityGroupRuleId !== SecurityGroupRuleId && permissionOf(other) === permissionOf(rule)) {
          throw duplicate(rule);
        }
      }
      tx.securityGroupRules.put(rule);
    }
  },
  output: () => ({ Return: true }),
});

function peerFrom(
  wanted: {
    readonly CidrIpv4?: string | undefined;
    readonly CidrIpv6?: string | undefined;
    readonly ReferencedGroupId?: string | undefined;
  },
  group: SecurityGroup,
  view: RoadsteadView,
) {
  const { CidrIpv4, CidrIpv6, ReferencedGroupId: GroupId } = wanted;
  if (CidrIpv4 !== undefined) return { cidrIpv4: ipv4From(CidrIpv4) };
  if (CidrIpv6 !== undefined) return { cidrIpv6: ipv6From(CidrIpv6) };
  if (GroupId !== undefined) return { referencedGroupId: referenceFrom({ GroupId }, group, view) };
  throw missingParameter('CidrIpv4, CidrIpv6 or ReferencedGroupId');
}
