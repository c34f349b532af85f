import type { Scope } from '#model';
import { findDefaultNetwork, putGroup } from '#network';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { groupArn } from './resources/security-group.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';
import { newTags, presentTags } from './tags.ts';

/** Source: CreateSecurityGroup, `GroupName` and `Description`. */
const textPattern = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** CreateSecurityGroup: with a rule that lets everything out. */
export const CreateSecurityGroup = change('CreateSecurityGroup', {
  command: (input, { ids }) => {
    const { GroupName, Description, VpcId } = input;
    if (GroupName.startsWith('sg-')) {
      throw invalidParameterValue('Invalid group name. Group names may not be in the format sg-*');
    }
    if (GroupName.toLowerCase() === 'default') {
      throw invalidParameterValue('Cannot use reserved security group name: default');
    }
    requireText('GroupName', GroupName);
    requireText('GroupDescription', Description);
    return {
      groupId: `sg-${ids.hex(17)}`,
      groupName: GroupName,
      description: Description,
      vpcId: VpcId,
      tags: newTags(input.TagSpecifications, 'security-group'),
    };
  },
  apply: (tx, { vpcId: given, tags, ...named }, { scope, ids }) => {
    const vpcId = given === undefined ? defaultVpcId(tx, scope) : getResource(vpcs, tx, scope, given).vpcId;
    for (const other of tx.securityGroups.by('vpc', vpcId)) {
      if (other.groupName !== named.groupName) continue;
      const message = `The security group '${named.groupName}' already exists for VPC '${vpcId}'`;
      throw new ApiError('InvalidGroup.Duplicate', message);
    }
    const group = { ...scope, ...named, vpcId, ...tags };
    putGroup(tx, group, ids);
    return group;
  },
  output: (group) => ({ GroupId: group.groupId, SecurityGroupArn: groupArn(group), Tags: presentTags(group.tags) }),
});

function requireText(parameter: string, value: string): void {
  if (textPattern.test(value)) return;
  throw invalidParameterValue(
    `Value (${value}) for parameter ${parameter} is invalid. ` +
      'It has 1 to 255 characters: letters, digits, spaces, and ._-:/()#,@[]+=&;{}!$*',
  );
}

function defaultVpcId(view: RoadsteadView, scope: Scope): string {
  const network = findDefaultNetwork(view, scope);
  if (network === undefined) throw new ApiError('VPCIdNotSpecified', 'No default VPC for this user');
  return network.vpc.vpcId;
}
