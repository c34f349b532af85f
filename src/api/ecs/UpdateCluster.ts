import { operation } from '../operation.ts';
import { presentCluster } from './cluster/present.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { checkedConfiguration, checkedSettings, refuseServiceConnect } from './cluster/rules.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** UpdateCluster: settings and configuration; what is left out stays. */
export const UpdateCluster = operation(ecs, 'UpdateCluster', {
  authorize: (input, ctx) => ({ action: 'ecs:UpdateCluster', resource: clusterArnFrom(ctx.scope, input.cluster) }),
  command: (input) => {
    refuseServiceConnect(input.serviceConnectDefaults);
    return {
      reference: input.cluster,
      changes: {
        ...(input.settings === undefined ? {} : { settings: checkedSettings(input.settings) }),
        ...(input.configuration === undefined ? {} : { configuration: checkedConfiguration(input.configuration) }),
      },
    };
  },
  apply: (tx, { reference, changes }, ctx) => {
    const cluster = { ...resolveCluster(tx, ctx.scope, reference), ...changes };
    tx.clusters.put(cluster);
    return cluster;
  },
  output: (cluster, ctx) => ({
    cluster: presentCluster(cluster, ctx.totals, new Set(['SETTINGS', 'CONFIGURATIONS'])),
  }),
});
