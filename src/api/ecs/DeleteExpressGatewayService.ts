import { operation } from '../operation.ts';
import { expressRefusal, expressServiceFrom } from './express/references.ts';
import { ecs } from './service.ts';

/** DeleteExpressGatewayService: no Express service is there to be deleted. */
export const DeleteExpressGatewayService = operation(ecs, 'DeleteExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteExpressGatewayService',
    resource: expressServiceFrom(ctx.scope, input.serviceArn).serviceArn,
  }),
  command: (input, ctx) => expressServiceFrom(ctx.scope, input.serviceArn),
  read: (view, service, ctx) => {
    throw expressRefusal(view, ctx.scope, service, 'DeleteService');
  },
  output: () => ({}),
});
