import { afterMs, earliest, type Instant } from '#base';
import {
  breakerThreshold,
  type Daemon,
  type DaemonDeployment,
  type DaemonGoal,
  type DaemonProviderCounts,
  daemonCounts,
  holdsResources,
} from '#model';
import type { DaemonContext } from './decision.ts';
import { alarmPollMs } from './limits.ts';
import { goalInstances, isCurrent, settlesAt, tasksByHost } from './standing.ts';
import type { DaemonView } from './view.ts';

/** A deployment and its daemon after a look. */
export interface Followed {
  readonly daemon: Daemon;
  readonly deployment: DaemonDeployment;
  /** All that it wanted is done: a daemon that was to go is gone. */
  readonly over: boolean;
  readonly wakeAt?: Instant;
}

/** The deployment at its first look: what it is measured by is settled. */
export function begun(view: DaemonView, deployment: DaemonDeployment, context: DaemonContext): DaemonDeployment {
  if (deployment.status !== 'PENDING') return deployment;
  const { alarms } = deployment.configuration;
  const states = alarms?.enable === true ? alarms.alarmNames.map((name) => context.alarm(deployment, name)) : [];
  const known = states.some((state) => state !== undefined);
  return {
    ...deployment,
    status: 'IN_PROGRESS',
    startedAt: context.now,
    threshold: breakerThreshold({}, goalInstances(view).length),
    ...(alarms === undefined ? {} : { alarmsWatched: known && !states.includes('ALARM') }),
  };
}

/** The deployment with failures that were counted, and alarms that ring. */
export function measured(deployment: DaemonDeployment, failures: number, context: DaemonContext): DaemonDeployment {
  const ringing = deployment.alarmsWatched === true ? ringingAlarms(deployment, context) : [];
  const alarmed = ringing.length === 0 ? deployment : { ...deployment, triggeredAlarmNames: ringing };
  if (failures === 0) return alarmed;
  return deployment.status === 'ROLLBACK_IN_PROGRESS'
    ? { ...alarmed, rollbackFailures: (deployment.rollbackFailures ?? 0) + failures }
    : { ...alarmed, failureCount: deployment.failureCount + failures };
}

function ringingAlarms(deployment: DaemonDeployment, context: DaemonContext): readonly string[] {
  const names = deployment.configuration.alarms?.alarmNames ?? [];
  return names.filter((name) => context.alarm(deployment, name) === 'ALARM');
}

/**
 * Gives a deployment up whose tasks fail, or whose alarms ring: what was rolled out before is put back. `undefined` when
 * there is no cause. A daemon that is to go goes all the same.
 */
export function givenUp(view: DaemonView, deployment: DaemonDeployment, context: DaemonContext): Followed | undefined {
  const { daemon } = view;
  if (deployment.target === undefined) return undefined;
  const { threshold = Number.POSITIVE_INFINITY, failureCount, rollbackFailures = 0 } = deployment;
  const rollsBack = deployment.status === 'ROLLBACK_IN_PROGRESS';
  if (rollsBack) {
    if (rollbackFailures < threshold) return undefined;
    const statusReason = `${deployment.statusReason ?? ''} The rollback failed: its tasks failed to start.`.trim();
    return { daemon, deployment: ended(view, deployment, 'ROLLBACK_FAILED', context, statusReason), over: false };
  }
  const alarms = deployment.triggeredAlarmNames ?? [];
  const broken = failureCount >= threshold;
  if (!broken && alarms.length === 0) return undefined;
  const cause = broken ? 'tasks failed to start' : `alarm detected: ${alarms.join(', ')}`;
  const exceeded = 'the circuit breaker threshold was exceeded';
  const reason = `Daemon deployment rolled back because ${broken ? exceeded : `of an ${cause}`}.`;
  const marked = broken ? { ...deployment, breakerTriggered: true } : deployment;
  const target = daemon.completed;
  if (target === undefined || target.daemonRevisionArn === daemon.goal.daemonRevisionArn) {
    const statusReason = `Daemon deployment failed: ${cause}. There is no earlier revision to roll back to.`;
    return { daemon, deployment: ended(view, marked, 'ROLLBACK_FAILED', context, statusReason), over: false };
  }
  const { troubles: _, ...rest } = daemon;
  const rollback = { reason, startedAt: context.now, ...target };
  return {
    daemon: { ...rest, goal: target },
    deployment: { ...marked, status: 'ROLLBACK_IN_PROGRESS', statusReason: reason, rollback },
    over: false,
    wakeAt: context.now,
  };
}

