import type { AwsvpcConfiguration, Deployment, Service, ServiceEvent } from '#model';
import type { RoadsteadView, Totals } from '#store';

/** How many events DescribeServices shows. */
const eventsShown = 100;

/** The newest events of a service, newest first. */
export function newestEvents(view: RoadsteadView, service: Service): ServiceEvent[] {
  return [...view.serviceEvents.by('service', service.serviceArn)].reverse().slice(0, eventsShown);
}

/** A service as the API shows it; tags only when asked for. */
export function presentService(
  service: Service,
  events: readonly ServiceEvent[],
  totals: Totals,
  include: { readonly tags: boolean },
) {
  const counts = totals.services.of(service.serviceArn);
  const { deploymentCircuitBreaker, minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration;
  const network = networkMember(service.networkConfiguration);
  return {
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    loadBalancers: [],
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    ...computeMembers(service),
    ...(service.platformVersion === undefined
      ? {}
      : { platformVersion: service.platformVersion, platformFamily: 'Linux' }),
    taskDefinition: service.taskDefinitionArn,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { ...deploymentCircuitBreaker },
      maximumPercent,
      minimumHealthyPercent,
      strategy: 'ROLLING' as const,
      bakeTimeInMinutes: 0,
    },
    deployments: service.deployments.map((deployment) => presentDeployment(deployment, service, totals)),
    ...(service.networkConfiguration === undefined ? {} : { roleArn: serviceLinkedRole(service) }),
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt, message })),
    createdAt: service.createdAt,
    placementConstraints: [...service.placementConstraints],
    placementStrategy: [...service.placementStrategy],
    ...network,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: service.schedulingStrategy,
    ...(service.deploymentControllerGiven ? { deploymentController: { type: 'ECS' as const } } : {}),
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...(include.tags ? { tags: [...service.tags] } : {}),
  };
}

function presentDeployment(deployment: Deployment, service: Service, totals: Totals) {
  const counts = totals.services.of(service.serviceArn).byDeployment.get(deployment.id);
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinitionArn,
    desiredCount: deployment.desiredCount,
    pendingCount: counts?.pending ?? 0,
    runningCount: counts?.running ?? 0,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...computeMembers(deployment),
    ...(deployment.platformVersion === undefined
      ? {}
      : { platformVersion: deployment.platformVersion, platformFamily: 'Linux' }),
    ...networkMember(deployment.networkConfiguration),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** A strategy, or else a launch type: never both. */
function computeMembers({
  launchType,
  capacityProviderStrategy,
}: Pick<Service, 'launchType' | 'capacityProviderStrategy'>) {
  return capacityProviderStrategy === undefined
    ? { launchType }
    : { capacityProviderStrategy: [...capacityProviderStrategy] };
}

function networkMember(configuration: AwsvpcConfiguration | undefined) {
  if (configuration === undefined) return {};
  return {
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...configuration.subnets],
        securityGroups: [...configuration.securityGroups],
        assignPublicIp: configuration.assignPublicIp,
      },
    },
  };
}

function serviceLinkedRole(service: Service): string {
  return `arn:aws:iam::${service.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
}
