import { operation } from '../operation.ts';
import { expressNotFound, expressServiceFrom } from './express/references.ts';
import { ecs } from './service.ts';

/** DescribeExpressGatewayService: no Express service is there. */
export const DescribeExpressGatewayService = operation(ecs, 'DescribeExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeExpressGatewayService',
    resource: expressServiceFrom(ctx.scope, input.serviceArn).serviceArn,
  }),
  command: (input, ctx) => expressServiceFrom(ctx.scope, input.serviceArn),
  read: (view, service, ctx) => {
    throw expressNotFound(view, ctx.scope, service);
  },
  output: () => ({}),
});
