import type { Instant } from '#base';
import { type Deployment, type DeploymentFailure, primaryDeployment, settingsOf } from '#model';
import { failureOf, type GivenUp, serviceSettings, wantsRollback } from '../failure.ts';
import { failureTexts, messages } from '../messages.ts';
import { olderOf } from '../shares.ts';
import type { ServiceView } from '../view.ts';
import { turnedBack } from './advance.ts';
import { isProven, type Release } from './follow.ts';

/**
 * Gives a release up when a hook, time, a user, the circuit breaker or an alarm wants that; `undefined` when nothing is
 * to be given up, as in CLEAN_UP, where there is no way back. The source, which runs all along, is PRIMARY again.
 */
export function giveUpRelease(
  view: Pick<ServiceView, 'service' | 'openServiceDeployments'>,
  deployments: readonly Deployment[],
  release: Release,
  { now }: { readonly now: Instant },
): GivenUp | undefined {
  const { service } = view;
  const primary = primaryDeployment({ deployments });
  if (primary === undefined || release.direction === 'backward') return undefined;
  if (release.record.stage.lifecycleStage === 'CLEAN_UP') return undefined;
  const failedBy = release.failure?.by ?? failureOf(view, primary);
  if (failedBy === undefined) return undefined;
  const failed: Deployment = {
    ...primary,
    rolloutState: 'FAILED',
    rolloutStateReason: failureTexts[failedBy].failed,
    failedBy,
    updatedAt: now,
  };
  const others = deployments.filter((deployment) => deployment !== primary);
  const rollsBack = wantsRollback(service, failedBy);
  const reason = release.failure?.reason ?? failureTexts[failedBy][rollsBack ? 'rolledBack' : 'stopped'];
  const told = eventOf(service.serviceName, primary, { failedBy, reason });
  const target = rollsBack ? targetOf(others, release) : undefined;
  if (target === undefined) {
    const { record } = release;
    const noted = { ...record, stage: { ...record.stage, failure: reason }, updatedAt: now };
    return { deployments: [failed, ...others], settings: serviceSettings(service), events: told, staged: noted };
  }
  const back: Deployment = { ...target, status: 'PRIMARY', rollbackOf: primary.id, updatedAt: now };
  return {
    deployments: [back, { ...failed, status: 'ACTIVE', desiredCount: 0 }, ...others.filter((one) => one !== target)],
    settings: serviceSettings(settingsOf(target)),
    events: [...told, messages.rollback(service.serviceName, target.id)],
    staged: turnedBack(release.record, reason, now),
  };
}

/** The source if it is known to work, or the newest that is. */
function targetOf(others: readonly Deployment[], { record }: Release): Deployment | undefined {
  const source = others.find(({ id }) => id === record.stage.sourceId);
  return source !== undefined && isProven(source) ? source : olderOf(others).findLast(isProven);
}

/** None when a user wanted it. */
function eventOf(
  service: string,
  { id }: Deployment,
  { failedBy, reason }: { readonly failedBy: DeploymentFailure; readonly reason: string },
): readonly string[] {
  return failedBy === 'STOPPED' ? [] : [messages.failed(service, id, reason.replace(/\.$/, ''))];
}
