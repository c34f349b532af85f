import type { Instant } from '#base';
import {
  type ClusterArn,
  type DeploymentId,
  type Scope,
  type ServiceArn,
  type ServiceDeploymentArn,
  type ServiceRevisionArn,
  serviceRevisionArn,
  shortId,
} from './arn.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import { abandoned, type LifecycleHookState } from './lifecycle-hook.ts';
import type { ReleasePlan, ReleaseStage } from './release.ts';
import { type Deployment, type DeploymentConfiguration, revisionIdOf, type Service } from './service.ts';

/**
 * One release of a service, from the request that made it to its end. PENDING: not looked at yet. IN_PROGRESS: its
 * tasks are rolled out. STOP_REQUESTED: superseded, or failed without rollback. ROLLBACK_REQUESTED: a user wants it
 * undone. ROLLBACK_IN_PROGRESS: the revision before it is rolled out again. The others are ends.
 */
export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'STOP_REQUESTED'
  | 'STOPPED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED'
  | 'SUCCESSFUL';

/** Which status may follow which. Source: "View service history using Amazon ECS service deployments". */
const next: Readonly<Record<ServiceDeploymentStatus, readonly ServiceDeploymentStatus[]>> = {
  PENDING: ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'STOP_REQUESTED', 'STOPPED'],
  IN_PROGRESS: ['SUCCESSFUL', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'STOPPED'],
  STOP_REQUESTED: ['STOPPED'],
  ROLLBACK_REQUESTED: ['ROLLBACK_IN_PROGRESS', 'SUCCESSFUL', 'STOPPED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
  STOPPED: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
  SUCCESSFUL: [],
};

export function mayFollow(before: ServiceDeploymentStatus, after: ServiceDeploymentStatus): boolean {
  return before === after || next[before].includes(after);
}

/** Whether the status is an end. */
export function isTerminal(status: ServiceDeploymentStatus): boolean {
  return next[status].length === 0;
}

/** How many tasks of a revision are asked for, RUNNING and on their way. */
export interface RevisionCounts {
  readonly requestedTaskCount: number;
  readonly runningTaskCount: number;
  readonly pendingTaskCount: number;
}

/** A means of noticing failure: off, at work, it noticed one, or the deployment ended without. */
export type MonitorStatus = 'DISABLED' | 'MONITORING' | 'TRIGGERED' | 'MONITORING_COMPLETE';

/** What a service deployment shows of its service: read while it runs, kept as it was when it is over. */
export interface ServiceDeploymentFigures {
  readonly sources: readonly RevisionCounts[];
  readonly target: RevisionCounts;
  readonly deploymentConfiguration: DeploymentConfiguration;
  readonly alarms: {
    readonly status: MonitorStatus;
    readonly alarmNames: readonly string[];
    readonly triggeredAlarmNames: readonly string[];
  };
  readonly circuitBreaker: {
    readonly status: MonitorStatus;
    readonly failureCount: number;
    readonly threshold: number;
  };
}

export interface ServiceDeployment extends Scope {
  readonly serviceDeploymentArn: ServiceDeploymentArn;
  readonly serviceArn: ServiceArn;
  readonly clusterArn: ClusterArn;
  /** The entry of the service's `deployments` that it rolls out; the number is that of its target revision. */
  readonly deploymentId: DeploymentId;
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  /** Revisions that had tasks when it was made. */
  readonly sourceServiceRevisionArns: readonly ServiceRevisionArn[];
  readonly targetServiceRevisionArn: ServiceRevisionArn;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly stoppedAt?: Instant;
  readonly updatedAt: Instant;
  readonly rollback?: {
    readonly reason: string;
    readonly startedAt: Instant;
    /** Absent when there is nothing to go back to. */
    readonly serviceRevisionArn?: ServiceRevisionArn;
  };
  /** How it shifts from one revision to the other; absent: it rolls. */
  readonly release?: ReleasePlan;
  /** Where the release stands; absent until it was looked at. */
  readonly stage?: ReleaseStage;
  /** The hooks that were reached, oldest first; absent: none. */
  readonly lifecycleHooks?: readonly LifecycleHookState[];
  /** How things stood when it ended; absent until then. */
  readonly figures?: ServiceDeploymentFigures;
}

/** Running and pending tasks by deployment; what the store's totals keep per service. */
export interface TasksByDeployment {
  readonly byDeployment: ReadonlyMap<DeploymentId, { readonly running: number; readonly pending: number }>;
}

