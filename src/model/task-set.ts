import type { Ids, Instant } from '#base';
import {
  type ClusterArn,
  type DeploymentId,
  newDeploymentId,
  type Scope,
  type ServiceArn,
  type TaskSetArn,
  taskSetArn,
} from './arn.ts';
import { type DeploymentSettings, type Service, type StartBackoff, settingsOf, type Trouble } from './service.ts';
import type { Tag } from './tags.ts';

/** PRIMARY: serves production, at most one. ACTIVE: beside it. DRAINING: deleted, its tasks are stopping. */
export type TaskSetStatus = 'PRIMARY' | 'ACTIVE' | 'DRAINING';
/** STEADY_STATE: it has exactly the tasks it is to have, all of them well and none about to move. */
export type StabilityStatus = 'STEADY_STATE' | 'STABILIZING';

/**
 * A share of the tasks of a service whose deployment controller is EXTERNAL or CODE_DEPLOY. Its settings never change;
 * `platformVersion` is as requested. Its tasks name it as their deployment.
 */
export interface TaskSet extends Scope, DeploymentSettings {
  readonly taskSetArn: TaskSetArn;
  readonly id: DeploymentId;
  readonly serviceArn: ServiceArn;
  readonly clusterArn: ClusterArn;
  readonly status: TaskSetStatus;
  /** `CODE_DEPLOY`; absent when somebody else made it. */
  readonly startedBy?: string;
  readonly externalId?: string;
  /** Percent of the service's desired count, 0 to 100, with fractions. */
  readonly scalePercent: number;
  /** What the service loop last made of scale and desired count. */
  readonly computedDesiredCount: number;
  readonly stabilityStatus: StabilityStatus;
  /** When that status began. */
  readonly stabilityStatusAt: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly tags: readonly Tag[];
  readonly clientToken?: string;
  /** The request's settings, to tell an idempotent repeat from a conflicting one. */
  readonly requestDigest: string;
  /** The service loop's memory; see Deployment. */
  readonly backoff?: StartBackoff;
  readonly placementFailedAt?: Instant;
  readonly troubles?: readonly Trouble[];
}

/** Whether the service's tasks belong to task sets rather than to deployments. */
export function usesTaskSets(service: Pick<Service, 'deploymentController'>): boolean {
  return service.deploymentController !== undefined;
}

/** How many tasks a task set is to have: its share of the service's, rounded up. */
export function computedDesiredCount(
  service: Pick<Service, 'desiredCount' | 'status'>,
  taskSet: Pick<TaskSet, 'scalePercent' | 'status'>,
): number {
  if (service.status !== 'ACTIVE' || taskSet.status === 'DRAINING') return 0;
  // 1.1 % of 1,000 is 11.000000000000002 in binary: what no scale can mean does not make a task.
  return Math.ceil(Number(((service.desiredCount * taskSet.scalePercent) / 100).toFixed(9)));
}

/** What a request, or a service, says of a new task set. */
export type NewTaskSet = Pick<
  TaskSet,
  | 'taskDefinitionArn'
  | 'launchType'
  | 'platformVersion'
  | 'networkConfiguration'
  | 'serviceRegistries'
  | 'loadBalancers'
  | 'externalId'
  | 'scalePercent'
  | 'tags'
  | 'clientToken'
  | 'requestDigest'
>;

/** A new task set of the service, ACTIVE and without a task. */
export function newTaskSet(
  { accountId, region, serviceArn, clusterArn, deploymentController }: Service,
  asked: NewTaskSet,
  { now, ids }: { readonly now: Instant; readonly ids: Ids },
): TaskSet {
  const id = newDeploymentId(ids);
  const { externalId, scalePercent, tags, clientToken, requestDigest } = asked;
  return {
    accountId,
    region,
    id,
    taskSetArn: taskSetArn(serviceArn, id),
    serviceArn,
    clusterArn,
    status: 'ACTIVE',
    ...(deploymentController === 'CODE_DEPLOY' ? { startedBy: 'CODE_DEPLOY' } : {}),
    ...(externalId === undefined ? {} : { externalId }),
    ...settingsOf(asked),
    scalePercent,
    computedDesiredCount: 0,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: now,
    createdAt: now,
    updatedAt: now,
    tags,
    ...(clientToken === undefined ? {} : { clientToken }),
    requestDigest,
  };
}
