import { type Scope } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import type { Quotas } from '../operation.ts';
import { invalidParameterValue } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { securityGroups } from './resources/security-group.ts';

/** The groups of a request, of the interface's VPC; the VPC's default one when none is named. */
export function groupsFrom(
  view: RoadsteadView,
  scope: Scope,
  vpcId: string,
  given: readonly string[],
  { securityGroupsPerAwsvpcConfiguration: most }: Pick<Quotas, 'securityGroupsPerAwsvpcConfiguration'>,
): readonly string[] {
  if (given.length > most) {
    throw new ApiError(
      'SecurityGroupsPerInterfaceLimitExceeded',
      'The maximum number of security groups per interface has been reached.',
    );
  }
  const groups = [...new Set(given)].map((id) => getResource(securityGroups, view, scope, id));
  if (groups.some((group) => group.vpcId !== vpcId)) {
    throw invalidParameterValue('You have specified two resources that belong to different networks.');
  }
  if (groups.length > 0) return groups.map(({ groupId }) => groupId);
  for (const group of view.securityGroups.by('vpc', vpcId)) if (group.groupName === 'default') return [group.groupId];
  return [];
}
