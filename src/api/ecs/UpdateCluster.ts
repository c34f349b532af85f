import { operation } from '../operation.ts';
import { withDefaultNamespace } from './cluster/default-namespace.ts';
import { presentCluster } from './cluster/present.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { checkedConfiguration, checkedDefaultNamespace, checkedSettings } from './cluster/rules.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** UpdateCluster: settings, configuration and the default namespace, which an empty text takes away; what is left out stays. */
export const UpdateCluster = operation(ecs, 'UpdateCluster', {
  authorize: (input, ctx) => ({ action: 'ecs:UpdateCluster', resource: clusterArnFrom(ctx.scope, input.cluster) }),
  command: (input) => {
    return {
      namespace: checkedDefaultNamespace(input.serviceConnectDefaults),
      reference: input.cluster,
      changes: {
        ...(input.settings === undefined ? {} : { settings: checkedSettings(input.settings) }),
        ...(input.configuration === undefined ? {} : { configuration: checkedConfiguration(input.configuration) }),
      },
    };
  },
  apply: (tx, { reference, changes, namespace }, ctx) => {
    const cluster = withDefaultNamespace(
      tx,
      { ...resolveCluster(tx, ctx.scope, reference), ...changes },
      namespace,
      ctx,
    );
    tx.clusters.put(cluster);
    return cluster;
  },
  output: (cluster, ctx) => ({
    cluster: presentCluster(cluster, ctx.totals, new Set(['SETTINGS', 'CONFIGURATIONS'])),
  }),
});
