import { operation } from '../operation.ts';
import { expressRefusal, expressServiceFrom } from './express/references.ts';
import { checkExpressSettings } from './express/rules.ts';
import { ecs } from './service.ts';

/** UpdateExpressGatewayService: checks the whole request; no Express service is there to be updated. */
export const UpdateExpressGatewayService = operation(ecs, 'UpdateExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateExpressGatewayService',
    resource: expressServiceFrom(ctx.scope, input.serviceArn).serviceArn,
  }),
  command: (input, ctx) => {
    checkExpressSettings(input, { complete: false, quotas: ctx.settings.quotas });
    return expressServiceFrom(ctx.scope, input.serviceArn);
  },
  read: (view, service, ctx) => {
    throw expressRefusal(view, ctx.scope, service, 'UpdateService');
  },
  output: () => ({}),
});
