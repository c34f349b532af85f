import { afterMs, earliest, elapsedMs, type Instant } from '#base';
import { type Deployment, primaryDeployment, type Service } from '#model';
import { bakeMs, baking, isWatched } from './alarms.ts';
import { newest } from './failure.ts';
import { repeatEventAfterMs } from './limits.ts';
import { messages, rolloutReasons } from './messages.ts';
import { without } from './record.ts';
import { type DeploymentTally, emptyTally, presentCount, type ServiceTally } from './tally.ts';

/** The service after a round. */
export interface Finish {
  /** The very same object when nothing changed. */
  readonly service: Service;
  readonly events: readonly string[];
  /** When the steady state is to be told again, or the deployment has baked. */
  readonly wakeAt: Instant | undefined;
}

/** `holds`: the release goes on. `cleansUp`: it is over once older tasks are gone. `overdue`: however it stands then. */
export type ReleaseFinish = 'holds' | 'cleansUp' | 'overdue';

/**
 * Ends what is over: a deployment that has all its tasks healthy and older ones gone is COMPLETED, or one whose early
 * success criteria are met; older ones without
 * tasks leave the list (a failed one is shown until the next completes), and a service with nothing left to do has reached a steady state.
 */
export function finishDeployments(
  service: Service,
  updated: readonly Deployment[],
  tally: ServiceTally,
  round: { readonly now: Instant; readonly moved: boolean; readonly release?: ReleaseFinish },
): Finish {
  const { now, moved } = round;
  const tallyOf = (deployment: Deployment): DeploymentTally => tally.byDeployment.get(deployment.id) ?? emptyTally;
  const primary = primaryDeployment({ deployments: updated });
  const { release } = round;
  const early = release === undefined ? earlySuccessOf(service) : undefined;
  const whole = !moved && primary !== undefined && isWhole(tallyOf(primary), service.desiredCount);
  const alone = updated.every((deployment) => deployment === primary || presentCount(tallyOf(deployment)) === 0);
  const ready =
    primary?.rolloutState === 'IN_PROGRESS' &&
    release !== 'holds' &&
    (early === undefined
      ? (whole || release === 'overdue') && alone
      : !moved && tallyOf(primary).healthy.length >= early.required);
  const bakes = ready && release === undefined && isWatched(service, primary) ? baking(primary, now) : undefined;
  const bakedAt = bakes === undefined ? now : afterMs(bakes.bakeStartedAt, bakeMs(service));
  const passes = ready && bakedAt <= now;
  const completes = passes && (alone || early?.defers === true);
  const cleansUp =
    (release !== undefined && release !== 'holds' && primary?.rolloutState === 'IN_PROGRESS' && !completes) ||
    (early !== undefined && !alone && (passes || primary?.sourceCleanup === true));
  const state = completes ? 'COMPLETED' : primary?.rolloutState;
  // What can be rolled back to stays listed for as long as the newest is not decided.
  const fallback = state === 'IN_PROGRESS' ? newest(updated, 'COMPLETED') : undefined;
  const failed = state === 'IN_PROGRESS' ? newest(updated, 'FAILED') : undefined;
  const outcome = (deployment: Deployment): Deployment => {
    if (deployment !== primary) return deployment;
    const { sourceCleanup: _, ...rest } = completes ? completed(deployment) : (bakes ?? deployment);
    return cleansUp ? { ...rest, sourceCleanup: true } : rest;
  };
  const stays = (deployment: Deployment): boolean => {
    if (deployment === primary || deployment === fallback || deployment === failed) return true;
    if (presentCount(tallyOf(deployment)) > 0) return true;
    return state !== 'COMPLETED' && deployment.desiredCount > 0;
  };
  const deployments = updated
    .filter(stays)
    .map(outcome)
    .map((deployment) => stamped(deployment, service.deployments, now));
  const steady =
    whole && deployments.length === 1 && state === 'COMPLETED' && tally.orphans.length + tally.heldOrphans.length === 0;
  const told = tellSteady(service, { steady, completes }, now);
  return {
    service: changedService(service, deployments, told.steadySince),
    events: [
      ...(completes ? [messages.completed(service.serviceName, primary.id)] : []),
      ...(told.say ? [messages.steady(service.serviceName)] : []),
    ],
    wakeAt: earliest(
      told.steadySince === undefined ? undefined : afterMs(told.steadySince, repeatEventAfterMs),
      bakedAt > now ? bakedAt : undefined,
    ),
  };
}

/** How many healthy tasks are enough for the deployment to succeed, where that is not all of them. */
function earlySuccessOf(service: Service): { readonly required: number; readonly defers: boolean } | undefined {
  const { enable, healthyPercent, sourceServiceRevisionCleanup } =
    service.deploymentConfiguration.earlySuccessCriteria ?? {};
  if (enable !== true || healthyPercent === undefined || service.desiredCount === 0) return undefined;
  return {
    required: Math.max(1, Math.ceil((service.desiredCount * healthyPercent) / 100)),
    defers: sourceServiceRevisionCleanup === 'DEFERRED',
  };
}

/** All tasks there are wanted, healthy, and staying where they are. */
function isWhole(tally: DeploymentTally, desired: number): boolean {
  return tally.healthy.length === desired && presentCount(tally) === desired;
}

function completed(deployment: Deployment): Deployment {
  const { placementFailedAt: _, hasRun: __, healthyTasks: ___, bakeStartedAt: ____, ...rest } = deployment;
  return {
    ...rest,
    rolloutState: 'COMPLETED',
    rolloutStateReason: rolloutReasons.completed(deployment.id),
  };
}

/** The record as it was when nothing changed; else with the instant of the change. */
function stamped(deployment: Deployment, before: readonly Deployment[], now: Instant): Deployment {
  const old = before.find(({ id }) => id === deployment.id);
  if (old !== undefined && isSame(old, deployment)) return old;
  return { ...deployment, updatedAt: now };
}

function isSame(a: Deployment, b: Deployment): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Deployment)[]);
  for (const key of keys) if (a[key] !== b[key]) return false;
  return true;
}

function tellSteady(
  service: Service,
  { steady, completes }: { readonly steady: boolean; readonly completes: boolean },
  now: Instant,
): { readonly say: boolean; readonly steadySince: Instant | undefined } {
  const { steadySince } = service;
  if (!steady) return { say: false, steadySince: undefined };
  const due = completes || steadySince === undefined || elapsedMs(steadySince, now) >= repeatEventAfterMs;
  return { say: due, steadySince: due ? now : steadySince };
}

function changedService(
  service: Service,
  deployments: readonly Deployment[],
  steadySince: Instant | undefined,
): Service {
  const same =
    deployments.length === service.deployments.length &&
    deployments.every((deployment, index) => deployment === service.deployments[index]);
  if (same && steadySince === service.steadySince) return service;
  const after = { ...service, deployments: same ? service.deployments : deployments };
  return steadySince === undefined ? without(after, 'steadySince') : { ...after, steadySince };
}
