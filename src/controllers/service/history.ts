import type { Instant } from '#base';
import { type Deployment, movedTo, revisionArnOf, type Service, type ServiceDeployment, superseded } from '#model';
import { wantsRollback } from './failure.ts';
import { failureTexts, noCandidate } from './messages.ts';
import type { ServiceView } from './view.ts';

/**
 * Moves the service deployments that are not over after the deployments of the service, one step each: they say nothing
 * that those do not. Gives those that moved. `staged` is one of them as its release has it.
 */
export function followDeployments(
  view: Pick<ServiceView, 'service' | 'openServiceDeployments' | 'taskCounts'>,
  after: Service,
  now: Instant,
  staged?: ServiceDeployment,
): readonly ServiceDeployment[] {
  if (view.openServiceDeployments.length === 0) return [];
  const deployments = withRemoved(after, view.service);
  const moment: Moment = { now, service: { ...after, deployments }, tasks: view.taskCounts, listed: after.deployments };
  return view.openServiceDeployments.flatMap((record) => {
    const from = staged?.serviceDeploymentArn === record.serviceDeploymentArn ? staged : record;
    const moved = step(from, moment);
    return moved === record ? [] : [moved];
  });
}

interface Moment {
  readonly now: Instant;
  readonly service: Service;
  readonly tasks: ServiceView['taskCounts'];
  /** Without those that leave the list in this very round. */
  readonly listed: readonly Deployment[];
}

/** What leaves the list in this very round still says how it ended. */
function withRemoved(after: Service, before: Service): readonly Deployment[] {
  const removed = before.deployments.filter(({ id }) => after.deployments.every((deployment) => deployment.id !== id));
  return [...after.deployments, ...removed];
}

function step(record: ServiceDeployment, moment: Moment): ServiceDeployment {
  const { service } = moment;
  const own = service.deployments.find(({ id }) => id === record.deploymentId);
  if (record.status === 'STOP_REQUESTED') return movedTo(record, 'STOPPED', moment);
  if (service.status !== 'ACTIVE') return superseded(record, 'the service was deleted', moment);
  if (record.status === 'ROLLBACK_IN_PROGRESS') return rollbackStep(record, moment);
  const overtaken = own === undefined || (own.status !== 'PRIMARY' && own.rolloutState === 'IN_PROGRESS');
  if (overtaken) return superseded(record, 'a newer deployment took its place', moment);
  if (record.status === 'PENDING') return movedTo(record, 'IN_PROGRESS', moment);
  if (own.rolloutState === 'COMPLETED') return movedTo(record, 'SUCCESSFUL', moment);
  return own.rolloutState === 'FAILED' ? failedStep(record, own, moment) : record;
}

function failedStep(record: ServiceDeployment, own: Deployment, moment: Moment): ServiceDeployment {
  const { service, now } = moment;
  const failedBy = own.failedBy ?? 'CIRCUIT_BREAKER';
  const texts = failureTexts[failedBy];
  if (!wantsRollback(service, failedBy)) {
    return movedTo(record, 'STOP_REQUESTED', { ...moment, statusReason: texts.stopped });
  }
  const back = rollbackOf(record, service);
  const target = back === undefined ? {} : { serviceRevisionArn: revisionArnOf(service.serviceArn, back) };
  const reason = record.stage?.failure ?? texts.rolledBack;
  const moved = movedTo(record, 'ROLLBACK_IN_PROGRESS', { ...moment, statusReason: reason });
  return { ...moved, rollback: { reason, startedAt: now, ...target } };
}

function rollbackStep(record: ServiceDeployment, moment: Moment): ServiceDeployment {
  if (record.rollback?.serviceRevisionArn === undefined) {
    return movedTo(record, 'ROLLBACK_FAILED', { ...moment, statusReason: noCandidate });
  }
  const back = rollbackOf(record, moment.service);
  if (back !== undefined && stillRetreats(record, moment)) return record;
  if (back?.rolloutState === 'COMPLETED') return movedTo(record, 'ROLLBACK_SUCCESSFUL', moment);
  if (back === undefined || (back.status !== 'PRIMARY' && back.rolloutState === 'IN_PROGRESS')) {
    return superseded(record, 'a newer deployment took its place', moment);
  }
  if (back.rolloutState !== 'FAILED') return record;
  const statusReason = failureTexts[back.failedBy ?? 'CIRCUIT_BREAKER'].rollbackFailed;
  return movedTo(record, 'ROLLBACK_FAILED', { ...moment, statusReason });
}

/** The release's target is there for as long as the rollback of it goes on. */
function stillRetreats({ release, stage, deploymentId }: ServiceDeployment, { listed }: Moment): boolean {
  if (release === undefined || stage === undefined) return false;
  return stage.lifecycleStage !== 'CLEAN_UP' || listed.some(({ id }) => id === deploymentId);
}

function rollbackOf(record: ServiceDeployment, service: Service): Deployment | undefined {
  return service.deployments.find((deployment) => deployment.rollbackOf === record.deploymentId);
}
