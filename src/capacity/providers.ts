import {
  autoScalingGroupOf,
  type CapacityProvider,
  type CapacityProviderArn,
  type Cluster,
  type ContainerInstance,
  type ContainerInstanceArn,
  capacityProviderArn,
  isReservedProvider,
  parseEcsArn,
  scopeKey,
  type Task,
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
  const { capacityProviderName, awaitsDaemons: _, ...rest } = instance;
  if (capacityProviderName === name) return instance;
  const awaited = name === undefined ? [] : criticalDaemons(view, instance, name);
  return {
    ...rest,
    ...(name === undefined ? {} : { capacityProviderName: name }),
    ...(awaited.length === 0 ? {} : { awaitsDaemons: awaited }),
    version: instance.version + 1,
  };
}

/** Names of the daemons without which an instance that came to the provider takes no other tasks. */
function criticalDaemons(
  view: RoadsteadView,
  { clusterArn }: Pick<ContainerInstance, 'clusterArn'>,
  provider: string,
): readonly string[] {
  const daemons = [...view.daemons.by('cluster', clusterArn)].filter(
    ({ status, goal }) =>
      status === 'ACTIVE' &&
      goal.capacityProviders.includes(provider) &&
      view.daemonRevisions.get(goal.daemonRevisionArn).critical,
  );
  return daemons.map(({ daemonName }) => daemonName);
}

/** Whether a task is one of a daemon, or of a service with the DAEMON scheduling strategy: such are no load. */
export function isDaemonTask(view: RoadsteadView, { daemonArn, serviceArn }: Task): boolean {
  if (daemonArn !== undefined) return true;
  return serviceArn !== undefined && view.services.find(serviceArn)?.schedulingStrategy === 'DAEMON';
}

/** Whether tasks that are not of daemons hold anything of the instance. */
export function hasOtherThanDaemons(view: RoadsteadView, arn: ContainerInstanceArn): boolean {
  for (const task of view.tasks.by('host', arn)) if (!isDaemonTask(view, task)) return true;
  return false;
}

/** Whether tasks of a cluster's provider wait for an instance when none has room. */
export function scalesGroup(view: RoadsteadView, cluster: Cluster, name: string): boolean {
  return providerOf(view, cluster, name)?.autoScalingGroupProvider?.managedScaling.status === 'ENABLED';
}
