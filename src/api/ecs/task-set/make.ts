import { assert, type Ids, type Instant } from '#base';
import { newTaskSet, type Service, settingsOf, type TaskSet } from '#model';

/** What CodeDeploy begins with: a PRIMARY set that has all of the service, which the service's own request describes. */
export function firstTaskSet(service: Service, context: { readonly now: Instant; readonly ids: Ids }): TaskSet {
  const { taskDefinitionArn, requestDigest } = service;
  assert(taskDefinitionArn !== undefined, `${service.serviceArn} has no task definition`);
  const settings = settingsOf({ ...service, taskDefinitionArn });
  const made = newTaskSet(service, { ...settings, scalePercent: 100, tags: [], requestDigest }, context);
  return { ...made, status: 'PRIMARY' };
}
