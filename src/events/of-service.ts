import {
  capacityProviderArn,
  type Deployment,
  type EcsEventFacts,
  primaryDeployment,
  type Service,
  type ServiceActionName,
  type TaskArn,
  type Trouble,
} from '#model';
import type { ChangeOf } from './change.ts';

/** What a service's change tells: its deployments first, then itself. */
export function serviceEvents({ before, after }: ChangeOf<Service>): EcsEventFacts[] {
  if (after === undefined) return [];
  const events: EcsEventFacts[] = [];
  const actions: EcsEventFacts[] = [];
  for (const deployment of after.deployments) {
    const earlier = before?.deployments.find(({ id }) => id === deployment.id);
    if (earlier === deployment) continue;
    const moved = stateEvent(after, deployment, earlier);
    if (moved !== undefined) events.push(moved);
    if (moved !== undefined) actions.push(action(after, moved.eventName, { reason: moved.reason }));
    events.push(...troubleEvents(after, deployment, earlier));
  }
  if (after.schedulingStrategy === 'DAEMON' && before !== undefined && after.desiredCount !== before.desiredCount) {
    const { serviceArn, clusterArn, desiredCount } = after;
    const eventName = 'SERVICE_DESIRED_COUNT_UPDATED';
    events.push({ detailType: 'ECS Service Action', serviceArn, clusterArn, eventName, desiredCount });
  }
  if (after.steadySince !== undefined && after.steadySince !== before?.steadySince) {
    events.push(action(after, 'SERVICE_STEADY_STATE'), ...providersSteady(after));
  }
  return [...events, ...actions];
}

/** The providers of a service that is steady are so, too. */
function providersSteady(service: Service): EcsEventFacts[] {
  const strategy = primaryDeployment(service)?.capacityProviderStrategy ?? [];
  if (strategy.length === 0) return [];
  const capacityProviderArns = strategy.map(({ capacityProvider }) => capacityProviderArn(service, capacityProvider));
  return [action(service, 'CAPACITY_PROVIDER_STEADY_STATE', { capacityProviderArns })];
}

/** A deployment's new state, in the words of its own event and of the service's action. */
function stateEvent(
  { serviceArn }: Service,
  now: Deployment,
  earlier: Deployment | undefined,
): Extract<EcsEventFacts, { readonly detailType: 'ECS Deployment State Change' }> | undefined {
  // The one that is rolled back to is marked IN_PROGRESS, too; the deployment that does it is told of.
  const again = earlier !== undefined && now.rolloutState === 'IN_PROGRESS';
  if (earlier?.rolloutState === now.rolloutState || again) return undefined;
  const eventName = `SERVICE_DEPLOYMENT_${now.rolloutState}` as const;
  const reason = now.rolloutState === 'FAILED' ? failureReason(now) : now.rolloutStateReason;
  return { detailType: 'ECS Deployment State Change', serviceArn, deploymentId: now.id, eventName, reason };
}

/** The event speaks of one task where DescribeServices speaks of several. */
function failureReason({ rolloutStateReason }: Deployment): string {
  return rolloutStateReason.replace(/: tasks failed to start\.$/, ': task failed to start.');
}

const troubleActions: Readonly<Partial<Record<Trouble['kind'], ServiceActionName>>> = {
  placement: 'SERVICE_TASK_PLACEMENT_FAILURE',
  impaired: 'SERVICE_TASK_START_IMPAIRED',
  held: 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION',
  violated: 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED',
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
    const eventName = troubleActions[trouble.kind];
    const isNew = earlier?.troubles?.includes(trouble) !== true;
    return eventName === undefined || !isNew ? [] : [action(service, eventName, trouble)];
  });
}

/** A service action of the service. */
export function action(
  { serviceArn, clusterArn }: Pick<Service, 'serviceArn' | 'clusterArn'>,
  eventName: ServiceActionName,
  facts: Pick<Trouble, 'reason' | 'containerInstanceArns' | 'capacityProviderArns'> & {
    readonly taskArns?: readonly TaskArn[];
  } = {},
): EcsEventFacts {
  const { reason, taskArns, containerInstanceArns, capacityProviderArns } = facts;
  return {
    detailType: 'ECS Service Action',
    serviceArn,
    clusterArn,
    eventName,
    ...(reason === undefined ? {} : { reason }),
    ...(taskArns === undefined ? {} : { taskArns }),
    ...(containerInstanceArns === undefined ? {} : { containerInstanceArns }),
    ...(capacityProviderArns === undefined ? {} : { capacityProviderArns }),
  };
}
