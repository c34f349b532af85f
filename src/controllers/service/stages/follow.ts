import { type Ids, type Instant } from '#base';
import {
  type Deployment,
  primaryDeployment,
  type ReleasePlan,
  type ReleaseStage,
  revisionArnOf,
  type Service,
  type ServiceDeployment,
} from '#model';
import { olderOf } from '../shares.ts';
import { emptyTally, presentCount, type ServiceTally } from '../tally.ts';
import type { ServiceView } from '../view.ts';
import { type Advance, advance, begin, retreat, type Situation } from './advance.ts';
import type { TrafficShift, TrafficWeights } from './traffic.ts';

/** A release that is under way, as it stands after this look. */
export interface Release extends Advance {
  readonly plan: ReleasePlan;
  /** A rollback goes backward: then the source is PRIMARY again, and the target goes. */
  readonly direction: 'forward' | 'backward';
}

interface Context {
  readonly now: Instant;
  readonly ids: Ids;
  readonly traffic: TrafficShift;
}

/** The release of the newest deployment, one stage further if it may; `undefined` when nothing but tasks is to roll. */
export function followRelease(
  view: Pick<ServiceView, 'service' | 'openServiceDeployments'>,
  deployments: readonly Deployment[],
  tally: ServiceTally,
  context: Context,
): Release | undefined {
  const primary = primaryDeployment({ deployments });
  if (primary === undefined) return undefined;
  for (const record of view.openServiceDeployments) {
    const { release: plan, stage } = record;
    if (plan === undefined) continue;
    const undone = primary.rollbackOf === record.deploymentId && record.status === 'ROLLBACK_IN_PROGRESS';
    if (undone && stage !== undefined) {
      const staged = { ...record, stage };
      const trafficInPlace = isInPlace(view.service, staged, context.traffic);
      return {
        ...unchanged(retreat(staged, { now: context.now, trafficInPlace }), record),
        plan,
        direction: 'backward',
      };
    }
    const goesOn = record.status !== 'STOP_REQUESTED' && primary.rolloutState === 'IN_PROGRESS';
    if (!goesOn || primary.id !== record.deploymentId) continue;
    return { ...step(view, { record, plan, primary }, { deployments, tally }, context), plan, direction: 'forward' };
  }
  return undefined;
}

function step(
  view: Pick<ServiceView, 'service'>,
  {
    record,
    plan,
    primary,
  }: { readonly record: ServiceDeployment; readonly plan: ReleasePlan; readonly primary: Deployment },
  { deployments, tally }: { readonly deployments: readonly Deployment[]; readonly tally: ServiceTally },
  context: Context,
): Advance {
  const others = olderOf(deployments).filter(({ id }) => hasTasks(tally, id));
  const { stage } = record;
  if (stage === undefined) {
    const found = sourceOf(deployments, tally);
    const { serviceArn } = view.service;
    const source =
      found === undefined ? {} : { sourceId: found.id, sourceRevisionArn: revisionArnOf(serviceArn, found) };
    const start = { source, reconciles: others.length > 1 };
    return { record: begin(record, plan, start, context), wakeAt: context.now, overdue: false };
  }
  const staged = { ...record, stage };
  const { healthy, draining } = tally.byDeployment.get(primary.id) ?? emptyTally;
  const trouble = context.traffic.trouble?.(view.service, weightsOf(staged));
  const situation: Situation = {
    now: context.now,
    ids: context.ids,
    reconciled: others.every(({ id }) => id === stage.sourceId),
    targetWhole: healthy.length + draining.length >= view.service.desiredCount,
    trafficInPlace: isInPlace(view.service, staged, context.traffic),
    ...(trouble === undefined ? {} : { trafficTrouble: trouble }),
  };
  return unchanged(advance(staged, plan, situation), record);
}

/** With the very record that was read when nothing of it changed. */
function unchanged<A extends Advance>(after: A, before: ServiceDeployment): A {
  const same = after.record.stage === before.stage && after.record.lifecycleHooks === before.lifecycleHooks;
  return same ? { ...after, record: before as A['record'] } : after;
}

/** Known to work: it was COMPLETED, or had all the traffic when another took its place. */
export function isProven({ rolloutState, sourceCleanup }: Deployment): boolean {
  return rolloutState === 'COMPLETED' || (rolloutState === 'IN_PROGRESS' && sourceCleanup === true);
}

function sourceOf(deployments: readonly Deployment[], tally: ServiceTally): Deployment | undefined {
  const older = olderOf(deployments);
  return older.findLast(isProven) ?? older.findLast(({ id }) => hasTasks(tally, id));
}

function hasTasks(tally: ServiceTally, id: Deployment['id']): boolean {
  return presentCount(tally.byDeployment.get(id) ?? emptyTally) > 0;
}

function weightsOf(record: ServiceDeployment & { readonly stage: ReleaseStage }): TrafficWeights {
  const { weights: given, sourceRevisionArn } = record.stage;
  const { production, test } = given;
  const named = sourceRevisionArn === undefined ? {} : { serviceRevisionArn: sourceRevisionArn };
  return {
    source: { ...named, production: 100 - production, test: 100 - test },
    target: { serviceRevisionArn: record.targetServiceRevisionArn, production, test },
  };
}

function isInPlace(
  service: Service,
  record: ServiceDeployment & { readonly stage: ReleaseStage },
  traffic: TrafficShift,
): boolean {
  return traffic.inPlace(service, weightsOf(record));
}
