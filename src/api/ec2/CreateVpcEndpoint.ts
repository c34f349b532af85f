import { type Scope, scopeKey, type VpcEndpoint } from '#model';
import type { RoadsteadView } from '#store';
import { checkedEndpoint, policyFrom } from './endpoints.ts';
import { missingParameter, unsupported } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { presentEndpoint } from './resources/vpc-endpoint.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateVpcEndpoint: kept and told of; nothing is routed through it. */
export const CreateVpcEndpoint = change('CreateVpcEndpoint', {
  command: (input, { scope, ids, now }): VpcEndpoint => {
    const { VpcEndpointType = 'Gateway', ServiceName } = input;
    if (VpcEndpointType !== 'Gateway' && VpcEndpointType !== 'Interface' && VpcEndpointType !== 'GatewayLoadBalancer') {
      throw unsupported(`VpcEndpointType ${VpcEndpointType} is not part of this version of Roadstead.`);
    }
    if (ServiceName === undefined) throw missingParameter('serviceName');
    return {
      ...scope,
      vpcEndpointId: `vpce-${ids.hex(17)}`,
      vpcEndpointType: VpcEndpointType,
      vpcId: input.VpcId,
      serviceName: ServiceName,
      policyDocument: policyFrom(input.PolicyDocument),
      routeTableIds: input.RouteTableIds ?? [],
      subnetIds: input.SubnetIds ?? [],
      groupIds: input.SecurityGroupIds ?? [],
      privateDnsEnabled: VpcEndpointType === 'Interface' && input.PrivateDnsEnabled !== false,
      ipAddressType: 'ipv4',
      createdAt: now,
      ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
      ...newTags(input.TagSpecifications, 'vpc-endpoint'),
    };
  },
  apply: (tx, wanted, { scope, settings }) => {
    const again = madeWith(tx, scope, wanted.clientToken);
    if (again !== undefined) return presentEndpoint(again, tx);
    getResource(vpcs, tx, scope, wanted.vpcId);
    const endpoint = checkedEndpoint(tx, scope, wanted, settings.quotas);
    tx.vpcEndpoints.put(endpoint);
    return presentEndpoint(endpoint, tx);
  },
  output: (VpcEndpoint) => ({ VpcEndpoint }),
});

function madeWith(view: RoadsteadView, scope: Scope, clientToken: string | undefined): VpcEndpoint | undefined {
  if (clientToken === undefined) return undefined;
  for (const endpoint of view.vpcEndpoints.by('scope', scopeKey(scope))) {
    if (endpoint.clientToken === clientToken) return endpoint;
  }
  return undefined;
}
