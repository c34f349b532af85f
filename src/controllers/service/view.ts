import { hasOtherThanDaemons, maxProvisioningTasks, scalesGroup } from '#capacity';
import {
  type ContainerInstance,
  type ContainerInstanceArn,
  type Deployment,
  type LaunchType,
  revisionArnOf,
  type Service,
  type ServiceArn,
  type ServiceDeployment,
  type ServiceRevision,
  scopeKey,
  type Task,
  type TaskDefinition,
  type TaskDefinitionArn,
  type TaskSet,
  type TasksByDeployment,
  usesTaskSets,
} from '#model';
import type { HostIndex, HostPool } from '#scheduler';
import type { RoadsteadView, Totals } from '#store';
import { type TargetVerdict, verdictOf } from './targets.ts';

/** How a host stands to the tasks on it. `lost`: away for so long that its tasks are replaced elsewhere. */
export type HostState = 'usable' | 'draining' | 'lost';

/** All that a decision about one service reads. The functions read the same state, and only when they are asked. */
export interface ServiceView {
  readonly service: Service;
  readonly clusterName: string;
  /** The service's tasks in order of creation, but for those that are STOPPED and counted. */
  readonly tasks: readonly Task[];
  /** Service deployments that are not over, oldest first. */
  readonly openServiceDeployments: readonly ServiceDeployment[];
  /** Of a service whose deployment controller is not ECS; in order of creation. */
  readonly taskSets: readonly TaskSet[];
  readonly taskCounts: TasksByDeployment;
  /** What a deployment runs; services that were stored without revisions have none. */
  revision(deployment: Deployment): ServiceRevision | undefined;
  hostState(hostArn: ContainerInstanceArn): HostState;
  /** How a RUNNING task stands with its target groups; `undefined` for one that has none. */
  targets(task: Task): TargetVerdict | undefined;
  /** Throws AssertionFailure: a definition outlives whatever refers to it. */
  definition(arn: TaskDefinitionArn): TaskDefinition;
  /** The zones of subnets, each once; a subnet that is gone has none. */
  zonesOf(subnetIds: readonly string[]): readonly string[];
  /** The hosts that tasks of the launch type may be placed on. */
  hosts(launchType: LaunchType): HostPool;
  /** Whether all tasks that still hold something of the host are daemons. */
  onlyDaemonsOn(hostArn: ContainerInstanceArn): boolean;
  /** No more tasks can start at the moment; absent where only placement can tell. */
  readonly startLimit?: number;
  /** Whether tasks of the provider wait when no instance has room. */
  scalesGroup(capacityProvider: string): boolean;
  /** How many more tasks of the cluster may wait. */
  provisioningRoom(): number;
}

/** The view of one service; `undefined` when there is none of that ARN. */
export function serviceView(
  view: RoadsteadView,
  serviceArn: ServiceArn,
  { hosts, totals }: { readonly hosts: HostIndex; readonly totals: Pick<Totals, 'services' | 'waiting'> },
): ServiceView | undefined {
  const service = view.services.find(serviceArn);
  if (service === undefined) return undefined;
  const cluster = view.clusters.get(service.clusterArn);
  // Mostly there is no such host: then tasks by the thousand need not look theirs up.
  const { containerInstances } = view;
  const noneLeaves =
    containerInstances.count('leaving', 'clusters') + containerInstances.count('leaving', 'fargate') === 0;
  return {
    service,
    clusterName: cluster.clusterName,
    tasks: [...view.tasks.by('serviceOpen', serviceArn)],
    openServiceDeployments: [...view.serviceDeployments.by('open', serviceArn)],
    taskSets: usesTaskSets(service) ? [...view.taskSets.by('service', serviceArn)] : [],
    taskCounts: totals.services.of(serviceArn),
    revision: (deployment) => view.serviceRevisions.find(revisionArnOf(serviceArn, deployment)),
    hostState: (hostArn) => (noneLeaves ? 'usable' : hostStateOf(containerInstances.find(hostArn))),
    targets: (task) =>
      task.targetGroups === undefined ? undefined : verdictOf(task, view.targets.by('task', task.taskArn)),
    definition: (arn) => view.taskDefinitions.get(arn),
    zonesOf: (subnetIds) => {
      const zones = subnetIds.flatMap((id) => view.subnets.find(`${scopeKey(service)}/${id}`)?.availabilityZone ?? []);
      return [...new Set(zones)];
    },
    hosts: (launchType) => hosts.pool(service.clusterArn, launchType),
    onlyDaemonsOn: (hostArn) => !hasOtherThanDaemons(view, hostArn),
    scalesGroup: (name) => scalesGroup(view, cluster, name),
    provisioningRoom: () => Math.max(0, maxProvisioningTasks - totals.waiting.countOf(service.clusterArn)),
  };
}

export function hostStateOf(instance: Pick<ContainerInstance, 'lostAt' | 'status'> | undefined): HostState {
  if (instance === undefined || instance.lostAt !== undefined) return 'lost';
  return instance.status === 'DRAINING' ? 'draining' : 'usable';
}
