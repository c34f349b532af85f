import {
  autoScalingGroupOf,
  type CapacityProvider,
  type CapacityProviderArn,
  type Cluster,
  type ContainerInstance,
  capacityProviderArn,
  isReservedProvider,
  parseEcsArn,
  scopeKey,
} from '#model';
import type { RoadsteadView } from '#store';

/** A capacity provider by ARN, in any state; those that are always there need no record. */
export function findProvider(view: RoadsteadView, arn: string): CapacityProvider | undefined {
  const stored = view.capacityProviders.find(arn);
  if (stored !== undefined) return stored;
  const parsed = parseEcsArn(arn);
  const name = parsed?.path.join('/') ?? '';
  if (parsed === undefined || !isReservedProvider(name)) return undefined;
  return {
    ...parsed.scope,
    capacityProviderArn: arn as CapacityProviderArn,
    name,
    type: name,
    status: 'ACTIVE',
    tags: [],
  };
}

/** A provider of a cluster by name; clusters name providers of their own account and region. */
export function providerOf(view: RoadsteadView, cluster: Cluster, name: string): CapacityProvider | undefined {
  return findProvider(view, capacityProviderArn(cluster, name));
}

/** The ACTIVE clusters that a provider is associated with. */
export function clustersOf(view: RoadsteadView, provider: CapacityProvider): Iterable<Cluster> {
  return view.clusters.by('capacityProvider', `${scopeKey(provider)}/${provider.name}`);
}

/**
 * The machine with the name of its cluster's provider for the group it is of; the very same object when that is what it
 * has. ECS attributes only machines that register later; here a group is made of those that are there.
 */
export function attributedInstance(view: RoadsteadView, instance: ContainerInstance): ContainerInstance {
  const group = autoScalingGroupOf(instance);
  const cluster = group === undefined ? undefined : view.clusters.find(instance.clusterArn);
  const name = cluster?.capacityProviders?.find(
    (each) => providerOf(view, cluster, each)?.autoScalingGroupProvider?.autoScalingGroupName === group,
  );
  const { capacityProviderName, ...rest } = instance;
  if (capacityProviderName === name) return instance;
  return { ...rest, ...(name === undefined ? {} : { capacityProviderName: name }), version: instance.version + 1 };
}

/** Whether tasks of a cluster's provider wait for an instance when none has room. */
export function scalesGroup(view: RoadsteadView, cluster: Cluster, name: string): boolean {
  return providerOf(view, cluster, name)?.autoScalingGroupProvider?.managedScaling.status === 'ENABLED';
}
