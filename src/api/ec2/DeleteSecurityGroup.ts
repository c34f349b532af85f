import type { SecurityGroup } from '#model';
import { scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { dependencyViolation } from './errors.ts';
import { requireGroup } from './permissions.ts';
import { keyOf } from './resources/kind.ts';
import { rulesOf } from './resources/security-group.ts';
import { change } from './service.ts';

/** DeleteSecurityGroup: neither a default one nor one that an interface, an endpoint or another group's rule names. */
export const DeleteSecurityGroup = change('DeleteSecurityGroup', {
  command: ({ GroupId, GroupName }) => ({ id: GroupId, name: GroupName }),
  apply: (tx, given, { scope }) => {
    const group = requireGroup(tx, scope, given);
    const { groupId, groupName } = group;
    if (groupName === 'default') {
      throw new ApiError(
        'CannotDelete',
        `the specified group: "${groupId}" name: "default" cannot be deleted by a user`,
      );
    }
    if (isNeeded(group, tx)) throw dependencyViolation(`resource ${groupId} has a dependent object`);
    for (const rule of rulesOf(group, tx)) tx.securityGroupRules.delete(keyOf(scope, rule.securityGroupRuleId));
    tx.securityGroups.delete(keyOf(scope, groupId));
    return groupId;
  },
  output: (GroupId) => ({ Return: true, GroupId }),
});

function isNeeded(group: SecurityGroup, view: RoadsteadView): boolean {
  const { groupId } = group;
  if (view.networkInterfaces.count('group', groupId) > 0) return true;
  for (const rule of view.securityGroupRules.by('referencedGroup', groupId)) if (rule.groupId !== groupId) return true;
  for (const endpoint of view.vpcEndpoints.by('scope', scopeKey(group))) {
    if (endpoint.groupIds.includes(groupId)) return true;
  }
  return false;
}
