import { operation } from '../operation.ts';
import { presentExpress } from './express/present.ts';
import { expressServiceFrom, findExpress } from './express/references.ts';
import { ecs } from './service.ts';

/** DescribeExpressGatewayService: as long as the service is remembered. */
export const DescribeExpressGatewayService = operation(ecs, 'DescribeExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeExpressGatewayService',
    resource: expressServiceFrom(ctx.scope, input.serviceArn).serviceArn,
  }),
  command: (input, ctx) => ({
    reference: expressServiceFrom(ctx.scope, input.serviceArn),
    tags: input.include?.includes('TAGS') ?? false,
  }),
  read: (view, { reference, tags }, ctx) =>
    presentExpress(view, findExpress(view, ctx.scope, reference), ctx.totals, { tags }),
  output: (service) => ({ service }),
});
