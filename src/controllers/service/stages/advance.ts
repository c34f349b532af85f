import { afterMs, assert, type Ids, type Instant, unreachable } from '#base';
import {
  type DeploymentFailure,
  type LifecycleStage,
  nextBackwards,
  nextStage,
  type ReleasePlan,
  type ReleaseStage,
  type ServiceDeployment,
  stepsOf,
} from '#model';
import { without } from '../record.ts';
import { lastAnswer, nextExpiry, openHooks, refusal, timeOutHooks } from './hooks.ts';
import { releaseLimitMs, stageLimitMs, trafficPollMs } from './limits.ts';

/** What the stages of a release wait for. */
export interface Situation {
  readonly now: Instant;
  readonly ids: Ids;
  /** Whether no deployment but the source and the target has tasks. */
  readonly reconciled: boolean;
  /** Whether the target has all its tasks healthy. */
  readonly targetWhole: boolean;
  readonly trafficInPlace: boolean;
  /** Why traffic cannot be shifted. */
  readonly trafficTrouble?: string;
}

/** A release after a look. */
export interface Advance {
  readonly record: ServiceDeployment & { readonly stage: ReleaseStage };
  readonly failure?: { readonly by: DeploymentFailure; readonly reason: string };
  /** When time alone takes it further. */
  readonly wakeAt: Instant | undefined;
  /** CLEAN_UP has taken longer than it may. */
  readonly overdue: boolean;
}

type Staged = Advance['record'];

/** The release at its first stage. */
export function begin(
  record: ServiceDeployment,
  plan: ReleasePlan,
  start: { readonly source: Pick<ReleaseStage, 'sourceId' | 'sourceRevisionArn'>; readonly reconciles: boolean },
  situation: Pick<Situation, 'now' | 'ids'>,
): Staged {
  const stage: ReleaseStage = {
    lifecycleStage: start.reconciles ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP',
    enteredAt: situation.now,
    step: 0,
    ...start.source,
    weights: { production: 0, test: 0 },
  };
  return withHooks({ ...record, stage, updatedAt: situation.now }, plan, situation);
}

/** Goes on by one stage if this one is done; fails when a hook says so or time is over. */
export function advance(before: Staged, plan: ReleasePlan, situation: Situation): Advance {
  const { now } = situation;
  const record = timeOutHooks(before, now) as Staged;
  const { lifecycleStage } = record.stage;
  const refused = refusal(record);
  if (refused !== undefined) {
    return { record, failure: { by: 'HOOK', reason: refused }, wakeAt: now, overdue: false };
  }
  if (situation.trafficTrouble !== undefined && lifecycleStage !== 'CLEAN_UP') {
    const reason = `Service deployment rolled back because of invalid networking configuration. ${situation.trafficTrouble}`;
    return { record, failure: { by: 'NETWORKING', reason }, wakeAt: now, overdue: false };
  }
  const expiry = nextExpiry(record);
  const waiting = baking(record, plan, situation);
  const bakedAt = bakedAtOf(waiting.stage, plan);
  const work = expiry === undefined && (bakedAt === undefined || bakedAt <= now);
  if (work && isDone(waiting.stage, plan, situation)) return { ...entered(waiting, plan, situation), overdue: false };
  const deadline = afterMs(workSince(waiting, bakedAt), stageLimitMs);
  const allOver = afterMs(record.startedAt ?? record.createdAt, releaseLimitMs);
  const late = work && deadline <= now;
  if (lifecycleStage !== 'CLEAN_UP' && (late || allOver <= now)) {
    const reason = late ? `the ${lifecycleStage} stage exceeded 24 hours` : 'it exceeded 30 days';
    const sentence = `Service deployment rolled back because ${reason}.`;
    return { record: waiting, failure: { by: 'STAGE', reason: sentence }, wakeAt: now, overdue: false };
  }
  const next = expiry ?? (bakedAt !== undefined && bakedAt > now ? bakedAt : deadline);
  const poll = work && waitsForTraffic(waiting.stage, situation) ? afterMs(now, trafficPollMs) : next;
  const limited = lifecycleStage === 'CLEAN_UP' ? poll : Math.min(poll, allOver);
  return { record: waiting, wakeAt: limited > now ? (limited as Instant) : undefined, overdue: late };
}

/** The same for a rollback: traffic goes back before the tasks that have it stop. */
export function retreat(record: Staged, { now, trafficInPlace }: Pick<Situation, 'now' | 'trafficInPlace'>): Advance {
  const { stage } = record;
  const deadline = afterMs(stage.enteredAt, stageLimitMs);
  const overdue = deadline <= now;
  if (stage.lifecycleStage === 'CLEAN_UP') return { record, wakeAt: overdue ? undefined : deadline, overdue };
  if (!trafficInPlace && !overdue) return { record, wakeAt: afterMs(now, trafficPollMs), overdue };
  const lifecycleStage = nextBackwards(stage.lifecycleStage);
  const after = { ...record, stage: { ...stage, lifecycleStage, enteredAt: now }, updatedAt: now };
  return { record: after, wakeAt: now, overdue: false };
}

