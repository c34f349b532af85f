import type { Vpc } from '#model';
import type { RoadsteadView } from '#store';
import { dependencyViolation } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';

/** DeleteVpc, with what came with it. DependencyViolation while anything else is in it. */
export const DeleteVpc = change('DeleteVpc', {
  command: ({ VpcId }) => VpcId,
  apply: (tx, vpcId, { scope }) => {
    const vpc = getResource(vpcs, tx, scope, vpcId);
    if (hasDependencies(vpc, tx)) {
      throw dependencyViolation(`The vpc '${vpcId}' has dependencies and cannot be deleted.`);
    }
    for (const { routeTableId } of tx.routeTables.by('vpc', vpcId)) tx.routeTables.delete(keyIn(vpc, routeTableId));
    for (const { networkAclId } of tx.networkAcls.by('vpc', vpcId)) tx.networkAcls.delete(keyIn(vpc, networkAclId));
    for (const { groupId } of tx.securityGroups.by('vpc', vpcId)) {
      for (const rule of tx.securityGroupRules.by('group', groupId)) {
        tx.securityGroupRules.delete(keyIn(vpc, rule.securityGroupRuleId));
      }
      tx.securityGroups.delete(keyIn(vpc, groupId));
    }
    tx.vpcs.delete(vpcId);
  },
  output: () => ({}),
});

function keyIn({ accountId, region }: Vpc, id: string): string {
  return `${accountId}/${region}/${id}`;
}

/** The main route table, the default ACL and the default group are none. */
function hasDependencies({ vpcId }: Vpc, view: RoadsteadView): boolean {
  return (
    view.subnets.count('vpc', vpcId) > 0 ||
    view.internetGateways.count('vpc', vpcId) > 0 ||
    view.vpcEndpoints.count('vpc', vpcId) > 0 ||
    view.routeTables.count('vpc', vpcId) > 1 ||
    view.networkAcls.count('vpc', vpcId) > 1 ||
    view.securityGroups.count('vpc', vpcId) > 1
  );
}
