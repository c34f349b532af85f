import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs';
import type { Instant } from '#base';
import type {
  CapacityProviderArn,
  ClusterArn,
  ContainerInstanceArn,
  DeploymentId,
  Scope,
  ServiceArn,
  ServiceDeploymentArn,
  TaskDefinitionArn,
} from './arn.ts';
import type { ServiceLoadBalancer } from './balancing/service-load-balancer.ts';
import type { CapacityProviderStrategyItem } from './capacity-provider.ts';
import type { DeploymentCircuitBreaker } from './circuit-breaker.ts';
import type { ExpressService } from './express.ts';
import type { ManagedVolume } from './managed-volume.ts';
import type { AwsvpcConfiguration } from './network/index.ts';
import type { PlacementConstraint, PlacementStrategy } from './placement.ts';
import type { Rebalancing } from './rebalancing.ts';
import type { ReleaseConfiguration } from './release.ts';
import type { ConnectResource, ServiceConnectConfiguration } from './service-connect.ts';
import type { Tag } from './tags.ts';
import type { LaunchType } from './task.ts';

/** ACTIVE -> DRAINING (deleted, tasks stopping) -> INACTIVE (no task left; describable for a while). */
export type ServiceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE';

/** PRIMARY is the newest; ACTIVE ones are older and still have tasks; INACTIVE ones are no longer listed. */
export type DeploymentStatus = 'PRIMARY' | 'ACTIVE';
export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
/**
 * `CIRCUIT_BREAKER`: too many tasks failed. `ALARM`: an alarm rang. `STOPPED`: a user had it rolled back. `HOOK`: a
 * lifecycle hook was answered so, or ran out of time. `NETWORKING`: the rules that traffic is shifted by are not there. `STAGE`: a stage, or all of them, took too long.
 */
export type DeploymentFailure = 'CIRCUIT_BREAKER' | 'ALARM' | 'STOPPED' | 'HOOK' | 'NETWORKING' | 'STAGE';

/**
 * The Cloud Map service in which each task is an instance, and the port it is found by: `port`, or that of a container.
 * Neither where no record has a port.
 */
export interface ServiceRegistry {
  readonly registryArn: string;
  readonly port?: number;
  readonly containerName?: string;
  readonly containerPort?: number;
}

/** The settings of a service that need new tasks when they change, resolved. A deployment and a revision hold a copy. */
export interface DeploymentSettings {
  readonly taskDefinitionArn: TaskDefinitionArn;
  readonly launchType: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly volumeConfigurations?: readonly ManagedVolume[];
  /** At most one. */
  readonly serviceRegistries?: readonly ServiceRegistry[];
  readonly loadBalancers?: readonly ServiceLoadBalancer[];
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration;
  /** What was made for that in Cloud Map; of deployments and revisions alone. */
  readonly serviceConnectResources?: readonly ConnectResource[];
}

/** Those settings and nothing else. */
export function settingsOf(settings: DeploymentSettings): DeploymentSettings {
  const { taskDefinitionArn, launchType, capacityProviderStrategy, platformVersion } = settings;
  const { networkConfiguration, volumeConfigurations, serviceRegistries, loadBalancers } = settings;
  const { serviceConnectConfiguration, serviceConnectResources } = settings;
  return {
    taskDefinitionArn,
    launchType,
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(volumeConfigurations === undefined ? {} : { volumeConfigurations }),
    ...(serviceRegistries === undefined ? {} : { serviceRegistries }),
    ...(loadBalancers === undefined ? {} : { loadBalancers }),
    ...(serviceConnectConfiguration === undefined ? {} : { serviceConnectConfiguration }),
    ...(serviceConnectResources === undefined ? {} : { serviceConnectResources }),
  };
}

/** The service with these settings in place of its own, and none that they do not have. */
export function withSettings(service: Service, settings: DeploymentSettings): Service {
  const { capacityProviderStrategy: _, platformVersion: __, networkConfiguration: ___, ...more } = service;
  const { volumeConfigurations: ____, serviceRegistries: _____, loadBalancers: ______, ...other } = more;
  const { serviceConnectConfiguration: _______, ...rest } = other;
  const { serviceConnectResources: ________, ...given } = settingsOf(settings);
  return { ...rest, ...given };
}

