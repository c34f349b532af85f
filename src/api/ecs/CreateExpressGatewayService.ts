import { serviceArn } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { checkExpressSettings, settingsRefusal } from './express/rules.ts';
import { clusterNameFrom } from './references.ts';
import { checkedRoleArn } from './role-arns.ts';
import { checkedServiceName } from './service/rules.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';

/** CreateExpressGatewayService: checks the whole request; there are no load balancers for such a service. */
export const CreateExpressGatewayService = operation(ecs, 'CreateExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateExpressGatewayService',
    resource: serviceArn(ctx.scope, clusterNameFrom(ctx.scope, input.cluster), input.serviceName ?? '*'),
  }),
  command: (input, ctx) => {
    checkedRoleArn('infrastructureRoleArn', input.infrastructureRoleArn);
    if (input.serviceName !== undefined) checkedServiceName(input.serviceName);
    checkExpressSettings(input, { complete: true, quotas: ctx.settings.quotas });
    checkedTags(input.tags);
    return input;
  },
  read: (view, { cluster, taskDefinitionArn }, ctx) => {
    resolveCluster(view, ctx.scope, cluster);
    throw settingsRefusal(view, ctx.scope, taskDefinitionArn);
  },
  output: () => ({}),
});
