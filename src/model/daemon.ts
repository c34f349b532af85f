import type { Ids, Instant } from '#base';
import {
  type ClusterArn,
  type ContainerInstanceArn,
  type DaemonTaskDefinitionArn,
  type Scope,
  type TaskArn,
  type TaskDefinitionArn,
  urlSafe,
} from './arn.ts';
import type { DaemonTaskDefinition } from './daemon-task-definition.ts';
import type { Tag } from './tags.ts';
import type { TaskDefinition } from './task-definition.ts';

export type DaemonArn = string & { readonly __brand: 'DaemonArn' };
export type DaemonRevisionArn = string & { readonly __brand: 'DaemonRevisionArn' };
export type DaemonDeploymentArn = string & { readonly __brand: 'DaemonDeploymentArn' };

/** ACTIVE -> DELETE_IN_PROGRESS (its tasks stop) -> gone. */
export type DaemonStatus = 'ACTIVE' | 'DELETE_IN_PROGRESS';

/** What the instances of which capacity providers run. */
export interface DaemonGoal {
  readonly daemonRevisionArn: DaemonRevisionArn;
  /** Names. */
  readonly capacityProviders: readonly string[];
}

/** What keeps an instance without the daemon; gone once a task runs there, and when another revision is rolled out. */
export interface DaemonTrouble {
  readonly failureType: 'TASK_FAILED_TO_RUN' | 'TASK_CREATION_FAILED';
  readonly reason: string;
  readonly taskArn?: TaskArn;
  readonly capacityProviderName: string;
  /** In a row. */
  readonly failures: number;
  /** No task is started there before. */
  readonly retryAt: Instant;
}

