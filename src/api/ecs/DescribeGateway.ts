import { operation } from '../operation.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { ecs } from './service.ts';

/** DescribeGateway: no gateway is there. */
export const DescribeGateway = operation(ecs, 'DescribeGateway', {
  authorize: (input, ctx) => ({ action: 'ecs:DescribeGateway', resource: gatewayArnFrom(ctx.scope, input.gateway) }),
  command: (input, ctx) => gatewayArnFrom(ctx.scope, input.gateway),
  read: () => {
    throw gatewayNotFound();
  },
  output: () => ({}),
});
