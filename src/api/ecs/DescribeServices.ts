import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { serviceArnFrom } from './references.ts';
import { presentServiceNow } from './service/present.ts';
import { ecs } from './service.ts';

/** DescribeServices: up to 10, deleted ones included; unknown ones are failures. */
export const DescribeServices = operation(ecs, 'DescribeServices', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeServices',
    resource: input.services.length === 1 ? serviceArnFrom(ctx.scope, input.cluster, input.services[0] ?? '') : '*',
  }),
  command: (input, ctx) => {
    if (input.services.length === 0) throw invalidParameter('Services cannot be empty.');
    if (input.services.length > limits.describeServices) {
      throw invalidParameter(`Services cannot have more than ${limits.describeServices} elements.`);
    }
    return {
      cluster: input.cluster,
      arns: input.services.map((reference) => serviceArnFrom(ctx.scope, input.cluster, reference)),
      tags: input.include?.includes('TAGS') ?? false,
    };
  },
  read: (view, { cluster, arns, tags }, ctx) => {
    resolveCluster(view, ctx.scope, cluster);
    return { view, tags, found: arns.map((arn) => ({ arn, service: view.services.find(arn) })) };
  },
  output: ({ view, found, tags }, ctx) => ({
    services: found.flatMap(({ service }) =>
      service === undefined ? [] : [presentServiceNow(service, view, ctx, { tags })],
    ),
    failures: found.flatMap(({ arn, service }) => (service === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});
