import type { Cluster } from '#model';
import { operation } from '../operation.ts';
import { withProviders } from './capacity-provider/association.ts';
import { checkedProviderNames, checkedStrategy } from './capacity-provider/strategy.ts';
import { withDefaultNamespace } from './cluster/default-namespace.ts';
import { presentCluster } from './cluster/present.ts';
import { requireClusterQuota } from './cluster/quota.ts';
import { checkedClusterName, checkedConfiguration, checkedDefaultNamespace, checkedSettings } from './cluster/rules.ts';
import { clusterArnFrom, defaultClusterName } from './references.ts';
import { ecs } from './service.ts';
import { effectiveSetting } from './settings/effective.ts';
import { checkedTags } from './tags/rules.ts';

/**
 * CreateCluster. The name of an ACTIVE cluster gives that cluster back unchanged; the name of a deleted one starts
 * afresh.
 */
export const CreateCluster = operation(ecs, 'CreateCluster', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateCluster',
    resource: clusterArnFrom(ctx.scope, input.clusterName),
  }),
  command: (input, ctx) => {
    const clusterName = checkedClusterName(input.clusterName ?? defaultClusterName);
    const cluster: Cluster = {
      ...ctx.scope,
      clusterArn: clusterArnFrom(ctx.scope, clusterName),
      clusterName,
      status: 'ACTIVE',
      settings: [],
      ...(input.configuration === undefined ? {} : { configuration: checkedConfiguration(input.configuration) }),
      tags: checkedTags(input.tags, ctx.settings.quotas),
      createdAt: ctx.now,
    };
    return {
      namespace: checkedDefaultNamespace(input.serviceConnectDefaults),
      settings: input.settings === undefined ? undefined : checkedSettings(input.settings),
      cluster,
      providers: checkedProviderNames(ctx.scope, input.capacityProviders),
      strategy: checkedStrategy(ctx.scope, input.defaultCapacityProviderStrategy, 'CreateCluster'),
    };
  },
  apply: (tx, { cluster, settings, namespace, providers, strategy }, ctx) => {
    const existing = tx.clusters.find(cluster.clusterArn);
    if (existing?.status === 'ACTIVE') return existing;
    requireClusterQuota(tx, ctx);
    const insights = effectiveSetting(tx, ctx.scope, ctx.principal.arn, 'containerInsights');
    const created: Cluster = { ...cluster, settings: settings ?? [{ name: 'containerInsights', value: insights }] };
    const named = withDefaultNamespace(tx, created, namespace, ctx);
    const associated =
      providers.length + strategy.length === 0 ? named : withProviders(tx, named, { providers, strategy }, ctx);
    tx.clusters.put(associated);
    return associated;
  },
  output: (cluster, ctx) => ({
    cluster: presentCluster(cluster, ctx.totals, new Set(['SETTINGS', 'TAGS', 'CONFIGURATIONS', 'ATTACHMENTS'])),
  }),
});
