import { afterMs, type Instant } from '#base';
import {
  type CodeDeployDeployment,
  type CodeDeployRollbackEvent,
  type CodeDeployStatus,
  lifecycleEventNames,
  newCodeDeployId,
} from '#model';
import type { DeploymentContext, DeploymentDecision } from './decision.ts';
import { alarmPollMs } from './limits.ts';
import { type Trouble, troubles } from './messages.ts';
import { closed } from './record.ts';
import type { DeploymentView } from './view.ts';

/** How a deployment ends before it is through, and whether a rollback follows. */
interface Ending {
  readonly status: Extract<CodeDeployStatus, 'Failed' | 'Stopped'>;
  readonly error: Trouble;
  readonly rollback: boolean;
}

/** Failed; rolled back if the deployment is to be then. */
export function failed(view: DeploymentView, error: Trouble, ctx: DeploymentContext): DeploymentDecision {
  const rollback = rollsBack(view.deployment, 'DEPLOYMENT_FAILURE');
  return ended(view, { status: 'Failed', error, rollback }, ctx);
}

export function timedOut(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision {
  const rollback = rollsBack(view.deployment, 'DEPLOYMENT_FAILURE');
  return ended(view, { status: 'Stopped', error: troubles.readyTimeout, rollback }, ctx);
}

/** What a user, an alarm, or the service itself ends the deployment by; `undefined`: nothing does. */
export function interrupted(view: DeploymentView, ctx: DeploymentContext): DeploymentDecision | undefined {
  const { deployment, service } = view;
  if (service?.status !== 'ACTIVE' || service.deploymentController !== 'CODE_DEPLOY') {
    return ended(view, { status: 'Failed', error: troubles.service(deployment), rollback: false }, ctx);
  }
  // Once the tasks before are going there is nothing to go back to.
  if (deployment.rollbackOf !== undefined || deployment.phase === 'TERMINATE') return undefined;
  const { stopRequested } = deployment;
  if (stopRequested !== undefined) {
    return ended(view, { status: 'Stopped', error: troubles.stopped, rollback: stopRequested.rollback }, ctx);
  }
  const ringing = watched(deployment).filter((name) => ctx.alarm(deployment, name) === 'ALARM');
  if (ringing.length === 0) return undefined;
  const rollback = rollsBack(deployment, 'DEPLOYMENT_STOP_ON_ALARM');
  return ended(view, { status: 'Stopped', error: troubles.alarms(ringing), rollback }, ctx);
}

/** When to ask for the alarms again. */
export function nextAlarmLook(deployment: CodeDeployDeployment, now: Instant): Instant | undefined {
  return watched(deployment).length === 0 ? undefined : afterMs(now, alarmPollMs);
}

function watched({ alarms, rollbackOf }: CodeDeployDeployment): readonly string[] {
  return alarms?.enabled === true && rollbackOf === undefined ? alarms.names : [];
}

/** Whether what happened has the deployment rolled back. */
function rollsBack({ autoRollback }: CodeDeployDeployment, event: CodeDeployRollbackEvent): boolean {
  return autoRollback?.enabled === true && autoRollback.events.includes(event);
}

function ended(view: DeploymentView, { status, error, rollback }: Ending, ctx: DeploymentContext): DeploymentDecision {
  const { now } = ctx;
  const over = closed(view.deployment, status === 'Failed' ? 'Failed' : 'Skipped', error.message, now);
  const deployment = { ...over, status, error, completedAt: now, updatedAt: now };
  const green = view.taskSets.find(({ taskSetArn }) => taskSetArn === deployment.greenArn);
  if (!rollback || green === undefined || green.status === 'DRAINING') return { deployment };
  const undoing = rollbackFor(deployment, ctx);
  return { deployment: { ...deployment, rollbackDeploymentId: undoing.deploymentId }, rollback: undoing };
}

/** The deployment that gives the traffic back to the tasks before, and takes the replacement away. */
function rollbackFor(undone: CodeDeployDeployment, { now, ids }: DeploymentContext): CodeDeployDeployment {
  const { error: _, completedAt: __, stopRequested: ___, continuedAt: ____, shiftedAt: _____, ...rest } = undone;
  const { autoRollback: ______, alarms: _______, alarmsOverridden: ________, ...kept } = rest;
  const traffic = lifecycleEventNames(undone.balancing).map((name) => ({
    name,
    status: name.endsWith('AllowTraffic') ? ('Pending' as const) : ('Skipped' as const),
  }));
  return {
    ...kept,
    deploymentId: newCodeDeployId(ids),
    creator: 'codeDeployRollback',
    description: `Rollback of the deployment ${undone.deploymentId}.`,
    revision: undone.previousRevision ?? undone.revision,
    status: 'InProgress',
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    phase: 'REROUTE',
    phaseAt: now,
    step: 0,
    weight: 0,
    events: traffic,
    rollbackOf: undone.deploymentId,
  };
}
