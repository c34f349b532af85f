import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { checkedRouteArn } from './gateway/references.ts';
import { ecs } from './service.ts';

/** DescribeGatewayRoute: no gateway is there, and so no route. */
export const DescribeGatewayRoute = operation(ecs, 'DescribeGatewayRoute', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeGatewayRoute',
    resource: checkedRouteArn(ctx.scope, input.gatewayRouteArn),
  }),
  command: (input) => input.gatewayRouteArn,
  read: (_, arn) => {
    throw new ApiError('ResourceNotFoundException', `The specified resource could not be found: ${arn}`);
  },
  output: () => ({}),
});
