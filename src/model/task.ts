import type { Instant } from '#base';
import type {
  ClusterArn,
  ContainerArn,
  ContainerInstanceArn,
  DeploymentId,
  Scope,
  ServiceArn,
  TaskArn,
  TaskDefinitionArn,
} from './arn.ts';
import type { TaskTargetGroup } from './balancing/service-load-balancer.ts';
import type { DaemonArn, DaemonRevisionArn } from './daemon.ts';
import type { TaskVolume } from './managed-volume.ts';
import type { AwsvpcConfiguration } from './network/index.ts';
import type { PlacementConstraint, PlacementStrategy } from './placement.ts';
import type { ReservedResources } from './resources.ts';
import type { TaskConnect } from './service-connect.ts';
import type { Tag } from './tags.ts';

export type LaunchType = 'EC2' | 'FARGATE' | 'EXTERNAL';

/**
 * Where a task stands, in the order it passes; it never goes back, and states with no work to do are skipped.
 *
 * PROVISIONING: an interface is being prepared (awsvpc). PENDING: placed, the agent pulls and creates. ACTIVATING:
 * containers are up, registrations are being made. RUNNING. DEACTIVATING: registrations are being taken back. STOPPING:
 * the agent stops the containers. DEPROVISIONING: the interface is given back. STOPPED. DELETED: about to be forgotten.
 */
export const taskStatuses = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
  'DELETED',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export function taskStatusRank(status: TaskStatus): number {
  return taskStatuses.indexOf(status);
}

export type DesiredStatus = 'RUNNING' | 'STOPPED';
export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** Why a task stopped. */
export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice'
  | 'InfrastructureHealth';

export interface NetworkBinding {
  readonly bindIP?: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol?: 'tcp' | 'udp';
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
}

/** The statuses a container is reported in; a container never goes back. */
export const containerStatuses = ['PENDING', 'RUNNING', 'STOPPED'] as const;
export type ContainerStatus = (typeof containerStatuses)[number];

