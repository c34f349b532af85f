import { unreachable } from '#base';
import type { Deployment, EcsEventFacts, Service, ServiceActionName, TaskArn, Trouble } from '#model';
import type { ChangeOf } from './change.ts';

/** What a service's change tells: its deployments first, then itself. */
export function serviceEvents({ before, after }: ChangeOf<Service>): EcsEventFacts[] {
  if (after === undefined) return [];
  const events: EcsEventFacts[] = [];
  for (const deployment of after.deployments) {
    const earlier = before?.deployments.find(({ id }) => id === deployment.id);
    if (earlier === deployment) continue;
    events.push(...deploymentEvents(after, deployment, earlier), ...troubleEvents(after, deployment, earlier));
  }
  if (after.schedulingStrategy === 'DAEMON' && before !== undefined && after.desiredCount !== before.desiredCount) {
    const { serviceArn, clusterArn, desiredCount } = after;
    const eventName = 'SERVICE_DESIRED_COUNT_UPDATED';
    events.push({ detailType: 'ECS Service Action', serviceArn, clusterArn, eventName, desiredCount });
  }
  if (after.steadySince !== undefined && after.steadySince !== before?.steadySince) {
    events.push(action(after, 'SERVICE_STEADY_STATE'));
  }
  return events;
}

function deploymentEvents(service: Service, now: Deployment, earlier: Deployment | undefined): EcsEventFacts[] {
  if (earlier?.rolloutState === now.rolloutState) return [];
  const { serviceArn } = service;
  const told = { detailType: 'ECS Deployment State Change', serviceArn, deploymentId: now.id } as const;
  switch (now.rolloutState) {
    case 'COMPLETED':
      return [{ ...told, eventName: 'SERVICE_DEPLOYMENT_COMPLETED', reason: now.rolloutStateReason }];
    case 'FAILED':
      return [{ ...told, eventName: 'SERVICE_DEPLOYMENT_FAILED', reason: failureReason(now) }];
    case 'IN_PROGRESS':
      // The one that is rolled back to is marked so, too; the deployment that does it is told of.
      if (earlier !== undefined) return [];
      return [{ ...told, eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', reason: now.rolloutStateReason }];
    default:
      return unreachable(now.rolloutState);
  }
}

/** The event speaks of one task where DescribeServices speaks of several. */
function failureReason({ rolloutStateReason }: Deployment): string {
  return rolloutStateReason.replace(/: tasks failed to start\.$/, ': task failed to start.');
}

const actions: Readonly<Partial<Record<Trouble['kind'], ServiceActionName>>> = {
  placement: 'SERVICE_TASK_PLACEMENT_FAILURE',
  impaired: 'SERVICE_TASK_START_IMPAIRED',
  held: 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION',
  zone: 'SERVICE_TASK_PLACEMENT_FAILURE',
  unbalanced: 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION',
};

/** What the service's own event stream was told of just now. */
export function troubleEvents(
  service: Pick<Service, 'serviceArn' | 'clusterArn'>,
  now: Pick<Deployment, 'troubles'>,
  earlier: Pick<Deployment, 'troubles'> | undefined,
): EcsEventFacts[] {
  return (now.troubles ?? []).flatMap((trouble) => {
    const eventName = actions[trouble.kind];
    const isNew = earlier?.troubles?.includes(trouble) !== true;
    return eventName === undefined || !isNew ? [] : [action(service, eventName, trouble)];
  });
}

/** A service action of the service. */
export function action(
  { serviceArn, clusterArn }: Pick<Service, 'serviceArn' | 'clusterArn'>,
  eventName: ServiceActionName,
  {
    reason,
    containerInstanceArns,
    taskArns,
  }: Pick<Trouble, 'reason' | 'containerInstanceArns'> & { readonly taskArns?: readonly TaskArn[] } = {},
): EcsEventFacts {
  return {
    detailType: 'ECS Service Action',
    serviceArn,
    clusterArn,
    eventName,
    ...(reason === undefined ? {} : { reason }),
    ...(taskArns === undefined ? {} : { taskArns }),
    ...(containerInstanceArns === undefined ? {} : { containerInstanceArns }),
  };
}
