import { operation } from '../operation.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { ecs } from './service.ts';

/** DeleteGateway: no gateway is there. */
export const DeleteGateway = operation(ecs, 'DeleteGateway', {
  authorize: (input, ctx) => ({ action: 'ecs:DeleteGateway', resource: gatewayArnFrom(ctx.scope, input.gateway) }),
  command: (input, ctx) => gatewayArnFrom(ctx.scope, input.gateway),
  read: () => {
    throw gatewayNotFound();
  },
  output: () => ({}),
});
