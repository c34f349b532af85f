import type { Instant } from '#base';
import type {
  CapacityProviderArn,
  ClusterArn,
  ContainerInstanceArn,
  DaemonTaskDefinitionArn,
  DeploymentId,
  Scope,
  ServiceArn,
  ServiceDeploymentArn,
  TaskArn,
  TaskSetArn,
} from './arn.ts';
import type { ContainerInstance } from './container-instance.ts';
import type {
  Daemon,
  DaemonArn,
  DaemonDeploymentArn,
  DaemonDeploymentStatus,
  DaemonRevisionArn,
  DaemonTrouble,
} from './daemon.ts';
import type { HealthCheck } from './instance-health.ts';
import type { LifecycleHookState } from './lifecycle-hook.ts';
import type { Task } from './task.ts';

/** What the tasks of a host left of it when the event happened; of ports, those in use. */
export interface RemainingResources {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  readonly gpuCount: number;
  /** The GPUs that are free; absent for a host without any. */
  readonly gpuIds?: readonly string[];
}

/** An instance as it was; without its attributes where a task that came or went is all that is told. */
export type EventInstance = Omit<ContainerInstance, 'attributes' | 'tags'> &
  Partial<Pick<ContainerInstance, 'attributes'>>;

export type ServiceActionName =
  | 'SERVICE_STEADY_STATE'
  | 'SERVICE_DESIRED_COUNT_UPDATED'
  | 'TASKSET_STEADY_STATE'
  | 'CAPACITY_PROVIDER_STEADY_STATE'
  | 'SERVICE_REBALANCING_STARTED'
  | 'SERVICE_REBALANCING_COMPLETED'
  | 'SERVICE_REBALANCING_STOPPED'
  | 'TASKS_STARTED'
  | 'TASKS_STOPPED'
  | 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION'
  | 'SERVICE_TASK_START_IMPAIRED'
  | 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED'
  | DeploymentStateName
  | 'SERVICE_TASK_PLACEMENT_FAILURE';

export type DeploymentStateName =
  | 'SERVICE_DEPLOYMENT_IN_PROGRESS'
  | 'SERVICE_DEPLOYMENT_COMPLETED'
  | 'SERVICE_DEPLOYMENT_FAILED';

export type DaemonDeploymentStateName = `DAEMON_DEPLOYMENT_${DaemonDeploymentStatus}`;

export type HookStateName = 'HOOK_AWAITING_ACTION' | 'HOOK_SUCCEEDED' | 'HOOK_FAILED' | 'HOOK_TIMED_OUT';

/** What an event says: the record as it became, which the event shares with its table, or a few facts. */
export type EcsEventFacts =
  | { readonly detailType: 'ECS Task State Change'; readonly task: Task }
  | {
      readonly detailType: 'ECS Container Instance State Change';
      readonly instance: EventInstance;
      readonly remaining: RemainingResources;
    }
  | {
      readonly detailType: 'ECS Container Instance Health Change';
      readonly instance: ContainerInstance;
      /** Those that changed; absent in older records, where it was the runtime. */
      readonly checks?: readonly HealthCheck['type'][];
    }
  | {
      readonly detailType: 'ECS Service Action';
      readonly serviceArn: ServiceArn;
      readonly clusterArn: ClusterArn;
      readonly eventName: ServiceActionName;
      readonly reason?: string;
      readonly desiredCount?: number;
      readonly taskArns?: readonly TaskArn[];
      readonly containerInstanceArns?: readonly ContainerInstanceArn[];
      readonly capacityProviderArns?: readonly CapacityProviderArn[];
      readonly taskSetArns?: readonly TaskSetArn[];
    }
  | {
      readonly detailType: 'ECS Deployment State Change';
      readonly serviceArn: ServiceArn;
      readonly deploymentId: DeploymentId;
      readonly eventName: DeploymentStateName;
      readonly reason: string;
    }
  | {
      readonly detailType: 'ECS Hook State Change';
      readonly serviceArn: ServiceArn;
      readonly clusterArn: ClusterArn;
      readonly serviceDeploymentArn: ServiceDeploymentArn;
      readonly eventName: HookStateName;
      readonly hook: LifecycleHookState;
    }
  | {
      readonly detailType: 'ECS Daemon Service Action';
      readonly eventName: 'DAEMON_TASK_START_IMPAIRED';
      readonly daemon: Pick<Daemon, 'daemonArn' | 'clusterArn'> & { readonly daemonRevisionArn: DaemonRevisionArn };
      readonly daemonTaskDefinitionArn: DaemonTaskDefinitionArn;
      readonly containerInstanceArn: ContainerInstanceArn;
      readonly trouble: DaemonTrouble;
    }
  | {
      readonly detailType: 'ECS Daemon Deployment State Change';
      readonly eventName: DaemonDeploymentStateName;
      readonly daemonArn: DaemonArn;
      readonly clusterArn: ClusterArn;
      readonly daemonDeploymentArn: DaemonDeploymentArn;
      readonly targetDaemonRevisionArn?: DaemonRevisionArn;
    };

/**
 * One event as EventBridge is to get it, written in the transaction that caused it. Delivered in order of creation.
 * Source: "Amazon ECS events" in the developer guide.
 */
export type EcsEvent = Scope & EcsEventFacts & { readonly id: string; readonly time: Instant };
