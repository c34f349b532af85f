import { attributeValue, type ContainerInstance, isRunning, scopeKey } from '#model';
import { type OperationContext, operation } from '../operation.ts';
import { roadstead } from './service.ts';

/** DescribePlatform: the hosts the caller can use (the pool's and the account's own) and how much there is. */
export const DescribePlatform = operation(roadstead, 'DescribePlatform', {
  authorize: () => ({ action: 'roadstead:DescribePlatform', resource: '*' }),
  command: () => undefined,
  read: (view, _, ctx) => {
    const scope = scopeKey(ctx.scope);
    const clusters = [...view.clusters.by('scope', scope)].filter((cluster) => cluster.status === 'ACTIVE');
    const own = clusters.flatMap((cluster) => [...view.containerInstances.by('cluster', cluster.clusterArn)]);
    const hosts = [...view.containerInstances.by('pool', 'fargate'), ...own].filter(
      (instance, index, all) => instance.status !== 'INACTIVE' && all.indexOf(instance) === index,
    );
    const tasks = clusters.flatMap((cluster) => [...view.tasks.by('cluster', cluster.clusterArn)].filter(isRunning));
    const services = [...view.services.by('scope', scope)].filter((service) => service.status === 'ACTIVE');
    return { hosts, clusters: clusters.length, services: services.length, tasks: tasks.length };
  },
  output: ({ hosts, ...counts }, ctx) => ({
    version: ctx.settings.version,
    region: ctx.settings.region,
    startedAt: ctx.settings.startedAt,
    hosts: hosts.map((host) => presentHost(host, ctx)),
    counts: { ...counts, hosts: hosts.length },
  }),
});

function presentHost(host: ContainerInstance, ctx: OperationContext) {
  const load = ctx.totals.instances.of(host.containerInstanceArn);
  const { agentVersion, dockerVersion } = host.versionInfo;
  const zone = attributeValue(host, 'ecs.availability-zone');
  return {
    arn: host.containerInstanceArn,
    instanceId: host.ec2InstanceId,
    ...(host.pool === undefined ? {} : { pool: host.pool }),
    ...(zone === undefined ? {} : { availabilityZone: zone }),
    status: host.status,
    // Connected to this process: what an earlier one knew holds for the API's grace, not for an operator.
    agentConnected: host.agentConnected && (host.agentConnectedAt ?? 0) >= ctx.settings.startedAt,
    cpuUnits: host.resources.cpuUnits,
    memoryMiB: host.resources.memoryMiB,
    remainingCpuUnits: host.resources.cpuUnits - load.cpuUnits,
    remainingMemoryMiB: host.resources.memoryMiB - load.memoryMiB,
    runningTasks: load.runningTasks,
    ...(agentVersion === undefined ? {} : { agentVersion }),
    ...(dockerVersion === undefined ? {} : { dockerVersion }),
  };
}