export interface Daemon extends Scope {
  readonly daemonArn: DaemonArn;
  readonly daemonName: string;
  readonly clusterArn: ClusterArn;
  readonly status: DaemonStatus;
  /** What is wanted now; a rollback puts back what was wanted before. */
  readonly goal: DaemonGoal;
  /** What was rolled out last, to its end. */
  readonly completed?: DaemonGoal;
  /** The newest. */
  readonly daemonDeploymentArn: DaemonDeploymentArn;
  readonly troubles?: Readonly<Record<ContainerInstanceArn, DaemonTrouble>>;
  /** Of the CreateDaemon call that made it: a repeated one is answered as it was. */
  readonly created?: { readonly clientToken: string; readonly requestDigest: string };
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What a daemon ran. Never changed. */
export interface DaemonRevision extends Scope {
  readonly daemonRevisionArn: DaemonRevisionArn;
  readonly daemonArn: DaemonArn;
  readonly clusterArn: ClusterArn;
  readonly daemonTaskDefinitionArn: DaemonTaskDefinitionArn;
  readonly propagateTags: 'DAEMON' | 'NONE';
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
  /** An instance takes other tasks only while a task of the daemon runs there. */
  readonly critical: boolean;
  readonly createdAt: Instant;
}

/**
 * PENDING: not looked at yet. IN_PROGRESS: the tasks of the instances are replaced. ROLLBACK_IN_PROGRESS: they are put
 * back to the revision before. STOPPED: overtaken by a newer one. The others are ends too. ECS's STOP_REQUESTED is
 * passed at once.
 */
export type DaemonDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

const followers: Readonly<Record<DaemonDeploymentStatus, readonly DaemonDeploymentStatus[]>> = {
  PENDING: ['IN_PROGRESS', 'STOPPED'],
  IN_PROGRESS: ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_FAILED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
  SUCCESSFUL: [],
  STOPPED: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
};

/** Whether a daemon deployment may go from one status to the other. */
export function mayDaemonFollow(before: DaemonDeploymentStatus, after: DaemonDeploymentStatus): boolean {
  return before === after || followers[before].includes(after);
}

/** Whether nothing follows the status. */
export function isDaemonDeploymentOver({ status }: Pick<DaemonDeployment, 'status'>): boolean {
  return followers[status].length === 0;
}

export interface DaemonDeploymentConfiguration {
  /** Of the instances, how many are without the daemon at a time at most; never less than one instance. */
  readonly drainPercent: number;
  readonly bakeTimeInMinutes: number;
  readonly alarms?: { readonly alarmNames: readonly string[]; readonly enable: boolean };
}

/** How the instances of one provider stand to a revision. */
export interface DaemonProviderCounts {
  readonly capacityProvider: string;
  readonly running: number;
  readonly without: number;
  readonly draining: number;
}

export interface DaemonDeployment extends Scope {
  readonly daemonDeploymentArn: DaemonDeploymentArn;
  readonly daemonArn: DaemonArn;
  readonly clusterArn: ClusterArn;
  readonly status: DaemonDeploymentStatus;
  readonly statusReason?: string;
  /** Absent when the daemon is deleted: nothing takes the place of what it ran. */
  readonly target?: DaemonGoal;
  readonly source?: DaemonGoal;
  readonly configuration: DaemonDeploymentConfiguration;
  /** Tasks of the target that did not start, or failed, since it began. */
  readonly failureCount: number;
  /** The same of a rollback. */
  readonly rollbackFailures?: number;
  /** Of failures, at which the circuit breaker opens. */
  readonly threshold?: number;
  readonly breakerTriggered?: boolean;
  /** Decided at the first look: alarms that ring already, or are not there, are not watched. */
  readonly alarmsWatched?: boolean;
  readonly triggeredAlarmNames?: readonly string[];
  readonly bakeStartedAt?: Instant;
  readonly rollback?: { readonly reason: string; readonly startedAt: Instant } & DaemonGoal;
  /** How the instances stood when it ended. */
  readonly figures?: {
    readonly target: readonly DaemonProviderCounts[];
    readonly source: readonly DaemonProviderCounts[];
  };
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly stoppedAt?: Instant;
  readonly finishedAt?: Instant;
}

/** The ARN of a daemon: `daemon/<cluster>/<name>`. */
export function daemonArn({ region, accountId }: Scope, clusterName: string, daemonName: string): DaemonArn {
  return `arn:aws:ecs:${region}:${accountId}:daemon/${clusterName}/${daemonName}` as DaemonArn;
}

/** A new one: `daemon-revision/<cluster>/<daemon>/<uuid>`. */
export function newDaemonRevisionArn(daemon: DaemonArn, ids: Ids): DaemonRevisionArn {
  return `${daemon.replace(':daemon/', ':daemon-revision/')}/${ids.uuid()}` as DaemonRevisionArn;
}

/** A new one: `daemon-deployment/<cluster>/<daemon>/` and 21 characters that need no escape in an URL. */
export function newDaemonDeploymentArn(daemon: DaemonArn, ids: Ids): DaemonDeploymentArn {
  return `${daemon.replace(':daemon/', ':daemon-deployment/')}/${ids.from(urlSafe, 21)}` as DaemonDeploymentArn;
}

/** The group of a daemon's tasks. Source: the `ServiceName` dimension of daemons' metrics. */
export function daemonGroup(daemonName: string): string {
  return `daemon:${daemonName}`;
}

/** Where Docker's driver `json-file` keeps its logs. */
const jsonFileLogs = '/var/lib/docker/containers';

/**
 * A daemon's task definition as the task definition that agents run: in bridge mode, with no ports of the host. ECS
 * has the mode `daemon_bridge` for it, a bridge of the daemons' own.
 */
export function asTaskDefinition(definition: DaemonTaskDefinition): TaskDefinition {
  const { daemonTaskDefinitionArn, status, deletedAt: _at, pidMode, ipcMode, volumes, ...same } = definition;
  return {
    ...same,
    taskDefinitionArn: daemonTaskDefinitionArn as string as TaskDefinitionArn,
    status: status === 'ACTIVE' ? 'ACTIVE' : 'DELETE_IN_PROGRESS',
    containerDefinitions: definition.containerDefinitions,
    volumes: volumes.map(({ name, host, logDriverVolumeConfiguration: logs }) => ({
      name,
      host: logs === undefined ? host : { sourcePath: jsonFileLogs },
    })),
    placementConstraints: [],
    networkMode: 'bridge',
    requiresAttributes: [],
    compatibilities: ['EC2', 'MANAGED_INSTANCES'],
    ...(pidMode === 'shared' ? { pidMode: 'host' as const } : {}),
    ...(ipcMode === 'shared' ? { ipcMode: 'host' as const } : {}),
  };
}
