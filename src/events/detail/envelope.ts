import { rfc3339, unreachable } from '#base';
import type { EcsEvent, ServiceActionName } from '#model';
import { instanceDetail, instanceHealthDetail } from './instance.ts';
import { taskDetail } from './task.ts';
import { isoTime } from './time.ts';

/** An event as EventBridge hands it to rules and targets. Source: "Amazon ECS events" in the developer guide. */
export interface EventBridgeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': EcsEvent['detailType'];
  readonly source: 'aws.ecs';
  readonly account: string;
  /** Whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export function eventBridgeEvent(event: EcsEvent): EventBridgeEvent {
  const { resource, detail } = contentOf(event);
  return {
    version: '0',
    id: event.id,
    'detail-type': event.detailType,
    source: 'aws.ecs',
    account: event.accountId,
    time: rfc3339(event.time),
    region: event.region,
    resources: [resource],
    detail,
  };
}

function contentOf(event: EcsEvent): {
  readonly resource: string;
  readonly detail: Readonly<Record<string, unknown>>;
} {
  const at = isoTime(event.time);
  switch (event.detailType) {
    case 'ECS Task State Change':
      return { resource: event.task.taskArn, detail: taskDetail(event.task, at) };
    case 'ECS Container Instance State Change': {
      const { instance, remaining } = event;
      return { resource: instance.containerInstanceArn, detail: instanceDetail(instance, remaining, at) };
    }
    case 'ECS Container Instance Health Change':
      return {
        resource: event.instance.containerInstanceArn,
        detail: instanceHealthDetail(event.instance, event.checks),
      };
    case 'ECS Service Action': {
      const { eventName, clusterArn, reason, desiredCount, taskArns, taskSetArns } = event;
      const { containerInstanceArns, capacityProviderArns } = event;
      const detail = {
        eventType: severity[eventName],
        eventName,
        clusterArn,
        createdAt: at,
        ...(reason === undefined ? {} : { reason }),
        ...(desiredCount === undefined ? {} : { desiredCount }),
        ...(taskArns === undefined ? {} : { taskArns }),
        ...(capacityProviderArns === undefined ? {} : { capacityProviderArns }),
        ...(containerInstanceArns === undefined ? {} : { containerInstanceArns }),
        ...(taskSetArns === undefined ? {} : { taskSetArns }),
      };
      return { resource: event.serviceArn, detail };
    }
    case 'ECS Deployment State Change': {
      const { eventName, deploymentId, reason } = event;
      const eventType = eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO';
      return { resource: event.serviceArn, detail: { eventType, eventName, deploymentId, updatedAt: at, reason } };
    }
    case 'ECS Hook State Change':
      return { resource: event.serviceDeploymentArn, detail: hookDetail(event) };
    default:
      return unreachable(event);
  }
}

function hookDetail(event: Extract<EcsEvent, { readonly detailType: 'ECS Hook State Change' }>) {
  const { eventName, hook, clusterArn, serviceArn, serviceDeploymentArn } = event;
  return {
    eventType: eventName === 'HOOK_FAILED' || eventName === 'HOOK_TIMED_OUT' ? 'ERROR' : 'INFO',
    eventName,
    hookId: hook.hookId,
    hookType: hook.targetType,
    expiresAt: isoTime(hook.expiresAt),
    lifecycleStage: hook.lifecycleStage,
    clusterArn,
    serviceArn,
    serviceDeploymentArn,
    updatedAt: isoTime(hook.updatedAt),
  };
}

/** `eventType` of each service action. */
export const severity: Readonly<Record<ServiceActionName, 'INFO' | 'WARN' | 'ERROR'>> = {
  SERVICE_STEADY_STATE: 'INFO',
  SERVICE_DESIRED_COUNT_UPDATED: 'INFO',
  TASKSET_STEADY_STATE: 'INFO',
  CAPACITY_PROVIDER_STEADY_STATE: 'INFO',
  SERVICE_REBALANCING_STARTED: 'INFO',
  SERVICE_REBALANCING_COMPLETED: 'INFO',
  SERVICE_REBALANCING_STOPPED: 'INFO',
  TASKS_STARTED: 'INFO',
  TASKS_STOPPED: 'INFO',
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'INFO',
  SERVICE_DEPLOYMENT_COMPLETED: 'INFO',
  TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION: 'INFO',
  SERVICE_TASK_START_IMPAIRED: 'WARN',
  SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED: 'ERROR',
  SERVICE_TASK_PLACEMENT_FAILURE: 'ERROR',
  SERVICE_DEPLOYMENT_FAILED: 'ERROR',
};
