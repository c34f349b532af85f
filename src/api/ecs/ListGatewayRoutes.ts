import { operation } from '../operation.ts';
import { checkedEnums } from './enums.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { routeStatuses } from './gateway/rules.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { clusterArnFrom, serviceArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** ListGatewayRoutes: there are none, and a gateway that is asked for is not there. */
export const ListGatewayRoutes = operation(ecs, 'ListGatewayRoutes', {
  authorize: () => ({ action: 'ecs:ListGatewayRoutes', resource: '*' }),
  command: (input, ctx) => {
    if (input.gateway !== undefined) gatewayArnFrom(ctx.scope, input.gateway);
    if (input.cluster !== undefined) clusterArnFrom(ctx.scope, input.cluster);
    if (input.service !== undefined) serviceArnFrom(ctx.scope, input.cluster, input.service);
    checkedEnums('status', input.status, routeStatuses);
    pageRequest('ListGatewayRoutes', pageSizes.usual, input);
    return input.gateway;
  },
  read: (_, gateway) => {
    if (gateway !== undefined) throw gatewayNotFound();
  },
  output: () => ({ gatewayRoutes: [] }),
});
