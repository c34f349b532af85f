import { operation } from '../operation.ts';
import { presentUpdated } from './express/present.ts';
import { activeExpress, expressServiceFrom } from './express/references.ts';
import { checkExpressSettings } from './express/rules.ts';
import { updatedExpress } from './express/update.ts';
import { ecs } from './service.ts';

/**
 * UpdateExpressGatewayService: what needs new tasks makes a new deployment, by the service's strategy; a scaling target
 * holds at once. What a request leaves out stays as it is.
 */
export const UpdateExpressGatewayService = operation(ecs, 'UpdateExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateExpressGatewayService',
    resource: expressServiceFrom(ctx.scope, input.serviceArn).serviceArn,
  }),
  command: (input, ctx) => {
    checkExpressSettings(input, { complete: false, quotas: ctx.settings.quotas });
    return { input, reference: expressServiceFrom(ctx.scope, input.serviceArn) };
  },
  apply: (tx, { input, reference }, ctx) => {
    const current = activeExpress(tx, ctx.scope, reference, 'UpdateService');
    return presentUpdated(tx, updatedExpress(tx, current, input, ctx));
  },
  output: (service) => ({ service }),
});
