import { operation } from '../operation.ts';
import { type ClusterInclude, presentCluster } from './cluster/present.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { clusterArnFrom, defaultClusterName } from './references.ts';
import { ecs } from './service.ts';

/** DescribeClusters: up to 100; unknown ones are failures, never an exception. */
export const DescribeClusters = operation(ecs, 'DescribeClusters', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeClusters',
    resource: input.clusters?.length === 1 ? clusterArnFrom(ctx.scope, input.clusters[0]) : '*',
  }),
  command: (input, ctx) => {
    const references =
      input.clusters === undefined || input.clusters.length === 0 ? [defaultClusterName] : input.clusters;
    if (references.length > limits.describeItems) {
      throw invalidParameter(`Clusters cannot have more than ${limits.describeItems} elements.`);
    }
    return {
      arns: references.map((reference) => clusterArnFrom(ctx.scope, reference)),
      include: new Set<ClusterInclude>(input.include ?? []),
    };
  },
  read: (view, { arns, include }) => ({
    include,
    found: arns.map((arn) => ({ arn, cluster: view.clusters.find(arn) })),
  }),
  output: ({ found, include }, ctx) => ({
    clusters: found.flatMap(({ cluster }) =>
      cluster === undefined ? [] : [presentCluster(cluster, ctx.totals, include)],
    ),
    failures: found.flatMap(({ arn, cluster }) => (cluster === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});
