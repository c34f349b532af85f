import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { presentContainerInstance } from './container-instance/present.ts';
import { clientError, invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { containerInstanceArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** DescribeContainerInstances: up to 100; unknown ones are failures. */
export const DescribeContainerInstances = operation(ecs, 'DescribeContainerInstances', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeContainerInstances',
    resource:
      input.containerInstances.length === 1
        ? containerInstanceArnFrom(ctx.scope, input.cluster, input.containerInstances[0] ?? '')
        : '*',
  }),
  command: (input, ctx) => {
    const references = input.containerInstances;
    if (references.length === 0) throw clientError('Container Instances cannot be empty.');
    if (references.length > limits.describeItems) {
      throw invalidParameter(`Container Instances cannot have more than ${limits.describeItems} elements.`);
    }
    return {
      cluster: input.cluster,
      arns: references.map((reference) => containerInstanceArnFrom(ctx.scope, input.cluster, reference)),
      include: new Set(input.include ?? []),
    };
  },
  read: (view, { cluster, arns, include }, ctx) => {
    resolveCluster(view, ctx.scope, cluster);
    return { include, found: arns.map((arn) => ({ arn, instance: view.containerInstances.find(arn) })) };
  },
  output: ({ found, include }, ctx) => ({
    containerInstances: found.flatMap(({ instance }) =>
      instance === undefined
        ? []
        : [presentContainerInstance(instance, ctx.totals.instances.of(instance.containerInstanceArn), include)],
    ),
    failures: found.flatMap(({ arn, instance }) => (instance === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});