export interface TaskContainer {
  readonly containerArn: ContainerArn;
  readonly name: string;
  readonly image: string;
  readonly imageDigest?: string;
  /** The image that the task's revision runs, if that was settled before the task was made. */
  readonly pinnedDigest?: string;
  /** The engine's container id. */
  readonly runtimeId?: string;
  readonly lastStatus: ContainerStatus;
  /** Only when the container ran and ended. */
  readonly exitCode?: number;
  /** `<ErrorName>: <message>`, at most 1024 characters. */
  readonly reason?: string;
  readonly healthStatus: HealthStatus;
  /** Whether the definition has a health check: only then can health be other than UNKNOWN. */
  readonly healthCheck: boolean;
  readonly essential: boolean;
  readonly networkBindings: readonly NetworkBinding[];
  readonly cpu: string;
  readonly memory?: string;
  readonly memoryReservation?: string;
  /** GPUs asked for; absent for none. */
  readonly gpuCount?: number;
  /** The GPUs of the host that are the container's alone; given when the task is placed. */
  readonly gpuIds?: readonly string[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

export interface ContainerOverride {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment?: readonly EnvironmentVariable[];
  readonly environmentFiles?: readonly { readonly type: 's3'; readonly value: string }[];
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
  /** In place of the definition's. */
  readonly resourceRequirements?: readonly { readonly type: 'GPU'; readonly value: string }[];
}

export interface TaskOverride {
  readonly containerOverrides: readonly ContainerOverride[];
  readonly cpu?: string;
  readonly memory?: string;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly ephemeralStorage?: { readonly sizeInGiB: number };
}

/** The interface of an awsvpc task: asked for, then given, then taken back. */
export interface TaskAttachment {
  readonly id: string;
  readonly status: 'PRECREATED' | 'ATTACHING' | 'ATTACHED' | 'DELETED';
  readonly subnetId?: string;
  readonly networkInterfaceId?: string;
  readonly macAddress?: string;
  readonly privateDnsName?: string;
  readonly privateIpv4Address?: string;
}

export interface Task extends Scope {
  readonly taskArn: TaskArn;
  readonly clusterArn: ClusterArn;
  readonly taskDefinitionArn: TaskDefinitionArn;
  readonly launchType: LaunchType;
  /** The provider that a strategy chose; absent when a launch type was asked for. */
  readonly capacityProviderName?: string;
  readonly platformVersion?: string;
  readonly group: string;
  readonly startedBy?: string;
  /** The service that owns the task, and the deployment it belongs to. */
  readonly serviceArn?: ServiceArn;
  readonly deploymentId?: DeploymentId;
  /** The daemon that owns the task, and what it runs. */
  readonly daemonArn?: DaemonArn;
  readonly daemonRevisionArn?: DaemonRevisionArn;
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly overrides: TaskOverride;
  readonly placementConstraints: readonly PlacementConstraint[];
  /** Of a task that waits for an instance of its provider: how one is then chosen. */
  readonly placementStrategy?: readonly PlacementStrategy[];
  readonly enableExecuteCommand: boolean;
  readonly ephemeralStorageGiB?: number;
  /** Text as DescribeTasks shows it: the task's own size, or the sum over its containers. */
  readonly cpu: string;
  readonly memory: string;
  /** What the task takes from its host until it is STOPPED. */
  readonly reserves: ReservedResources;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;

  /** The host: a container instance, or a host of the Fargate pool (which no user sees). */
  readonly hostArn?: ContainerInstanceArn;
  readonly availabilityZone?: string;
  readonly attachment?: TaskAttachment;
  /** What its service has it registered with while it runs. */
  readonly targetGroups?: readonly TaskTargetGroup[];
  /**
   * Absent until it is registered with its target groups. DEREGISTERED: it was, and gets no requests any longer.
   */
  readonly registration?: 'REGISTERED' | 'DEREGISTERED';
  /** The proxy of Service Connect that it has; absent for none. */
  readonly serviceConnect?: TaskConnect;
  /** Its managed EBS volume. */
  readonly volume?: TaskVolume;

  readonly desiredStatus: DesiredStatus;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
  readonly stoppingAt?: Instant;

  readonly lastStatus: TaskStatus;
  /** The last status the agent reported; absent until it reported one. */
  readonly agentStatus?: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly containers: readonly TaskContainer[];
  readonly healthStatus: HealthStatus;
  readonly connectivity?: 'CONNECTED' | 'DISCONNECTED';
  readonly connectivityAt?: Instant;
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  readonly startedAt?: Instant;
  readonly executionStoppedAt?: Instant;
  readonly stoppedAt?: Instant;
  /** When its service took note of how the task ended: each end counts once. */
  readonly countedAt?: Instant;
  /** Until then neither scale-in nor a deployment stops the task. Kept when it has passed: the clock decides. */
  readonly protectedUntil?: Instant;
  /** Starts at 1; +1 with each change that would emit an event. */
  readonly version: number;
}

/** Whether scale-in protection holds. Source: "Protect your Amazon ECS tasks from being terminated by scale-in events". */
export function isProtected(task: Pick<Task, 'protectedUntil'>, now: Instant): boolean {
  return task.protectedUntil !== undefined && task.protectedUntil > now;
}

/** Health over the essential containers, worst first: UNHEALTHY, then UNKNOWN, then HEALTHY. */
export function taskHealth(containers: readonly TaskContainer[]): HealthStatus {
  const checked = containers.filter((container) => container.essential && container.healthCheck);
  if (checked.length === 0) return 'UNKNOWN';
  if (checked.some((container) => container.healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
  if (checked.some((container) => container.healthStatus === 'UNKNOWN')) return 'UNKNOWN';
  return 'HEALTHY';
}

/** Counted by the API as running: RUNNING and not on its way out. */
export function isRunning(task: Pick<Task, 'lastStatus' | 'desiredStatus'>): boolean {
  return task.lastStatus === 'RUNNING';
}

/** Counted by the API as pending: on its way to RUNNING. */
export function isPending(task: Pick<Task, 'lastStatus' | 'desiredStatus'>): boolean {
  return task.desiredStatus === 'RUNNING' && taskStatusRank(task.lastStatus) < taskStatusRank('RUNNING');
}

/** The GPUs of its host that the task has. */
export function gpuIdsOf(task: Pick<Task, 'containers'>): readonly string[] {
  return task.containers.flatMap(({ gpuIds = [] }) => gpuIds);
}

/** Whether the task still holds its host's resources. */
export function holdsResources(task: Pick<Task, 'lastStatus'>): boolean {
  return taskStatusRank(task.lastStatus) < taskStatusRank('STOPPED');
}

/**
 * How the interface of a task is shown: it is being attached while its host has not told of the task, and being
 * detached while nothing of the task runs any longer.
 */
export function attachmentStatus(
  { status }: Pick<TaskAttachment, 'status'>,
  { agentStatus, lastStatus }: Pick<Task, 'agentStatus' | 'lastStatus'>,
): TaskAttachment['status'] | 'DETACHING' {
  if (status !== 'ATTACHED') return status;
  if (lastStatus === 'PENDING' && agentStatus === undefined) return 'ATTACHING';
  return lastStatus === 'DEPROVISIONING' ? 'DETACHING' : status;
}

/** Whether the task has an interface of its own, or is about to. */
export function holdsInterface({ attachment }: Pick<Task, 'attachment'>): boolean {
  return attachment !== undefined && attachment.status !== 'DELETED';
}

/** Whether the task waits for an instance of its capacity provider: PROVISIONING, with no host chosen yet. */
export function waitsForInstance(task: Task): boolean {
  return task.capacityProviderName !== undefined && task.hostArn === undefined && task.desiredStatus === 'RUNNING';
}

/** What a waiting task asks of an instance, as text: tasks with the same fit the same instances. */
export function waitingKind(task: Task): string {
  const { reserves, placementConstraints, placementStrategy = [], networkConfiguration } = task;
  return JSON.stringify([
    task.taskDefinitionArn,
    task.group,
    reserves,
    placementConstraints,
    placementStrategy,
    networkConfiguration?.subnets ?? null,
    task.serviceConnect !== undefined,
  ]);
}

/** Where a task waits, and where an instance could take it, as a key: `clusterArn/provider`. */
export function waitingPlace(of: { readonly clusterArn: ClusterArn; readonly capacityProviderName?: string }): string {
  return `${of.clusterArn}/${of.capacityProviderName ?? ''}`;
}

/** Whether the containers are up and wait for target groups to know of them. */
export function awaitsRegistration(
  task: Pick<Task, 'targetGroups' | 'registration' | 'agentStatus' | 'desiredStatus'>,
): boolean {
  const { targetGroups, registration, agentStatus, desiredStatus } = task;
  if (targetGroups === undefined || targetGroups.length === 0 || registration !== undefined) return false;
  return agentStatus === 'RUNNING' && desiredStatus === 'RUNNING';
}

/** Whether target groups know of a task that is to stop, or has. */
export function awaitsDeregistration({
  registration,
  desiredStatus,
}: Pick<Task, 'registration' | 'desiredStatus'>): boolean {
  return registration === 'REGISTERED' && desiredStatus === 'STOPPED';
}
