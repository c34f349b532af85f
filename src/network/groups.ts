import type { Ids } from '#base';
import { type SecurityGroup, type SecurityGroupRule, scopeKey } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { egressToAll } from './vpc.ts';

/** Stores a new security group, with the rule that lets everything out. */
export function putGroup(tx: RoadsteadTx, group: SecurityGroup, ids: Ids): void {
  tx.securityGroups.put(group);
  tx.securityGroupRules.put(egressToAll(group, ids));
}

/** Whether an interface, an endpoint or another group's rule names the group. */
export function isGroupNeeded(view: RoadsteadView, group: SecurityGroup): boolean {
  const { groupId } = group;
  if (view.networkInterfaces.count('group', groupId) > 0) return true;
  for (const rule of view.securityGroupRules.by('referencedGroup', groupId)) if (rule.groupId !== groupId) return true;
  for (const endpoint of view.vpcEndpoints.by('scope', scopeKey(group))) {
    if (endpoint.groupIds.includes(groupId)) return true;
  }
  return false;
}

/** Takes a security group away that nobody needs, with its rules. */
export function removeGroup(tx: RoadsteadTx, group: SecurityGroup): void {
  const rules: SecurityGroupRule[] = [...tx.securityGroupRules.by('group', group.groupId)];
  for (const rule of rules) tx.securityGroupRules.delete(`${scopeKey(rule)}/${rule.securityGroupRuleId}`);
  tx.securityGroups.delete(`${scopeKey(group)}/${group.groupId}`);
}