/** One rollout of the service's tasks; its settings never change. */
export interface Deployment extends DeploymentSettings {
  readonly id: DeploymentId;
  readonly status: DeploymentStatus;
  /** A rollback runs a revision that another deployment made: that one's id. Absent: it has a revision of its own. */
  readonly revisionId?: DeploymentId;
  /** The deployment whose failure a rollback undoes. */
  readonly rollbackOf?: DeploymentId;
  /** Whether alarms may fail it: decided at the first look, if the service wants that. */
  readonly alarmsWatched?: boolean;
  /** Alarms that failed it. */
  readonly triggeredAlarmNames?: readonly string[];
  /** Since when it only waits whether an alarm rings. Only while IN_PROGRESS. */
  readonly bakeStartedAt?: Instant;
  /** It has early success: older tasks go as soon as the minimum allows. Until they are gone. */
  readonly sourceCleanup?: true;
  /** Why it is FAILED: since when there are service deployments. */
  readonly failedBy?: DeploymentFailure;
  /** Tasks asked for so far: grows as the deployment starts tasks, shrinks as a newer one replaces them. */
  readonly desiredCount: number;
  /** Tasks that failed, as the circuit breaker counts them; back to 0 once one becomes healthy, unless it says otherwise. */
  readonly failedTasks: number;
  /** A task of it was RUNNING for a while: tasks that fail to start count no longer. Only while IN_PROGRESS. */
  readonly hasRun?: true;
  /** Healthy tasks at the last look; absent: none. Only while IN_PROGRESS. */
  readonly healthyTasks?: number;
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
 * Something that keeps a service from its goal. `placement`: no host. `partial`: none for some of the tasks. `start`:
 * tasks never run. `impaired`: again and again. `stuck`: the percentages allow neither a start nor a stop. `held`: tasks
 * that should go are protected. `violated`: tasks of a daemon stopped just now, for their instances meet its constraints
 * no longer. Of rebalancing, `zone`: no host in a zone that should get tasks; `unbalanced`: all tasks of the fullest zones
 * are protected.
 */
export interface Trouble {
  readonly kind: 'placement' | 'partial' | 'start' | 'impaired' | 'stuck' | 'held' | 'violated' | 'zone' | 'unbalanced';
  readonly message: string;
  readonly saidAt: Instant;
  /** For machines, e.g. `RESOURCE:CPU`; `placement` has one. */
  readonly reason?: string;
  /** The nearest instances that could not take the task; of a daemon, those that it left. */
  readonly containerInstanceArns?: readonly ContainerInstanceArn[];
  /** The providers that had no room for their share. */
  readonly capacityProviderArns?: readonly CapacityProviderArn[];
}

/**
 * When a deployment succeeds before it has all its tasks. `healthyPercent` of the desired count is enough; BLOCKING waits
 * until the tasks before it are gone, DEFERRED lets them go afterwards. Both are there when it is enabled.
 */
export interface EarlySuccessCriteria {
  readonly enable: boolean;
  readonly healthyPercent?: number;
  readonly sourceServiceRevisionCleanup?: 'BLOCKING' | 'DEFERRED';
}

/** Alarms that fail a deployment. */
export interface DeploymentAlarms {
  readonly alarmNames: readonly string[];
  readonly enable: boolean;
  readonly rollback: boolean;
}

export interface DeploymentConfiguration extends ReleaseConfiguration {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker: DeploymentCircuitBreaker;
  readonly alarms?: DeploymentAlarms;
  /** Absent: computed. */
  readonly bakeTimeInMinutes?: number;
  readonly earlySuccessCriteria?: EarlySuccessCriteria;
}

export interface Service extends Scope {
  readonly serviceArn: ServiceArn;
  readonly serviceName: string;
  readonly clusterArn: ClusterArn;
  readonly status: ServiceStatus;
  /** Absent only while a service with task sets has none that is PRIMARY. */
  readonly taskDefinitionArn?: TaskDefinitionArn;
  readonly desiredCount: number;
  /** With a strategy: the kind of its providers. */
  readonly launchType: LaunchType;
  /** Absent when the service has a launch type. */
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  /** As requested (`LATEST`); deployments carry the resolved version. */
  readonly platformVersion?: string;
  /** DAEMON: one task on each instance that meets the constraints; `desiredCount` is counted. */
  readonly schedulingStrategy: 'REPLICA' | 'DAEMON';
  readonly deploymentConfiguration: DeploymentConfiguration;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly serviceRegistries?: readonly ServiceRegistry[];
  readonly volumeConfigurations?: readonly ManagedVolume[];
  readonly loadBalancers?: readonly ServiceLoadBalancer[];
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration;
  /** Of services that manage their load balancers without the service-linked role. */
  readonly role?: string;
  readonly healthCheckGracePeriodSeconds: number;
  readonly enableECSManagedTags: boolean;
  readonly propagateTags: 'NONE' | 'SERVICE' | 'TASK_DEFINITION';
  readonly enableExecuteCommand: boolean;
  readonly availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  /** Whether the request named a deployment controller; ECS echoes it only then. */
  readonly deploymentControllerGiven: boolean;
  /** Who replaces tasks by newer ones when it is not ECS: then they belong to task sets, and there are no deployments. */
  readonly deploymentController?: 'EXTERNAL' | 'CODE_DEPLOY';
  /** It was ECS's once: its task sets are still shown as deployments. */
  readonly presentsDeployments?: true;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly tags: readonly Tag[];
  readonly clientToken?: string;
  /** The request's settings, to tell an idempotent repeat from a conflicting one. */
  readonly requestDigest: string;

  readonly deployments: readonly Deployment[];
  /** The latest service deployment, over or not; absent for services of versions that made none. */
  readonly currentServiceDeploymentArn?: ServiceDeploymentArn;
  /** Reported since the last change; the steady-state event repeats at most every six hours. */
  readonly steadySince?: Instant;
  /** Absent while nothing is out of balance, as far as that is looked at. */
  readonly rebalancing?: Rebalancing;
  /** Of services that CreateExpressGatewayService made. */
  readonly express?: ExpressService;
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

/** The deployment whose settings, and so whose revision, this one runs. */
export function revisionIdOf(deployment: Pick<Deployment, 'id' | 'revisionId'>): DeploymentId {
  return deployment.revisionId ?? deployment.id;
}
