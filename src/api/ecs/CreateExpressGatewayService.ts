import { certificateArn, expressEndpoint, serviceArn } from '#model';
import { issueSealed } from '#pki';
import { operation } from '../operation.ts';
import { createdExpress } from './express/create.ts';
import { generatedName } from './express/names.ts';
import { presentExpress } from './express/present.ts';
import { checkExpressSettings } from './express/rules.ts';
import { clusterNameFrom } from './references.ts';
import { checkedRoleArn } from './role-arns.ts';
import { checkedServiceName } from './service/rules.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';

/**
 * CreateExpressGatewayService: makes, in one transaction, the service with its task definition and all between its endpoint
 * and its tasks; a cluster `default` that is missing as well.
 */
export const CreateExpressGatewayService = operation(ecs, 'CreateExpressGatewayService', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateExpressGatewayService',
    resource: serviceArn(ctx.scope, clusterNameFrom(ctx.scope, input.cluster), input.serviceName ?? '*'),
  }),
  command: (input, ctx) => {
    checkedRoleArn('infrastructureRoleArn', input.infrastructureRoleArn);
    if (input.serviceName !== undefined) checkedServiceName(input.serviceName);
    checkExpressSettings(input, { complete: true, quotas: ctx.settings.quotas });
    const id = ctx.ids.hex(8);
    const serviceName = input.serviceName ?? generatedName(input, id);
    return {
      input,
      id,
      serviceName,
      endpoint: expressEndpoint(ctx.scope.region, serviceName, ctx.ids.hex(12)),
      tags: checkedTags(input.tags, ctx.settings.quotas),
    };
  },
  perform: async (store, wanted, ctx) => {
    const { authority, privateKeys, now } = ctx;
    const request = { names: [wanted.endpoint], keyKind: 'EC_prime256v1', now } as const;
    const sealed = await issueSealed(authority, privateKeys, request);
    const certificate = { certificateArn: certificateArn(ctx.scope, ctx.ids.uuid()), sealed };
    return await store.update('api', (tx) => {
      const service = createdExpress(tx, { ...wanted, certificate }, ctx);
      return presentExpress(tx, service, ctx.totals, { tags: service.tags.length > 0 });
    });
  },
  output: (service) => ({ service }),
});
