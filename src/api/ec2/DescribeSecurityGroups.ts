import { findDefaultNetwork } from '#network';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { presentGroup, securityGroups } from './resources/security-group.ts';
import { list, read } from './service.ts';

/** DescribeSecurityGroups. Names are those of groups of the default VPC. */
export const DescribeSecurityGroups = read('DescribeSecurityGroups', (input, view, ctx) => {
  const { GroupIds = [], GroupNames = [] } = input;
  const ids = [...GroupIds, ...GroupNames.map((name) => idOfName(name, view, ctx))];
  const { records, page } = list(securityGroups, { ...input, ids }, view, ctx);
  return { SecurityGroups: records.map((group) => presentGroup(group, view)), ...page };
});

function idOfName(name: string, view: RoadsteadView, { scope }: Pick<OperationContext, 'scope'>): string {
  const network = findDefaultNetwork(view, scope);
  const found = network?.securityGroups.find(({ groupName }) => groupName === name);
  if (found !== undefined) return found.groupId;
  const place = network === undefined ? '' : ` in default VPC '${network.vpc.vpcId}'`;
  throw new ApiError('InvalidGroup.NotFound', `The security group '${name}' does not exist${place}`);
}
