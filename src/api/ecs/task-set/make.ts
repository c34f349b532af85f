import { assert, type Ids, type Instant } from '#base';
import { newDeploymentId, type Service, settingsOf, type TaskSet, taskSetArn } from '#model';

/** What a request, or a service, says of a new task set. */
type Asked = Pick<
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
  asked: Asked,
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

/** What CodeDeploy begins with: a PRIMARY set that has all of the service, which the service's own request describes. */
export function firstTaskSet(service: Service, context: { readonly now: Instant; readonly ids: Ids }): TaskSet {
  const { taskDefinitionArn, requestDigest } = service;
  assert(taskDefinitionArn !== undefined, `${service.serviceArn} has no task definition`);
  const settings = settingsOf({ ...service, taskDefinitionArn });
  const made = newTaskSet(service, { ...settings, scalePercent: 100, tags: [], requestDigest }, context);
  return { ...made, status: 'PRIMARY' };
}
