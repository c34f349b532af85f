import type { SecurityGroupRule } from '#model';
import type { GroupRule } from '#wire/link';
import { type HostStateCompiler, scopeOfVpc } from './compiler.ts';
import { portMatch } from './protocol.ts';

/** Security groups with their rules, those for IPv6 and prefix lists left out: no interface has either. */
export const groupCompiler: HostStateCompiler<'group'> = {
  kind: 'group',
  *all(view) {
    for (const { groupId } of view.securityGroups.all()) yield groupId;
  },
  changedBy: {
    securityGroups: ({ before, after }) => [(after ?? before)?.groupId ?? ''],
    securityGroupRules: ({ before, after }) => [(after ?? before)?.groupId ?? ''],
  },
  compile(view, id) {
    const group = view.securityGroups.newest('id', id);
    if (group === undefined) return undefined;
    const ingress: GroupRule[] = [];
    const egress: GroupRule[] = [];
    for (const rule of view.securityGroupRules.by('group', id)) {
      const compiled = ruleOf(rule);
      if (compiled !== undefined) (rule.isEgress ? egress : ingress).push(compiled);
    }
    return { body: { vpcId: group.vpcId, ingress, egress }, scopes: [scopeOfVpc(group.vpcId)] };
  },
};

function ruleOf({ ipProtocol, fromPort, toPort, cidrIpv4, referencedGroupId }: SecurityGroupRule) {
  const match = portMatch(ipProtocol, fromPort, toPort);
  if (cidrIpv4 !== undefined) return { ...match, cidr: cidrIpv4 };
  return referencedGroupId === undefined ? undefined : { ...match, groupId: referencedGroupId };
}
