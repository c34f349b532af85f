import type { Cluster, ClusterAttachment } from '#model';
import type { Totals } from '#store';

export type ClusterInclude = 'ATTACHMENTS' | 'CONFIGURATIONS' | 'SETTINGS' | 'STATISTICS' | 'TAGS';

/** A cluster as the API shows it. Without `include` the lists are there and empty, as ECS answers. */
export function presentCluster(cluster: Cluster, totals: Totals, include: ReadonlySet<ClusterInclude>) {
  const counts = totals.clusters.of(cluster.clusterArn);
  return {
    clusterArn: cluster.clusterArn,
    clusterName: cluster.clusterName,
    status: cluster.status,
    registeredContainerInstancesCount: counts.registeredInstances,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: counts.activeServices,
    statistics: include.has('STATISTICS') ? statistics(cluster, totals) : [],
    tags: include.has('TAGS') ? [...cluster.tags] : [],
    settings: include.has('SETTINGS') ? [...cluster.settings] : [],
    capacityProviders: [...(cluster.capacityProviders ?? [])],
    defaultCapacityProviderStrategy: [...(cluster.defaultCapacityProviderStrategy ?? [])],
    ...(include.has('ATTACHMENTS') && cluster.attachments !== undefined
      ? { attachments: cluster.attachments.map(presentAttachment), attachmentsStatus: 'UPDATE_COMPLETE' }
      : {}),
    ...(include.has('CONFIGURATIONS') && cluster.configuration !== undefined
      ? { configuration: cluster.configuration }
      : {}),
    ...(cluster.serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults: cluster.serviceConnectDefaults }),
  };
}

/** `roadstead.desiredCapacity` is ours: who has to start machines by hand learns from it how many are wanted. */
function presentAttachment({ id, type, capacityProviderName = '', desiredCapacity }: ClusterAttachment) {
  if (type === 'sc') return { id, type, status: 'CREATED', details: [] };
  const made =
    type === 'as_policy'
      ? { name: 'scalingPolicyName', value: `ECSManagedAutoScalingPolicy-${id}` }
      : { name: 'autoScalingLifecycleHookName', value: 'ecs-managed-draining-termination-hook' };
  const wanted =
    desiredCapacity === undefined ? [] : [{ name: 'roadstead.desiredCapacity', value: String(desiredCapacity) }];
  return {
    id,
    type,
    status: 'CREATED',
    details: [{ name: 'capacityProviderName', value: capacityProviderName }, made, ...wanted],
  };
}

/** The counts per launch type, as text: the API gives them so. */
function statistics(cluster: Cluster, totals: Totals): { name: string; value: string }[] {
  const counts = totals.clusters.of(cluster.clusterArn);
  const types = [
    ['EC2', 'EC2'],
    ['Fargate', 'FARGATE'],
    ['External', 'EXTERNAL'],
  ] as const;
  const rows = (prefix: string, suffix: string, count: (type: 'EC2' | 'FARGATE' | 'EXTERNAL') => number) =>
    types.map(([label, type]) => ({ name: `${prefix}${label}${suffix}`, value: String(count(type)) }));
  return [
    ...rows('running', 'TasksCount', (type) => counts.runningByLaunchType[type]),
    ...rows('pending', 'TasksCount', (type) => counts.pendingByLaunchType[type]),
    ...rows('active', 'ServiceCount', (type) => counts.activeServicesByLaunchType[type]),
    ...rows('draining', 'ServiceCount', (type) => counts.drainingServicesByLaunchType[type]),
  ];
}
