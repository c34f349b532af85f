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
  const { resources, detail } = contentOf(event);
  return {
    version: '0',
    id: event.id,
    'detail-type': event.detailType,
    source: 'aws.ecs',
    account: event.accountId,
    time: rfc3339(event.time),
    region: event.region,
    resources,
    detail,
  };
}

function contentOf(event: EcsEvent): {
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
} {
  const at = isoTime(event.time);
  switch (event.detailType) {
    case 'ECS Task State Change':
      return { resources: [event.task.taskArn], detail: taskDetail(event.task, at) };
    case 'ECS Container Instance State Change': {
      const { instance, remaining } = event;
      return { resources: [instance.containerInstanceArn], detail: instanceDetail(instance, remaining, at) };
    }
    case 'ECS Container Instance Health Change':
      return {
        resources: [event.instance.containerInstanceArn],
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
      return { resources: [event.serviceArn], detail };
    }
    case 'ECS Deployment State Change': {
      const { eventName, deploymentId, reason } = event;
      const eventType = eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO';
      return { resources: [event.serviceArn], detail: { eventType, eventName, deploymentId, updatedAt: at, reason } };
    }
    case 'ECS Hook State Change':
      return { resources: [event.serviceDeploymentArn], detail: hookDetail(event) };
    case 'ECS Daemon Service Action':
      return daemonAction(event, at);
    case 'ECS Daemon Deployment State Change': {
      const { eventName, daemonArn, clusterArn, daemonDeploymentArn, targetDaemonRevisionArn } = event;
      const detail = {
        eventType: eventName === 'DAEMON_DEPLOYMENT_ROLLBACK_FAILED' ? 'ERROR' : 'INFO',
        eventName,
        clusterArn,
        daemonArn,
        daemonDeploymentArn,
        ...(targetDaemonRevisionArn === undefined ? {} : { targetDaemonRevisionArn }),
        updatedAt: at,
      };
      return { resources: [daemonArn], detail };
    }
    default:
      return unreachable(event);
  }
}

/** The task is told of, if one was made. */
function daemonAction(event: Extract<EcsEvent, { readonly detailType: 'ECS Daemon Service Action' }>, at: string) {
  const { eventName, daemon, daemonTaskDefinitionArn, containerInstanceArn, trouble } = event;
  const { taskArn, capacityProviderName, failureType, reason } = trouble;
  const detail = {
    eventType: 'WARNING',
    eventName,
    clusterArn: daemon.clusterArn,
    containerInstanceArn,
    ...(taskArn === undefined ? {} : { taskArn }),
    daemonRevisionArn: daemon.daemonRevisionArn,
    capacityProviderName,
    daemonArn: daemon.daemonArn,
    daemonTaskDefinitionArn,
    failureType,
    createdAt: at,
    reason,
  };
  return { resources: taskArn === undefined ? [] : [taskArn], detail };
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
