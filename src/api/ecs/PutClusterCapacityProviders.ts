import { operation } from '../operation.ts';
import { putAssociated, withProviders } from './capacity-provider/association.ts';
import { checkedProviderNames, checkedStrategy } from './capacity-provider/strategy.ts';
import { presentCluster } from './cluster/present.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** PutClusterCapacityProviders: replaces a cluster's providers and its default strategy, at once. */
export const PutClusterCapacityProviders = operation(ecs, 'PutClusterCapacityProviders', {
  authorize: (input, ctx) => ({
    action: 'ecs:PutClusterCapacityProviders',
    resource: clusterArnFrom(ctx.scope, input.cluster),
  }),
  command: (input, ctx) => ({
    reference: input.cluster,
    providers: checkedProviderNames(ctx.scope, input.capacityProviders),
    strategy: checkedStrategy(ctx.scope, input.defaultCapacityProviderStrategy),
  }),
  apply: (tx, { reference, ...wanted }, ctx) => {
    const cluster = withProviders(tx, resolveCluster(tx, ctx.scope, reference), wanted, ctx);
    putAssociated(tx, cluster);
    return cluster;
  },
  output: (cluster, ctx) => ({
    cluster: presentCluster(cluster, ctx.totals, new Set(['SETTINGS', 'CONFIGURATIONS', 'ATTACHMENTS'])),
  }),
});
