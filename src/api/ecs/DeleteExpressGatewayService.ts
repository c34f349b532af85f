import { operation } from '../operation.ts';
import { presentExpress } from './express/present.ts';
import { activeExpress, expressServiceFrom, type FoundExpress } from './express/references.ts';
import { deleted } from './service/delete.ts';
import { ecs } from './service.ts';

/** DeleteExpressGatewayService: the service drains; what was made for it goes when its last task is gone. */
export const DeleteExpressGatewayService = operation(ecs, 'DeleteExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteExpressGatewayService',
    resource: expressServiceFrom(ctx.scope, input.serviceArn).serviceArn,
  }),
  command: (input, ctx) => expressServiceFrom(ctx.scope, input.serviceArn),
  apply: (tx, reference, ctx) => {
    const service = deleted(tx, activeExpress(tx, ctx.scope, reference, 'DeleteService'), ctx) as FoundExpress;
    return presentExpress(tx, service, ctx.totals, { tags: false });
  },
  output: (service) => ({ service }),
});
