import { operation } from '../operation.ts';
import { presentCluster } from './cluster/present.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { checkedSettings } from './cluster/rules.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

export const UpdateClusterSettings = operation(ecs, 'UpdateClusterSettings', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateClusterSettings',
    resource: clusterArnFrom(ctx.scope, input.cluster),
  }),
  command: (input) => ({ reference: input.cluster, settings: checkedSettings(input.settings) }),
  apply: (tx, { reference, settings }, ctx) => {
    const cluster = { ...resolveCluster(tx, ctx.scope, reference), settings };
    tx.clusters.put(cluster);
    return cluster;
  },
  output: (cluster, ctx) => ({ cluster: presentCluster(cluster, ctx.totals, new Set(['SETTINGS'])) }),
});