/** The release turned round: the source has the traffic back, and what was shifted last is the first to shift back. */
export function turnedBack(record: Staged, failure: string, now: Instant): Staged {
  const { weights } = record.stage;
  const kept = without(record.stage, 'bakeStartedAt');
  const back: LifecycleStage = weights.test > 0 ? 'TEST_TRAFFIC_SHIFT' : 'CLEAN_UP';
  const lifecycleStage: LifecycleStage = weights.production > 0 ? 'PRODUCTION_TRAFFIC_SHIFT' : back;
  const stage: ReleaseStage = { ...kept, lifecycleStage, enteredAt: now, failure, weights: { production: 0, test: 0 } };
  return { ...record, stage, updatedAt: now };
}

/** Nothing but traffic that goes otherwise is in the way, and no record tells when it no longer does. */
function waitsForTraffic({ lifecycleStage, bakeStartedAt }: ReleaseStage, situation: Situation): boolean {
  if (situation.trafficInPlace) return false;
  if (lifecycleStage === 'RECONCILE_SERVICE') return situation.reconciled;
  if (lifecycleStage === 'BAKE_TIME') return bakeStartedAt === undefined;
  return lifecycleStage === 'TEST_TRAFFIC_SHIFT' || lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT';
}

/** Whether this stage ends with a wait, and how long, ms. No step bakes once all traffic is shifted. */
function bakeMsOf({ lifecycleStage, step, sourceId }: ReleaseStage, plan: ReleasePlan): number {
  if (lifecycleStage === 'BAKE_TIME') return plan.bakeMinutes * 60_000;
  const last = step + 1 >= stepsOf(plan, sourceId === undefined ? {} : { sourceId }).length;
  return lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT' && !last ? plan.stepBakeMinutes * 60_000 : 0;
}

/** The release, which bakes from the moment that its traffic is in place. */
function baking(record: Staged, plan: ReleasePlan, { now, trafficInPlace }: Situation): Staged {
  const { stage } = record;
  const starts = stage.bakeStartedAt === undefined && trafficInPlace && bakeMsOf(stage, plan) > 0;
  return starts ? { ...record, stage: { ...stage, bakeStartedAt: now }, updatedAt: now } : record;
}

function bakedAtOf(stage: ReleaseStage, plan: ReleasePlan): Instant | undefined {
  return stage.bakeStartedAt === undefined ? undefined : afterMs(stage.bakeStartedAt, bakeMsOf(stage, plan));
}

/** Since when the stage has had its work to do: pauses and bakes are no work. */
function workSince({ stage, lifecycleHooks }: Staged, bakedAt: Instant | undefined): Instant {
  const answeredAt = lastAnswer(lifecycleHooks === undefined ? {} : { lifecycleHooks }) ?? stage.enteredAt;
  return Math.max(stage.enteredAt, answeredAt, bakedAt ?? stage.enteredAt) as Instant;
}

function isDone(stage: ReleaseStage, plan: ReleasePlan, situation: Situation): boolean {
  switch (stage.lifecycleStage) {
    case 'RECONCILE_SERVICE':
      return situation.reconciled && situation.trafficInPlace;
    case 'SCALE_UP':
      return situation.targetWhole;
    case 'TEST_TRAFFIC_SHIFT':
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return situation.trafficInPlace;
    case 'BAKE_TIME':
      return (bakeMsOf(stage, plan) === 0 || stage.bakeStartedAt !== undefined) && situation.targetWhole;
    case 'CLEAN_UP':
      return false;
    case 'PRE_SCALE_UP':
    case 'POST_SCALE_UP':
    case 'POST_TEST_TRAFFIC_SHIFT':
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return true;
    default:
      return unreachable(stage.lifecycleStage);
  }
}

function entered(record: Staged, plan: ReleasePlan, situation: Situation): Pick<Advance, 'record' | 'wakeAt'> {
  const { now } = situation;
  const { stage } = record;
  const steps = stepsOf(plan, stage);
  const next = nextStage(stage, steps.length);
  assert(next !== undefined, `${record.serviceDeploymentArn} has no stage after ${stage.lifecycleStage}`);
  const kept = without(stage, 'bakeStartedAt');
  const weights = weightsAt(stage.weights, next, steps);
  const after = { ...record, stage: { ...kept, ...next, enteredAt: now, weights }, updatedAt: now };
  return { record: withHooks(after, plan, situation), wakeAt: now };
}

function weightsAt(
  before: ReleaseStage['weights'],
  { lifecycleStage, step }: Pick<ReleaseStage, 'lifecycleStage' | 'step'>,
  steps: readonly number[],
): ReleaseStage['weights'] {
  if (lifecycleStage === 'TEST_TRAFFIC_SHIFT') return { ...before, test: 100 };
  if (lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT') return { ...before, production: steps[step] ?? 100 };
  return before;
}

function withHooks(record: Staged, plan: ReleasePlan, context: Pick<Situation, 'now' | 'ids'>): Staged {
  const opened = openHooks(plan, record.stage.lifecycleStage, context);
  return opened.length === 0 ? record : { ...record, lifecycleHooks: [...(record.lifecycleHooks ?? []), ...opened] };
}
