import { changedIds, checkedEndpoint, openPolicy, policyFrom } from './endpoints.ts';
import { getResource } from './resources/kind.ts';
import { vpcEndpoints } from './resources/vpc-endpoint.ts';
import { change } from './service.ts';

/** ModifyVpcEndpoint. */
export const ModifyVpcEndpoint = change('ModifyVpcEndpoint', {
  command: (input) => ({
    ...input,
    policy: input.ResetPolicy === true ? openPolicy : input.PolicyDocument && policyFrom(input.PolicyDocument),
  }),
  apply: (tx, command, { scope, settings }) => {
    const before = getResource(vpcEndpoints, tx, scope, command.VpcEndpointId);
    const { AddRouteTableIds, RemoveRouteTableIds, AddSubnetIds, RemoveSubnetIds } = command;
    const changed = {
      ...before,
      policyDocument: command.policy ?? before.policyDocument,
      privateDnsEnabled: command.PrivateDnsEnabled ?? before.privateDnsEnabled,
      routeTableIds: changedIds(before.routeTableIds, AddRouteTableIds, RemoveRouteTableIds),
      subnetIds: changedIds(before.subnetIds, AddSubnetIds, RemoveSubnetIds),
      groupIds: changedIds(before.groupIds, command.AddSecurityGroupIds, command.RemoveSecurityGroupIds),
    };
    tx.vpcEndpoints.put(checkedEndpoint(tx, scope, changed, settings.quotas));
  },
  output: () => ({ Return: true }),
});