/** Takes the deployment on: when each instance runs what it should it bakes, and then it is over. */
export function followed(view: DaemonView, deployment: DaemonDeployment, context: DaemonContext): Followed {
  const { daemon } = view;
  const alarmsAt = deployment.alarmsWatched === true ? afterMs(context.now, alarmPollMs) : undefined;
  const waiting = (wakeAt: Instant | undefined, moved = deployment): Followed => {
    const at = earliest(wakeAt, alarmsAt);
    return { daemon, deployment: moved, over: false, ...(at === undefined ? {} : { wakeAt: at }) };
  };
  if (!isDone(view, context)) return waiting(undefined);
  if (view.deployment?.status === 'PENDING') return waiting(context.now);
  if (daemon.status !== 'ACTIVE') {
    return { daemon, deployment: ended(view, deployment, 'SUCCESSFUL', context), over: true };
  }
  const done = { ...daemon, completed: daemon.goal };
  if (deployment.status === 'ROLLBACK_IN_PROGRESS') {
    return { daemon: done, deployment: ended(view, deployment, 'ROLLBACK_SUCCESSFUL', context), over: false };
  }
  const { bakeStartedAt = context.now } = deployment;
  const bakedAt = afterMs(bakeStartedAt, deployment.configuration.bakeTimeInMinutes * 60_000);
  if (bakedAt > context.now) {
    return waiting(bakedAt, deployment.bakeStartedAt === undefined ? { ...deployment, bakeStartedAt } : deployment);
  }
  return { daemon: done, deployment: ended(view, deployment, 'SUCCESSFUL', context), over: false };
}

/** Whether each instance has a task of the wanted revision that came up, and no other is left. */
function isDone(view: DaemonView, { now, settleMs }: DaemonContext): boolean {
  if (view.daemon.status !== 'ACTIVE') return !view.tasks.some(holdsResources);
  const byHost = tasksByHost(view);
  const wanted = goalInstances(view);
  const up = wanted.every(({ containerInstanceArn }) => {
    const [task, ...others] = byHost.get(containerInstanceArn) ?? [];
    const at = task === undefined ? undefined : settlesAt(task, settleMs);
    return others.length === 0 && task !== undefined && isCurrent(view.daemon, task) && at !== undefined && at <= now;
  });
  if (!up) return false;
  const here = new Set<string>(wanted.map(({ containerInstanceArn }) => containerInstanceArn));
  const there = new Set<string>(
    view.instances.filter((each) => view.accepts(each)).map((each) => each.containerInstanceArn),
  );
  return [...byHost.keys()].every((arn) => here.has(arn) || !there.has(arn));
}

function ended(
  view: DaemonView,
  deployment: DaemonDeployment,
  status: 'SUCCESSFUL' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED',
  { now }: DaemonContext,
  statusReason: string | undefined = deployment.statusReason,
): DaemonDeployment {
  const counted = (goal: DaemonGoal | undefined): readonly DaemonProviderCounts[] =>
    goal === undefined ? [] : daemonCounts(goal, view.instances, view.tasks);
  return {
    ...deployment,
    status,
    ...(statusReason === undefined ? {} : { statusReason }),
    figures: { target: counted(deployment.target), source: counted(deployment.source) },
    finishedAt: now,
  };
}
