import { attributedInstance, clustersOf, providerOf } from '#capacity';
import type { CapacityProvider, CapacityProviderStrategyItem, Cluster, ClusterAttachment } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { activeProvider } from './resolve.ts';
import { requireAssociated } from './strategy.ts';

/**
 * The cluster with these providers and this default strategy in place of those it had. Nothing of the cluster is
 * stored. ClientException for a provider that is not there, ResourceInUseException for one that is still in use.
 */
export function withProviders(
  view: RoadsteadView,
  cluster: Cluster,
  wanted: { readonly providers: readonly string[]; readonly strategy: readonly CapacityProviderStrategyItem[] },
  ctx: OperationContext,
): Cluster {
  for (const name of wanted.providers) {
    const provider = activeProvider(view, ctx.scope, name);
    const others = [...clustersOf(view, provider)].filter(({ clusterArn }) => clusterArn !== cluster.clusterArn);
    requireOneCluster(provider, [...others, cluster]);
  }
  requireAssociated(wanted.strategy, wanted.providers);
  for (const name of cluster.capacityProviders ?? []) {
    if (!wanted.providers.includes(name)) requireUnused(view, cluster, name);
  }
  const associated = {
    ...cluster,
    capacityProviders: wanted.providers,
    defaultCapacityProviderStrategy: wanted.strategy,
  };
  return withAttachments(view, associated, ctx);
}

/** Stores a cluster whose providers changed, and says of each of its machines which provider's it is. */
export function putAssociated(tx: RoadsteadTx, cluster: Cluster): void {
  tx.clusters.put(cluster);
  const instances = [...tx.containerInstances.by('cluster', cluster.clusterArn)];
  for (const instance of instances.filter(({ status }) => status !== 'INACTIVE')) {
    tx.containerInstances.put(attributedInstance(tx, instance));
  }
}

/** The cluster with what its providers ask for now; attachments that stay keep their ids. */
export function withAttachments(view: RoadsteadView, cluster: Cluster, ctx: OperationContext): Cluster {
  const attachments = (cluster.capacityProviders ?? []).flatMap((name): ClusterAttachment[] => {
    const group = providerOf(view, cluster, name)?.autoScalingGroupProvider;
    const types = [
      ...(group?.managedScaling.status === 'ENABLED' ? (['as_policy'] as const) : []),
      ...(group?.managedDraining === 'ENABLED' ? (['managed_draining'] as const) : []),
    ];
    return types.map(
      (type) =>
        cluster.attachments?.find((each) => each.type === type && each.capacityProviderName === name) ?? {
          id: ctx.ids.uuid(),
          type,
          capacityProviderName: name,
        },
    );
  });
  if (attachments.length === 0 && cluster.attachments === undefined) return cluster;
  const others = (cluster.attachments ?? []).filter(({ type }) => type === 'sc');
  return { ...cluster, attachments: [...attachments, ...others] };
}

/** A provider that scales its group counts the tasks of one cluster. */
export function requireOneCluster(provider: CapacityProvider, clusters: readonly Cluster[]): void {
  if (provider.autoScalingGroupProvider?.managedScaling.status !== 'ENABLED' || clusters.length <= 1) return;
  const names = clusters.map(({ clusterName }) => clusterName).join(', ');
  throw invalidParameter(
    `The capacity provider ${provider.name} uses managed scaling and can be associated with one cluster only, not with ${names}. Turn managed scaling off or create a capacity provider for each cluster and try again.`,
  );
}

function requireUnused(view: RoadsteadView, cluster: Cluster, name: string): void {
  const inService = [...view.services.by('cluster', cluster.clusterArn)].some(
    (service) =>
      service.status !== 'INACTIVE' &&
      service.capacityProviderStrategy?.some(({ capacityProvider }) => capacityProvider === name),
  );
  const inDaemon = [...view.daemons.by('cluster', cluster.clusterArn)].some(({ goal }) =>
    goal.capacityProviders.includes(name),
  );
  if (!inService && !inDaemon && view.tasks.count('capacityProvider', `${cluster.clusterArn}/${name}`) === 0) return;
  throw new ApiError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.');
}