/** The revision a deployment runs: its own, or the one it goes back to. */
export function revisionArnOf(
  serviceArn: ServiceArn,
  deployment: Pick<Deployment, 'id' | 'revisionId'>,
): ServiceRevisionArn {
  return serviceRevisionArn(serviceArn, revisionIdOf(deployment));
}

/** The tasks of a revision, over all listed deployments that run it. */
export function countRevision(service: Service, tasks: TasksByDeployment, arn: ServiceRevisionArn): RevisionCounts {
  const counts = { requestedTaskCount: 0, runningTaskCount: 0, pendingTaskCount: 0 };
  const number = shortId(arn);
  for (const deployment of service.deployments) {
    if (shortId(revisionIdOf(deployment)) !== number) continue;
    const own = tasks.byDeployment.get(deployment.id);
    counts.requestedTaskCount += deployment.desiredCount;
    counts.runningTaskCount += own?.running ?? 0;
    counts.pendingTaskCount += own?.pending ?? 0;
  }
  return counts;
}

/** How a service deployment stands. Once it is over, how it stood at its end. */
export function figuresOf(
  record: ServiceDeployment,
  service: Service,
  tasks: TasksByDeployment,
): ServiceDeploymentFigures {
  if (record.figures !== undefined) return record.figures;
  const { deploymentConfiguration: configuration, desiredCount } = service;
  const own = service.deployments.find(({ id }) => id === record.deploymentId);
  const breaker = configuration.deploymentCircuitBreaker;
  const status = (on: boolean, triggered: boolean): MonitorStatus => {
    if (triggered) return 'TRIGGERED';
    if (!on) return 'DISABLED';
    return isTerminal(record.status) || own?.rolloutState !== 'IN_PROGRESS' ? 'MONITORING_COMPLETE' : 'MONITORING';
  };
  return {
    sources: record.sourceServiceRevisionArns.map((arn) => countRevision(service, tasks, arn)),
    target: countRevision(service, tasks, record.targetServiceRevisionArn),
    deploymentConfiguration: configuration,
    circuitBreaker: {
      status: status(breaker.enable, own?.failedBy === 'CIRCUIT_BREAKER'),
      failureCount: own?.failedTasks ?? 0,
      threshold: breakerThreshold(breaker, desiredCount),
    },
    alarms: {
      status: status(configuration.alarms?.enable === true && own?.alarmsWatched !== false, own?.failedBy === 'ALARM'),
      alarmNames: configuration.alarms?.alarmNames ?? [],
      triggeredAlarmNames: own?.triggeredAlarmNames ?? [],
    },
  };
}

/** The record one step further; an end keeps the figures of that moment. */
export function movedTo(
  record: ServiceDeployment,
  status: ServiceDeploymentStatus,
  moment: {
    readonly now: Instant;
    readonly service: Service;
    readonly tasks: TasksByDeployment;
    readonly statusReason?: string | undefined;
  },
): ServiceDeployment {
  const { now, service, tasks, statusReason } = moment;
  const moved: ServiceDeployment = {
    ...record,
    status,
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(status === 'IN_PROGRESS' ? { startedAt: now } : {}),
    ...(status === 'STOPPED' ? { stoppedAt: now } : {}),
    updatedAt: now,
  };
  if (!isTerminal(status)) return withoutWaiting(moved, now);
  return { ...withoutWaiting(moved, now), finishedAt: now, figures: figuresOf(moved, service, tasks) };
}

/** Hooks wait only while it is IN_PROGRESS. */
function withoutWaiting(record: ServiceDeployment, now: Instant): ServiceDeployment {
  const hooks = record.status === 'IN_PROGRESS' ? record.lifecycleHooks : abandoned(record.lifecycleHooks, now);
  return hooks === record.lifecycleHooks || hooks === undefined ? record : { ...record, lifecycleHooks: hooks };
}

/**
 * What becomes of a service deployment that is not over when its service gets another, or is deleted. `by` says which.
 * A rollback under way has failed: no other end may follow it.
 */
export function superseded(
  record: ServiceDeployment,
  by: string,
  moment: { readonly now: Instant; readonly service: Service; readonly tasks: TasksByDeployment },
): ServiceDeployment {
  if (isTerminal(record.status) || record.status === 'STOP_REQUESTED') return record;
  if (record.status === 'ROLLBACK_IN_PROGRESS') {
    const statusReason = `Service deployment rollback stopped because ${by}.`;
    return movedTo(record, 'ROLLBACK_FAILED', { ...moment, statusReason });
  }
  const status = record.status === 'ROLLBACK_REQUESTED' ? 'STOPPED' : 'STOP_REQUESTED';
  return movedTo(record, status, { ...moment, statusReason: `Service deployment stopped because ${by}.` });
}
