import {
  clusterNameOf,
  type Scope,
  type Service,
  type ServiceArn,
  shortId,
  type TaskSet,
  type TaskSetArn,
  taskSetArn,
  usesTaskSets,
} from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidParameter, serviceNotActive, unsupportedFeature } from '../errors.ts';
import { ownArn, serviceArnFrom, unexpectedArn } from '../references.ts';
import { findService } from '../service/resolve.ts';

interface Named {
  readonly cluster: string | undefined;
  readonly service: string;
}

/** A task set by id (`ecs-svc/…`, or its number) or ARN; of which service, an id says nothing. */
export function taskSetArnFrom(scope: Scope, service: ServiceArn, reference: string): TaskSetArn {
  if (!reference.startsWith('arn:')) {
    return taskSetArn(service, reference.startsWith('ecs-svc/') ? reference : `ecs-svc/${reference}`);
  }
  const [cluster, name, ...id] = ownArn(scope, reference, 'task-set', unexpectedArn).path;
  if (id.length !== 2) throw invalidParameter(unexpectedArn(reference));
  if (cluster !== clusterNameOf(service) || name !== shortId(service)) {
    throw invalidParameter(`The task set ${reference} is not of the service ${shortId(service)}.`);
  }
  return reference as TaskSetArn;
}

/** What an operation on one task set needs access to. */
export function taskSetResource(scope: Scope, { cluster, service }: Named, reference: string): string {
  return taskSetArnFrom(scope, serviceArnFrom(scope, cluster, service), reference);
}

/** A service with task sets, whatever has become of it. UnsupportedFeatureException when ECS deploys it. */
export function serviceWithTaskSets(view: RoadsteadView, scope: Scope, { cluster, service: name }: Named): Service {
  const service = findService(view, scope, cluster, name);
  if (service.status === 'INACTIVE') throw serviceNotActive();
  if (usesTaskSets(service)) return service;
  throw unsupportedFeature(
    `The service ${service.serviceName} has the deployment controller ECS. Task sets are only supported for services ` +
      'with the deployment controller EXTERNAL.',
  );
}

/** The same, and ACTIVE. */
export function activeServiceWithTaskSets(view: RoadsteadView, scope: Scope, named: Named): Service {
  const service = serviceWithTaskSets(view, scope, named);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  return service;
}

/** TaskSetNotFoundException when the service has no such set. */
export function findTaskSet(view: RoadsteadView, scope: Scope, service: Service, reference: string): TaskSet {
  const found = view.taskSets.find(taskSetArnFrom(scope, service.serviceArn, reference));
  if (found === undefined) {
    throw new ApiError('TaskSetNotFoundException', 'The specified task set does not exist.');
  }
  return found;
}

/** A set that is not on its way out. */
export function livingTaskSet(view: RoadsteadView, scope: Scope, service: Service, reference: string): TaskSet {
  const taskSet = findTaskSet(view, scope, service, reference);
  if (taskSet.status !== 'DRAINING') return taskSet;
  throw invalidParameter(`The task set ${taskSet.id} is DRAINING and can no longer be changed.`);
}

/** The sets of a service, oldest first; none for services that ECS deploys. */
export function taskSetsOf(view: RoadsteadView, service: Service): readonly TaskSet[] {
  return usesTaskSets(service) ? [...view.taskSets.by('service', service.serviceArn)] : [];
}
