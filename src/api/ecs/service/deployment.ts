import { assert } from '#base';
import { settleConnect } from '#mesh';
import {
  type Deployment,
  newDeploymentId,
  newServiceDeploymentArn,
  newServiceRevision,
  type RevisionConnect,
  releasePlanOf,
  revisionArnOf,
  type Service,
  type ServiceDeployment,
  superseded,
  type TaskDefinition,
} from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { resolvedPlatformVersion } from '../task/launch-type.ts';
import { requireFreeEndpoints } from './networking/connect-settings.ts';

/** A new PRIMARY deployment of a service as its settings now stand; the service loop fills it with tasks. */
function newDeployment(
  service: Pick<
    Service,
    | 'taskDefinitionArn'
    | 'launchType'
    | 'capacityProviderStrategy'
    | 'platformVersion'
    | 'networkConfiguration'
    | 'volumeConfigurations'
    | 'serviceRegistries'
    | 'loadBalancers'
    | 'serviceConnectConfiguration'
  >,
  connect: RevisionConnect | undefined,
  ctx: OperationContext,
): Deployment {
  const id = newDeploymentId(ctx.ids);
  const { taskDefinitionArn } = service;
  assert(taskDefinitionArn !== undefined, 'only task sets go without a task definition of the service');
  const platformVersion = resolvedPlatformVersion(service.platformVersion);
  return {
    id,
    status: 'PRIMARY',
    taskDefinitionArn,
    launchType: service.launchType,
    ...(service.capacityProviderStrategy === undefined
      ? {}
      : { capacityProviderStrategy: service.capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(service.networkConfiguration === undefined ? {} : { networkConfiguration: service.networkConfiguration }),
    ...(service.volumeConfigurations === undefined ? {} : { volumeConfigurations: service.volumeConfigurations }),
    ...(service.serviceRegistries === undefined ? {} : { serviceRegistries: service.serviceRegistries }),
    ...(service.loadBalancers === undefined ? {} : { loadBalancers: service.loadBalancers }),
    ...connectMembers(service, connect),
    desiredCount: 0,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
}

function connectMembers(
  { serviceConnectConfiguration }: Pick<Service, 'serviceConnectConfiguration'>,
  connect: RevisionConnect | undefined,
): Pick<Deployment, 'serviceConnectConfiguration' | 'serviceConnectResources'> {
  if (serviceConnectConfiguration === undefined) return {};
  if (connect === undefined) return { serviceConnectConfiguration };
  const resources = connect.endpoints.map(({ discoveryName, discoveryArn }) => ({ discoveryName, discoveryArn }));
  return { serviceConnectConfiguration, serviceConnectResources: resources };
}

/**
 * Stores the service with a new deployment in front, the revision that it makes, and the service deployment that tells
 * of it. The deployments before it only drain, and the service deployment before it stops. Gives the service.
 */
export function deploy(tx: RoadsteadTx, service: Service, definition: TaskDefinition, ctx: OperationContext): Service {
  const { accountId, region, serviceArn, clusterArn } = service;
  requireFreeEndpoints(tx, service, definition);
  const connect = settleConnect(tx, service, definition, ctx);
  const deployment = newDeployment(service, connect, ctx);
  const release = releasePlanOf(service.deploymentConfiguration);
  const record: ServiceDeployment = {
    accountId,
    region,
    serviceArn,
    clusterArn,
    serviceDeploymentArn: newServiceDeploymentArn(serviceArn, ctx.ids),
    deploymentId: deployment.id,
    status: 'PENDING',
    sourceServiceRevisionArns: sourcesOf(service, ctx),
    targetServiceRevisionArn: revisionArnOf(serviceArn, deployment),
    ...(release === undefined ? {} : { release }),
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
  endServiceDeployments(tx, service, `${record.serviceDeploymentArn} took its place`, ctx);
  const older = service.deployments.map((each) =>
    each.status === 'PRIMARY' ? { ...each, status: 'ACTIVE' as const, updatedAt: ctx.now } : each,
  );
  const { steadySince: _, ...rest } = service;
  const { serviceDeploymentArn } = record;
  const deployed = { ...rest, deployments: [deployment, ...older], currentServiceDeploymentArn: serviceDeploymentArn };
  tx.serviceRevisions.put(newServiceRevision(service, deployment, definition, connect));
  tx.serviceDeployments.put(record);
  tx.services.put(deployed);
  return deployed;
}

/** Ends the service deployments of a service that are not over; `by` says what did. */
export function endServiceDeployments(tx: RoadsteadTx, service: Service, by: string, ctx: OperationContext): void {
  const moment = { now: ctx.now, service, tasks: ctx.totals.services.of(service.serviceArn) };
  for (const record of tx.serviceDeployments.by('open', service.serviceArn)) {
    tx.serviceDeployments.put(superseded(record, by, moment));
  }
}

/** Forgets what was said and told of a service that is no more, before another takes its name. */
export function forgetHistory(tx: RoadsteadTx, { serviceArn }: Pick<Service, 'serviceArn'>): void {
  for (const { id } of tx.serviceEvents.by('service', serviceArn)) tx.serviceEvents.delete(id);
  for (const record of tx.serviceDeployments.by('service', serviceArn)) {
    tx.serviceDeployments.delete(record.serviceDeploymentArn);
  }
  for (const record of tx.serviceRevisions.by('service', serviceArn)) {
    tx.serviceRevisions.delete(record.serviceRevisionArn);
  }
}

/** The revisions that have tasks, or are to have some, each once. */
function sourcesOf(service: Service, ctx: OperationContext): ServiceDeployment['sourceServiceRevisionArns'] {
  const { byDeployment } = ctx.totals.services.of(service.serviceArn);
  const live = service.deployments.filter(({ id, desiredCount }) => desiredCount > 0 || byDeployment.has(id));
  return [...new Set(live.map((deployment) => revisionArnOf(service.serviceArn, deployment)))];
}
