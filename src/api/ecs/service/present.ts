import {
  countRevision,
  type Deployment,
  type DeploymentConfiguration,
  type LifecycleHook,
  type LifecycleStage,
  revisionArnOf,
  type Service,
  type ServiceEvent,
  type ServiceRevisionArn,
  type TaskSet,
  type TasksByDeployment,
  usesTaskSets,
} from '#model';
import type { RoadsteadView, Totals } from '#store';
import type { OperationContext } from '../../operation.ts';
import { presentTaskSet } from '../task-set/present.ts';
import { taskSetsOf } from '../task-set/resolve.ts';
import { presentConnect } from './networking/connect-settings.ts';
import {
  computeMembers,
  managerOf,
  presentLoadBalancers,
  presentNetwork,
  presentPlatform,
  presentRegistries,
  presentTaskCounts,
} from './present-settings.ts';
import { presentVolumes } from './present-volumes.ts';

/** How many events DescribeServices shows. */
const eventsShown = 100;

/** The newest events of a service, newest first. */
export function newestEvents(view: RoadsteadView, service: Service): ServiceEvent[] {
  return [...view.serviceEvents.by('service', service.serviceArn)].reverse().slice(0, eventsShown);
}

/** A service with its events and task sets of this moment. */
export function presentServiceNow(
  service: Service,
  view: RoadsteadView,
  { totals, shown }: Pick<OperationContext, 'totals' | 'shown'>,
  include: { readonly tags: boolean },
) {
  const present = () =>
    presentService(service, newestEvents(view, service), totals, {
      ...include,
      taskSets: taskSetsOf(view, service),
    });
  if (include.tags || usesTaskSets(service)) return present();
  return shown.services.of(service, present, sourcesOf(service, view, totals));
}

/** What is shown of a service and stands in no field of it: its events, of which only the oldest leave, and its counts. */
function sourcesOf({ serviceArn, deployments }: Service, view: RoadsteadView, totals: Totals): readonly unknown[] {
  const events = view.serviceEvents;
  const counts = totals.services.of(serviceArn);
  const sources: unknown[] = [events.newest('service', serviceArn), events.count('service', serviceArn)];
  sources.push(counts.running, counts.pending);
  for (const { id } of deployments) {
    const own = counts.byDeployment.get(id);
    sources.push(own?.running, own?.pending);
  }
  return sources;
}

/**
 * A service as the API shows it; tags only when asked for. CreateService answers before there is a service deployment to
 * tell of.
 */
export function presentService(
  service: Service,
  events: readonly ServiceEvent[],
  totals: Totals,
  include: { readonly tags: boolean; readonly isNew?: boolean; readonly taskSets: readonly TaskSet[] },
) {
  const counts = totals.services.of(service.serviceArn);
  const { currentServiceDeploymentArn: current } = service;
  return {
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    loadBalancers: presentLoadBalancers(service.loadBalancers),
    serviceRegistries: presentRegistries(service),
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    ...computeMembers(service),
    ...presentPlatform(service.platformVersion),
    ...(service.taskDefinitionArn === undefined ? {} : { taskDefinition: service.taskDefinitionArn }),
    deploymentConfiguration: presentDeploymentConfiguration(service.deploymentConfiguration),
    ...presentParts(service, totals, include),
    ...presentRole(service),
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt, message })),
    createdAt: service.createdAt,
    ...(current === undefined || include.isNew === true ? {} : { currentServiceDeployment: current }),
    ...(usesTaskSets(service) ? {} : { currentServiceRevisions: presentRevisions(service, counts) }),
    placementConstraints: [...service.placementConstraints],
    placementStrategy: [...service.placementStrategy],
    ...presentNetwork(service.networkConfiguration),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: service.schedulingStrategy,
    ...(service.deploymentControllerGiven
      ? { deploymentController: { type: service.deploymentController ?? ('ECS' as const) } }
      : {}),
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    // CUSTOMER goes without saying.
    ...(service.express === undefined ? {} : { resourceManagementType: managerOf(service) }),
    ...(include.tags ? { tags: [...service.tags] } : {}),
  };
}

/** Deployments, or task sets. Those of a service that was ECS's once are shown as deployments, as ECS goes on doing. */
function presentParts(
  service: Service,
  totals: Totals,
  include: { readonly tags: boolean; readonly taskSets: readonly TaskSet[] },
) {
  if (service.presentsDeployments === true) {
    return { deployments: include.taskSets.map((taskSet) => presentAsDeployment(taskSet, service, totals)) };
  }
  return {
    ...(usesTaskSets(service)
      ? { taskSets: include.taskSets.map((taskSet) => presentTaskSet(taskSet, totals, include)) }
      : {}),
    deployments: service.deployments.map((deployment) => presentDeployment(deployment, service, totals)),
  };
}

