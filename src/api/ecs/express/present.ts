import {
  type ExpressService,
  type Listener,
  logGroupArn,
  logGroupKey,
  primaryDeployment,
  revisionArnOf,
  type Service,
  type ServiceRevision,
  scopeKey,
  type TaskDefinition,
} from '#model';
import type { RoadsteadView, Totals } from '#store';
import { mainContainerOf } from './main-container.ts';

type Express = Service & { readonly express: ExpressService };

/** As DescribeExpressGatewayService shows it. It is INACTIVE once all that was made for it is gone. */
export function presentExpress(
  view: RoadsteadView,
  service: Express,
  totals: Totals,
  include: { readonly tags: boolean },
) {
  const { currentServiceDeploymentArn: currentDeployment } = service;
  return {
    ...presentHead(service),
    infrastructureRoleArn: service.express.infrastructureRoleArn,
    ...(currentDeployment === undefined ? {} : { currentDeployment }),
    activeConfigurations: activeRevisions(view, service, totals).map((each) =>
      presentConfiguration(view, service, each),
    ),
    ...(include.tags ? { tags: [...service.tags] } : {}),
  };
}

/** As UpdateExpressGatewayService shows it: with what is deployed now. */
export function presentUpdated(view: RoadsteadView, service: Express) {
  const primary = primaryDeployment(service);
  const revision =
    primary === undefined ? undefined : view.serviceRevisions.find(revisionArnOf(service.serviceArn, primary));
  return {
    ...presentHead(service),
    ...(revision === undefined ? {} : { targetConfiguration: presentConfiguration(view, service, revision) }),
  };
}

function presentHead(service: Express) {
  const { serviceArn, serviceName, clusterArn, createdAt, express } = service;
  return {
    cluster: clusterArn.slice(clusterArn.lastIndexOf('/') + 1),
    serviceName,
    serviceArn,
    status: presentStatus(service),
    createdAt,
    updatedAt: express.updatedAt,
  };
}

function presentStatus({ status, express }: Express) {
  if (status === 'ACTIVE') return { statusCode: status };
  if (status === 'INACTIVE' && express.resources === undefined) return { statusCode: status };
  const statusReason =
    status === 'DRAINING'
      ? 'The tasks of the service are stopping.'
      : 'The resources of the service are being deleted.';
  return { statusCode: 'DRAINING' as const, statusReason };
}

/** The revisions that run, or are to run, each once; the newest first. */
function activeRevisions(view: RoadsteadView, service: Service, totals: Totals): readonly ServiceRevision[] {
  const { byDeployment } = totals.services.of(service.serviceArn);
  const live = service.deployments.filter(
    ({ id, status, desiredCount }) => status === 'PRIMARY' || desiredCount > 0 || byDeployment.has(id),
  );
  const arns = new Set(live.map((deployment) => revisionArnOf(service.serviceArn, deployment)));
  return [...arns].flatMap((arn) => view.serviceRevisions.find(arn) ?? []);
}

function presentConfiguration(view: RoadsteadView, { express }: Express, revision: ServiceRevision) {
  const definition = view.taskDefinitions.find(revision.taskDefinitionArn);
  const { subnets = [], securityGroups = [] } = revision.networkConfiguration ?? {};
  return {
    serviceRevisionArn: revision.serviceRevisionArn,
    ...(definition === undefined ? {} : presentDefinition(definition)),
    taskDefinitionArn: revision.taskDefinitionArn,
    networkConfiguration: { subnets: [...subnets], securityGroups: [...securityGroups] },
    healthCheckPath: revision.healthCheckPath ?? express.healthCheckPath,
    scalingTarget: { ...express.scalingTarget },
    ingressPaths: [{ accessType: express.accessType, endpoint: `https://${express.endpoint}` }],
    createdAt: revision.createdAt,
  };
}

function presentDefinition(definition: TaskDefinition) {
  const { executionRoleArn, taskRoleArn, cpu, memory, runtimePlatform } = definition;
  const primaryContainer = mainContainerOf(definition);
  return {
    ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    ...(taskRoleArn === undefined ? {} : { taskRoleArn }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    cpuArchitecture: runtimePlatform?.cpuArchitecture === 'ARM64' ? ('ARM64' as const) : ('X86_64' as const),
    ...(primaryContainer === undefined ? {} : { primaryContainer }),
  };
}

/** What ECS made for the revision's service, as DescribeServiceRevisions shows it; nothing when it made nothing. */
export function presentManagedResources(view: RoadsteadView, { serviceArn }: ServiceRevision) {
  const service = view.services.find(serviceArn);
  const express = service?.express;
  if (service === undefined || express?.resources === undefined) return {};
  const { resources, endpoint, accessType, healthCheckPath, scalingTarget, updatedAt } = express;
  const status = service.status === 'ACTIVE' ? ('ACTIVE' as const) : ('DEPROVISIONING' as const);
  const state = { status, updatedAt };
  const balancer = view.loadBalancers.find(resources.loadBalancerArn);
  const listener: Listener | undefined = view.listeners.find(resources.listenerArn);
  const groups = resources.targetGroupArns.flatMap((arn) => view.targetGroups.find(arn) ?? []);
  const standing = balancer === undefined || balancer.state === 'provisioning' ? ('PROVISIONING' as const) : status;
  const logGroup = resources.logGroupName;
  const logGroups = logGroup !== undefined && view.logGroups.has(logGroupKey(service, logGroup)) ? [logGroup] : [];
  const groupArn = (id: string): string => `arn:aws:ec2:${service.region}:${service.accountId}:security-group/${id}`;
  return {
    ecsManagedResources: {
      ingressPaths: [
        {
          accessType,
          endpoint: `https://${endpoint}`,
          ...(balancer === undefined
            ? {}
            : {
                loadBalancer: {
                  arn: balancer.loadBalancerArn,
                  ...state,
                  status: standing,
                  scheme: balancer.scheme,
                  subnetIds: balancer.subnets.map(({ subnetId }) => subnetId),
                  securityGroupIds: [...balancer.securityGroups],
                },
              }),
          loadBalancerSecurityGroups: [{ arn: groupArn(resources.balancerGroupId), ...state }],
          certificate: { arn: resources.certificateArn, ...state, domainName: endpoint },
          ...(listener === undefined ? {} : { listener: { arn: listener.listenerArn, ...state } }),
          rule: { arn: resources.ruleArn, ...state },
          targetGroups: groups.map(({ targetGroupArn: arn, healthCheck, port }) => ({
            arn,
            ...state,
            healthCheckPath: healthCheck.path ?? healthCheckPath,
            healthCheckPort: port,
            port,
          })),
        },
      ],
      autoScaling: {
        scalableTarget: { ...state, minCapacity: scalingTarget.minTaskCount, maxCapacity: scalingTarget.maxTaskCount },
        applicationAutoScalingPolicies: [
          {
            ...state,
            policyType: 'TargetTrackingScaling',
            targetValue: scalingTarget.autoScalingTargetValue,
            metric: scalingTarget.autoScalingMetric,
          },
        ],
      },
      serviceSecurityGroups: view.securityGroups.has(`${scopeKey(service)}/${resources.serviceGroupId}`)
        ? [{ arn: groupArn(resources.serviceGroupId), ...state }]
        : [],
      logGroups: logGroups.map((logGroupName) => ({
        arn: logGroupArn(service, logGroupName),
        ...state,
        logGroupName,
      })),
    },
  };
}
