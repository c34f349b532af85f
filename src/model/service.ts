import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs';
import type { Instant } from '#base';
import type { ClusterArn, DeploymentId, Scope, ServiceArn, TaskDefinitionArn } from './arn.ts';
import type { CapacityProviderStrategyItem } from './capacity-provider.ts';
import type { AwsvpcConfiguration } from './network.ts';
import type { PlacementConstraint, PlacementStrategy } from './placement.ts';
import type { Tag } from './tags.ts';
import type { LaunchType } from './task.ts';

/** ACTIVE -> DRAINING (deleted, tasks stopping) -> INACTIVE (no task left; describable for a while). */
export type ServiceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE';

/** PRIMARY is the newest; ACTIVE ones are older and still have tasks; INACTIVE ones are no longer listed. */
export type DeploymentStatus = 'PRIMARY' | 'ACTIVE';
export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** What one deployment runs: a frozen copy of the service's settings that need new tasks when they change. */
export interface Deployment {
  readonly id: DeploymentId;
  readonly status: DeploymentStatus;
  readonly taskDefinitionArn: TaskDefinitionArn;
  readonly launchType: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: AwsvpcConfiguration;
  /** Tasks asked for so far: grows as the deployment starts tasks, shrinks as a newer one replaces them. */
  readonly desiredCount: number;
  /** Consecutive tasks that failed; back to 0 once one runs. */
  readonly failedTasks: number;
  readonly rolloutState: RolloutState;
  readonly rolloutStateReason: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Set while tasks end too soon; absent once they run. A new deployment begins without. */
  readonly backoff?: StartBackoff;
  /** The last time, at most one per retry interval, that tasks found no host; absent once all found one. */
  readonly placementFailedAt?: Instant;
  /** What the event stream was told of and what still holds, so that it is not told again. At most eight. */
  readonly troubles?: readonly Trouble[];
}

/** How often in a row a deployment's tasks ended too soon, counted once per round of tasks started together. */
export interface StartBackoff {
  /** Rounds with a task that never was RUNNING. */
  readonly failures: number;
  /** Rounds with a task that was RUNNING for only a moment. */
  readonly shortRuns: number;
  /** When the latest was counted: the next round is of tasks made after it. */
  readonly countedAt: Instant;
  /** No task of the deployment starts before. */
  readonly nextStartAt: Instant;
}

/**
 * Something that keeps a service from its goal. `placement`: no host. `start`: tasks never run. `impaired`: again and
 * again. `stuck`: the percentages allow neither a start nor a stop.
 */
export interface Trouble {
  readonly kind: 'placement' | 'start' | 'impaired' | 'stuck';
  readonly message: string;
  readonly saidAt: Instant;
}

export interface DeploymentConfiguration {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
}

export interface Service extends Scope {
  readonly serviceArn: ServiceArn;
  readonly serviceName: string;
  readonly clusterArn: ClusterArn;
  readonly status: ServiceStatus;
  readonly taskDefinitionArn: TaskDefinitionArn;
  readonly desiredCount: number;
  /** With a strategy: the kind of its providers. */
  readonly launchType: LaunchType;
  /** Absent when the service has a launch type. */
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  /** As requested (`LATEST`); deployments carry the resolved version. */
  readonly platformVersion?: string;
  readonly schedulingStrategy: 'REPLICA';
  readonly deploymentConfiguration: DeploymentConfiguration;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly healthCheckGracePeriodSeconds: number;
  readonly enableECSManagedTags: boolean;
  readonly propagateTags: 'NONE' | 'SERVICE' | 'TASK_DEFINITION';
  readonly enableExecuteCommand: boolean;
  readonly availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  /** Whether the request named a deployment controller; ECS echoes it only then. */
  readonly deploymentControllerGiven: boolean;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly tags: readonly Tag[];
  readonly clientToken?: string;
  /** The request's settings, to tell an idempotent repeat from a conflicting one. */
  readonly requestDigest: string;

  readonly deployments: readonly Deployment[];
  /** Reported since the last change; the steady-state event repeats at most every six hours. */
  readonly steadySince?: Instant;
  readonly inactiveAt?: Instant;
}

/** One line of a service's event stream, in AWS's words. At most 100 are kept per service. */
export interface ServiceEvent extends Scope {
  readonly id: string;
  readonly serviceArn: ServiceArn;
  readonly createdAt: Instant;
  readonly message: string;
}

export type CreateServiceInput = CreateServiceCommandInput;

/** The deployment new tasks belong to. */
export function primaryDeployment(service: Pick<Service, 'deployments'>): Deployment | undefined {
  return service.deployments.find((deployment) => deployment.status === 'PRIMARY');
}
