import type * as Ecs from '@aws-sdk/client-ecs';
import { assert } from '#base';
import {
  type Deployment,
  newServiceRevision,
  primaryDeployment,
  type Service,
  settingsOf,
  type TaskSet,
  taskSetArn,
  usesTaskSets,
  withSettings,
} from '#model';
import type { RoadsteadTx } from '#store';
import type { InputOf } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { resolvedPlatformVersion } from '../task/launch-type.ts';
import { refuseWithTaskSets, requireLoadBalancer } from './controller.ts';
import { taskSetsOf } from './resolve.ts';

type UpdateInput = InputOf<typeof Ecs, 'UpdateService'>;
type Asked = Pick<UpdateInput, 'deploymentController' | 'deploymentConfiguration' | 'taskDefinition'>;

/**
 * The service with the deployment controller that the update asks for; the very same one when it has that. Its tasks go
 * on running: what they belong to, a deployment or a task set, becomes one of the other kind with the same id. Source:
 * "Updating Amazon ECS service parameters" in the developer guide, which lists the changes there are.
 */
export function withController(tx: RoadsteadTx, service: Service, asked: Asked, ctx: OperationContext): Service {
  const type = asked.deploymentController?.type;
  if (type === undefined || type === (service.deploymentController ?? 'ECS')) return service;
  if (type === 'ECS') return deployedByEcs(tx, service, asked, ctx);
  if (!usesTaskSets(service)) return deployedByOthers(tx, service, { ...asked, type }, ctx);
  const primary = primaryOf(taskSetsOf(tx, service));
  requireLoadBalancer(type, primary?.loadBalancers);
  return { ...(primary === undefined ? service : withSettings(service, primary)), deploymentController: type };
}

function primaryOf(taskSets: readonly TaskSet[]): TaskSet | undefined {
  return taskSets.find(({ status }) => status === 'PRIMARY');
}

/** The one deployment becomes the PRIMARY task set, which has all of the service. */
function deployedByOthers(
  tx: RoadsteadTx,
  service: Service,
  { type, ...asked }: Asked & { readonly type: 'EXTERNAL' | 'CODE_DEPLOY' },
  ctx: OperationContext,
): Service {
  if (service.schedulingStrategy === 'DAEMON') {
    throw invalidParameter(`The daemon scheduling strategy does not support the ${type} deployment controller type.`);
  }
  if (service.serviceConnectConfiguration?.enabled === true) {
    throw invalidParameter(`Service Connect is not supported with the ${type} deployment controller.`);
  }
  requireLoadBalancer(type, service.loadBalancers);
  refuseWithTaskSets({ ...service.deploymentConfiguration, ...asked.deploymentConfiguration });
  const primary = primaryDeployment(service);
  assert(primary !== undefined, `${service.serviceArn} has no primary deployment`);
  const under = service.deployments.length > 1 || primary.rolloutState === 'IN_PROGRESS';
  if (under || tx.serviceDeployments.count('open', service.serviceArn) > 0) {
    throw invalidParameter(
      'Unable to update the deployment controller of a service during an ongoing service deployment. Wait until the ' +
        'deployment is over, or stop it, and try again.',
    );
  }
  tx.taskSets.put(taskSetFrom(service, primary, ctx));
  const { currentServiceDeploymentArn: _, rebalancing: __, ...rest } = service;
  return {
    ...rest,
    deploymentController: type,
    deploymentControllerGiven: true,
    ...(type === 'EXTERNAL' ? { presentsDeployments: true } : {}),
    deployments: [],
  };
}

function taskSetFrom(service: Service, primary: Deployment, ctx: OperationContext): TaskSet {
  const { accountId, region, serviceArn, clusterArn, desiredCount, steadySince } = service;
  return {
    accountId,
    region,
    id: primary.id,
    taskSetArn: taskSetArn(serviceArn, primary.id),
    serviceArn,
    clusterArn,
    status: 'PRIMARY',
    ...settingsOf(primary),
    scalePercent: 100,
    computedDesiredCount: desiredCount,
    stabilityStatus: steadySince === undefined ? 'STABILIZING' : 'STEADY_STATE',
    stabilityStatusAt: ctx.now,
    createdAt: primary.createdAt,
    updatedAt: ctx.now,
    tags: [],
    requestDigest: '',
  };
}

/** The PRIMARY set becomes the newest deployment, the others older ones, which give way to it or to what is deployed now. */
function deployedByEcs(tx: RoadsteadTx, service: Service, asked: Asked, ctx: OperationContext): Service {
  const taskSets = taskSetsOf(tx, service);
  const primary = primaryOf(taskSets);
  if (primary === undefined && asked.taskDefinition === undefined) {
    throw invalidParameter(
      'TaskDefinition can not be blank. The service has no primary task set, so the ECS deployment controller has ' +
        'nothing to run: name a task definition, or call UpdateServicePrimaryTaskSet first.',
    );
  }
  const newestFirst = taskSets.toReversed().sort((a, b) => Number(b === primary) - Number(a === primary));
  const deployments = newestFirst.map((taskSet) => deploymentFrom(taskSet, ctx));
  for (const [index, taskSet] of newestFirst.entries()) {
    tx.taskSets.delete(taskSet.taskSetArn);
    const deployment = deployments[index];
    if (deployment === undefined) continue;
    const revision = newServiceRevision(service, deployment, tx.taskDefinitions.get(taskSet.taskDefinitionArn));
    if (!tx.serviceRevisions.has(revision.serviceRevisionArn)) tx.serviceRevisions.put(revision);
  }
  const { deploymentController: _, presentsDeployments: __, steadySince: ___, ...rest } = service;
  const taken: Service = { ...rest, deploymentControllerGiven: true, deployments };
  return primary === undefined ? taken : withSettings(taken, primary);
}

function deploymentFrom(taskSet: TaskSet, ctx: OperationContext): Deployment {
  const { id, status, computedDesiredCount, createdAt } = taskSet;
  const { platformVersion: requested, ...settings } = settingsOf(taskSet);
  const platformVersion = resolvedPlatformVersion(requested);
  return {
    ...settings,
    ...(platformVersion === undefined ? {} : { platformVersion }),
    id,
    status: status === 'PRIMARY' ? 'PRIMARY' : 'ACTIVE',
    desiredCount: status === 'DRAINING' ? 0 : computedDesiredCount,
    failedTasks: 0,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${id} completed.`,
    createdAt,
    updatedAt: ctx.now,
  };
}
