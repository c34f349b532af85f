import { operation } from '../operation.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';

/** DescribeGatewayResources: no gateway is there. */
export const DescribeGatewayResources = operation(ecs, 'DescribeGatewayResources', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeGatewayResources',
    resource: gatewayArnFrom(ctx.scope, input.gateway),
  }),
  command: (input) => pageRequest('DescribeGatewayResources', pageSizes.gatewayResources, input),
  read: () => {
    throw gatewayNotFound();
  },
  output: () => ({}),
});
