import { operation } from '../operation.ts';
import { checkedEnums } from './enums.ts';
import { gatewayArnFrom } from './gateway/references.ts';
import { associationStatuses } from './gateway/rules.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** ListGatewayClusterAssociations: there are none; the model has no exception for unknown gateways and clusters. */
export const ListGatewayClusterAssociations = operation(ecs, 'ListGatewayClusterAssociations', {
  authorize: () => ({ action: 'ecs:ListGatewayClusterAssociations', resource: '*' }),
  command: (input, ctx) => {
    if (input.gateway !== undefined) gatewayArnFrom(ctx.scope, input.gateway);
    if (input.cluster !== undefined) clusterArnFrom(ctx.scope, input.cluster);
    checkedEnums('status', input.status, associationStatuses);
    pageRequest('ListGatewayClusterAssociations', pageSizes.usual, input);
  },
  read: () => undefined,
  output: () => ({ gatewayClusterAssociations: [] }),
});
