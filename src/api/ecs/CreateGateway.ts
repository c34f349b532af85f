import { operation } from '../operation.ts';
import { checkedEnum } from './enums.ts';
import { unsupportedFeature } from './errors.ts';
import { checkedGatewayName, gatewayArnFrom } from './gateway/references.ts';
import { checkGatewayConfiguration, propagations } from './gateway/rules.ts';
import { limits } from './limits.ts';
import { checkedRoleArn } from './role-arns.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { checkedClientToken } from './task/idempotency.ts';

/** CreateGateway: checks the whole request; gateways are not there yet. */
export const CreateGateway = operation(ecs, 'CreateGateway', {
  authorize: (input, ctx) => ({ action: 'ecs:CreateGateway', resource: gatewayArnFrom(ctx.scope, input.name) }),
  command: (input, ctx) => {
    checkedGatewayName(input.name);
    checkedRoleArn('infrastructureRoleArn', input.infrastructureRoleArn);
    checkedClientToken(input.clientToken, limits.clientTokenLength.createGateway);
    checkedEnum('propagateTags', input.propagateTags, propagations);
    checkGatewayConfiguration(input.configuration, ctx.settings.quotas);
    checkedTags(input.tags);
  },
  read: () => {
    throw unsupportedFeature(
      'Gateways are not part of this version of Roadstead. Put the service behind an Application Load Balancer instead.',
    );
  },
  output: () => ({}),
});