/** A rollout state is for deployments of the ECS controller. */
function presentAsDeployment(taskSet: TaskSet, service: Service, totals: Totals) {
  const counts = totals.services.of(service.serviceArn).byDeployment.get(taskSet.id);
  return {
    id: taskSet.id,
    status: taskSet.status,
    taskDefinition: taskSet.taskDefinitionArn,
    desiredCount: taskSet.computedDesiredCount,
    pendingCount: counts?.pending ?? 0,
    runningCount: counts?.running ?? 0,
    failedTasks: 0,
    createdAt: taskSet.createdAt,
    updatedAt: taskSet.updatedAt,
    ...computeMembers(taskSet),
    ...presentPlatform(taskSet.platformVersion),
    ...presentNetwork(taskSet.networkConfiguration),
  };
}

function presentDeployment(deployment: Deployment, service: Service, totals: Totals) {
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinitionArn,
    desiredCount: deployment.desiredCount,
    ...presentTaskCounts(totals, service.serviceArn, deployment.id),
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...computeMembers(deployment),
    ...presentPlatform(deployment.platformVersion),
    ...presentNetwork(deployment.networkConfiguration),
    ...presentVolumes(deployment.volumeConfigurations),
    ...presentConnect(deployment),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** The revisions that run, or are to run, each once; the newest first. */
function presentRevisions(service: Service, tasks: TasksByDeployment) {
  const arns = new Set<ServiceRevisionArn>();
  for (const deployment of service.deployments) {
    const runs = deployment.status === 'PRIMARY' || deployment.desiredCount > 0;
    if (runs || tasks.byDeployment.has(deployment.id)) arns.add(revisionArnOf(service.serviceArn, deployment));
  }
  return [...arns].map((arn) => ({ arn, ...countRevision(service, tasks, arn) }));
}

export function presentDeploymentConfiguration(configuration: DeploymentConfiguration) {
  const { deploymentCircuitBreaker, minimumHealthyPercent, maximumPercent } = configuration;
  const { alarms, bakeTimeInMinutes, earlySuccessCriteria } = configuration;
  return {
    deploymentCircuitBreaker: { ...deploymentCircuitBreaker },
    maximumPercent,
    minimumHealthyPercent,
    ...presentStrategy(configuration),
    bakeTimeInMinutes: bakeTimeInMinutes ?? 0,
    ...(earlySuccessCriteria === undefined ? {} : { earlySuccessCriteria: { ...earlySuccessCriteria } }),
    ...(alarms === undefined ? {} : { alarms: { ...alarms, alarmNames: [...alarms.alarmNames] } }),
  };
}

function presentStrategy(configuration: DeploymentConfiguration) {
  const { strategy = 'ROLLING', linearConfiguration, canaryConfiguration, lifecycleHooks } = configuration;
  return {
    strategy,
    ...(linearConfiguration === undefined ? {} : { linearConfiguration: { ...linearConfiguration } }),
    ...(canaryConfiguration === undefined ? {} : { canaryConfiguration: { ...canaryConfiguration } }),
    ...(lifecycleHooks === undefined ? {} : { lifecycleHooks: lifecycleHooks.map(presentHook) }),
  };
}

function presentHook({ targetType, lifecycleStages, timeoutConfiguration }: LifecycleHook) {
  type Stage = Exclude<LifecycleStage, 'SCALE_UP' | 'BAKE_TIME' | 'CLEAN_UP'>;
  return {
    targetType,
    lifecycleStages: [...lifecycleStages] as Stage[],
    timeoutConfiguration: { ...timeoutConfiguration },
  };
}
/** The role that ECS registers targets and makes interfaces with, where it does. */
function presentRole(service: Service): { readonly roleArn?: string } {
  const { role, networkConfiguration, loadBalancers = [] } = service;
  if (role !== undefined)
    return { roleArn: role.startsWith('arn:') ? role : `arn:aws:iam::${service.accountId}:role/${role}` };
  return networkConfiguration === undefined && loadBalancers.length === 0
    ? {}
    : { roleArn: serviceLinkedRole(service) };
}

function serviceLinkedRole(service: Service): string {
  return `arn:aws:iam::${service.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
}
