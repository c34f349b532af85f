import { operation } from '../operation.ts';
import { checkedEnum } from './enums.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { checkGatewayUpdate, propagations } from './gateway/rules.ts';
import { checkedRoleArn } from './role-arns.ts';
import { ecs } from './service.ts';

/** UpdateGateway: checks the whole request; no gateway is there to be updated. */
export const UpdateGateway = operation(ecs, 'UpdateGateway', {
  authorize: (input, ctx) => ({ action: 'ecs:UpdateGateway', resource: gatewayArnFrom(ctx.scope, input.gateway) }),
  command: (input) => {
    if (input.infrastructureRoleArn !== undefined) {
      checkedRoleArn('infrastructureRoleArn', input.infrastructureRoleArn);
    }
    checkedEnum('propagateTags', input.propagateTags, propagations);
    checkGatewayUpdate(input.configuration);
  },
  read: () => {
    throw gatewayNotFound();
  },
  output: () => ({}),
});
