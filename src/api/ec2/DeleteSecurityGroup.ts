import { isGroupNeeded, removeGroup } from '#network';
import { ApiError } from '#wire/aws';
import { dependencyViolation } from './errors.ts';
import { requireGroup } from './permissions.ts';
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
    if (isGroupNeeded(tx, group)) throw dependencyViolation(`resource ${groupId} has a dependent object`);
    removeGroup(tx, group);
    return groupId;
  },
  output: (GroupId) => ({ Return: true, GroupId }),
});
