import { afterMs, assert, earliest, elapsedMs, type Instant } from '#base';
import {
  type Deployment,
  type DeploymentId,
  primaryDeployment,
  type Service,
  type ServiceRevision,
  type Task,
  type Trouble,
  usesTaskSets,
} from '#model';
import { isWatched, watchAlarms } from './alarms.ts';
import { decideAsDaemon } from './daemon.ts';
import type { DecisionContext, ServiceDecision, ServiceRound, Stop } from './decision.ts';
import { settledRevisions } from './digests.ts';
import { decideDraining } from './draining.ts';
import { countEndings } from './endings.ts';
import { giveUpFailed } from './failure.ts';
import { addUnhealthy, addUnplaced } from './failures.ts';
import { finishDeployments } from './finish.ts';
import { followDeployments } from './history.ts';
import { alarmPollMs, impairedAfterRounds, maxEndsPerRound, maxMovesPerRound, placementRetryMs } from './limits.ts';
import { messages } from './messages.ts';
import { type Balance, decideBalance, type Spared, sparedOf } from './rebalancing/index.ts';
import { without } from './record.ts';
import { withTargetGroups } from './resolve-targets.ts';
import { type PrimaryCounts, planRollout, type RolloutInput, type RolloutPlan, rolloutBounds } from './rollout.ts';
import { olderOf, sharesOf } from './shares.ts';
import { followRelease, giveUpRelease, planRelease, type Release, releaseFinish, roleIn } from './stages/index.ts';
import { type Starts, startTasks } from './starts.ts';
import { plannedStops, stopEvents, unhealthyTargetEvents } from './stops.ts';
import { type DeploymentTally, emptyTally, presentCount, type ServiceTally, tallyTasks } from './tally.ts';
import { decideTaskSets } from './task-sets/decide.ts';
import { placementTroubles, type Shortfall, tellTroubles } from './troubles.ts';
import type { ServiceView } from './view.ts';

/**
 * What a service needs now: tasks to start and to stop, where its deployments stand, what to tell. Pure: the same view
 * and context give the same decision. Applied and asked again without a change from outside, it soon has nothing to do.
 */
export function decideService(view: ServiceView, context: DecisionContext): ServiceDecision {
  if (usesTaskSets(view.service)) return { ...decideTaskSets(view, context), revisions: [] };
  const targets = withTargetGroups(view, view.service.deployments);
  const round = decideRound({ ...view, revision: targets.of }, context);
  return {
    ...round,
    serviceDeployments: followDeployments(view, round.service, context.now, round.staged),
    revisions: changedRevisions(
      targets.settled,
      settledRevisions({ ...view, revision: targets.of }, round.service.deployments),
    ),
  };
}

/** Of a revision that changed twice the later record, which has both changes. */
function changedRevisions(...lists: readonly (readonly ServiceRevision[])[]): readonly ServiceRevision[] {
  return [...new Map(lists.flat().map((revision) => [revision.serviceRevisionArn, revision])).values()];
}

function decideRound(view: ServiceView, context: DecisionContext): ServiceRound {
  const { status, schedulingStrategy } = view.service;
  if (status !== 'ACTIVE') return decideDraining(view, context);
  if (schedulingStrategy === 'DAEMON')
    return decideAsDaemon(view, context.now, (replica) => decideActive(replica, context));
  return decideActive(view, context);
}

function decideActive(view: ServiceView, context: DecisionContext): ServiceRound {
  const { service } = view;
  const { now } = context;
  const settleMs = isRolling(service) ? context.settings.healthySettleMs : 0;
  const tally = tallyTasks(view, { now, settleMs });
  const counted = tally.uncounted.slice(0, maxEndsPerRound);
  const { deployments: all, reasons } = countAll(service, tally, counted, { ...context, settleMs });
  const deployments = watchAlarms(service, all, context.alarms);
  const release = followRelease(view, deployments, tally, context);
  const staged = release === undefined ? {} : { staged: release.record };
  const givenUp =
    release === undefined
      ? giveUpFailed(view, deployments, context)
      : giveUpRelease(view, deployments, release, context);
  if (givenUp !== undefined) {
    const settled = without(without(service, 'networkConfiguration'), 'capacityProviderStrategy');
    const smaller = without(without(settled, 'volumeConfigurations'), 'serviceRegistries');
    const rest = without(without(smaller, 'loadBalancers'), 'serviceConnectConfiguration');
    const after = { ...rest, ...givenUp.settings, deployments: givenUp.deployments };
    const { events, staged: record } = givenUp;
    const told = record === undefined ? staged : { staged: record };
    return { service: after, starts: [], stops: [], counted, events, wakeAt: now, starved: false, ...told };
  }
  const spared = sparedOf(service, deployments, tally);
  const plan = planFor(service, { deployments, tally, spared, release }, now);
  const stops = plannedStops(view, deployments, tally, plan, context).slice(0, maxMovesPerRound);
  const round = startRound(view, { deployments, tally, plan, stops, released: release !== undefined }, context);
  const told = tellAll(service, round.deployments, { reasons, shortfall: round.shortfall, plan }, now);
  const quiet = round.tasks.length + stops.length === 0 && round.shortfall === undefined;
  const seen = { deployments: told.deployments, tally, quiet, released: release !== undefined };
  const balance = decideBalance(view, seen, context);
  const moved = !quiet || balance.starts.length + balance.stops.length > 0;
  const finish = finishDeployments(service, told.deployments, tally, {
    now,
    moved,
    ...(release === undefined ? {} : { release: releaseFinish(release) }),
  });
  return {
    service: withBalance(finish.service, balance),
    starts: [...round.tasks, ...balance.starts],
    stops: [...stops, ...balance.stops],
    counted,
    events: [
      ...startEvents(service, round),
      ...unhealthyTargetEvents(view, stops),
      ...stopEvents(service, stops),
      ...told.events,
      ...finish.events,
      ...balance.events,
    ],
    wakeAt: earliest(
      tally.nextChangeAt,
      finish.wakeAt,
      round.wakeAt,
      balance.wakeAt,
      release?.wakeAt,
      isWatched(service, primaryDeployment({ deployments })) ? afterMs(now, alarmPollMs) : undefined,
      tally.uncounted.length > counted.length || stops.length === maxMovesPerRound ? now : undefined,
    ),
    starved: round.shortfall !== undefined || balance.starved,
    ...(balance.zones === undefined ? {} : { zones: balance.zones }),
    ...staged,
  };
}

function withBalance(service: Service, { rebalancing }: Balance): Service {
  if (rebalancing === service.rebalancing) return service;
  return rebalancing === undefined ? without(service, 'rebalancing') : { ...service, rebalancing };
}

/** While a deployment is under way, RUNNING alone is not yet healthy. */
function isRolling(service: Service): boolean {
  return (
    service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS') || service.deployments.length > 1
  );
}

function tallyOf(tally: ServiceTally, deployment: Deployment): DeploymentTally {
  return tally.byDeployment.get(deployment.id) ?? emptyTally;
}

/** Takes note of ended tasks in each deployment. */
function countAll(
  service: Service,
  tally: ServiceTally,
  ended: readonly Task[],
  context: DecisionContext & { readonly settleMs: number },
): { readonly deployments: readonly Deployment[]; readonly reasons: ReadonlyMap<string, readonly string[]> } {
  const reasons = new Map<string, readonly string[]>();
  const resets = service.deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask ?? true;
  const deployments = service.deployments.map((deployment) => {
    const own = ended.filter(({ deploymentId }) => deploymentId === deployment.id);
    const endings = countEndings(deployment, tallyOf(tally, deployment), own, { ...context, resets });
    reasons.set(deployment.id, endings.reasons);
    return endings.deployment;
  });
  return { deployments, reasons };
}

function planFor(
  service: Service,
  found: {
    readonly deployments: readonly Deployment[];
    readonly tally: ServiceTally;
    readonly spared: Spared;
    readonly release: Release | undefined;
  },
  now: Instant,
): RolloutPlan {
  const { deployments, tally, spared, release } = found;
  const primary = primaryDeployment({ deployments });
  assert(primary !== undefined, `service ${service.serviceArn} has no primary deployment`);
  const counts = (deployment: Deployment) => {
    const { healthy, starting, unhealthy, draining, held } = tallyOf(tally, deployment);
    return {
      healthy: healthy.length,
      starting: starting.length,
      unhealthy: unhealthy.length,
      draining: draining.length,
      held,
      asked: deployment.desiredCount,
      waits: waits(deployment, now),
    };
  };
  const older = olderOf(deployments);
  const bounds = rolloutBounds(service.desiredCount, service.deploymentConfiguration);
  const own = counts(primary);
  const input: RolloutInput = {
    desired: service.desiredCount,
    lower: bounds.lower,
    upper: bounds.upper - spared.starting - spared.healthy,
    cleanUp: primary.rolloutState !== 'FAILED' && primary.sourceCleanup === true,
    primary: {
      ...own,
      ...withoutSpared(own, spared),
      launches: primary.rolloutState !== 'FAILED',
      unplaced: primary.placementFailedAt !== undefined,
    },
    older: older.map((deployment) => ({
      ...counts(deployment),
      completed: deployment.rolloutState === 'COMPLETED',
    })),
  };
  if (release === undefined) return planRollout(input);
  return planRelease(
    input,
    release,
    older.map((deployment) => roleIn(release, deployment)),
  );
}

/** The plan is made as if a move's surplus were not there. */
function withoutSpared(
  { healthy, starting, held }: Pick<PrimaryCounts, 'healthy' | 'starting' | 'held'>,
  spared: Spared,
): Pick<PrimaryCounts, 'healthy' | 'starting' | 'held'> {
  const left = { healthy: healthy - spared.healthy, starting: starting - spared.starting };
  return {
    ...left,
    held: {
      ...held,
      healthy: Math.min(held.healthy, left.healthy),
      starting: Math.min(held.starting, left.starting),
    },
  };
}

function waits(deployment: Deployment, now: Instant): boolean {
  return deployment.backoff !== undefined && deployment.backoff.nextStartAt > now;
}

interface StartRound {
  readonly deployments: readonly Deployment[];
  readonly tasks: readonly Task[];
  /** Unhealthy tasks that the new ones stand in for. */
  readonly replaced: number;
  readonly shortfall: (Shortfall & { readonly id: DeploymentId }) | undefined;
  readonly wakeAt: Instant | undefined;
}

/** Starts tasks of one deployment, older ones first; the others have their turn in the next round. */
function startRound(
  view: ServiceView,
  round: {
    readonly deployments: readonly Deployment[];
    readonly tally: ServiceTally;
    readonly plan: RolloutPlan;
    readonly stops: readonly Stop[];
    /** The plan of a release keeps to its own bounds. */
    readonly released: boolean;
  },
  context: DecisionContext,
): StartRound {
  const { tally, plan } = round;
  const room = round.released ? maxMovesPerRound : Math.max(0, roomAfter(view.service, tally, round.stops.length));
  const shares = sharesOf(round.deployments, plan);
  const turn =
    shares.find(({ deployment, share }) => share.start > 0 && deployment.status !== 'PRIMARY') ??
    shares.find(({ share }) => share.start > 0);
  const { startLimit = maxMovesPerRound } = view;
  const count = Math.min(turn?.share.start ?? 0, room, startLimit, maxMovesPerRound - round.stops.length);
  const starts: Starts =
    turn === undefined || count === 0 ? { tasks: [] } : startTasks(view, turn.deployment, count, context);
  const deployments = shares.map(({ deployment, share }): Deployment => {
    const stopped = deployment.status === 'PRIMARY' ? share.stop.unhealthy : 0;
    const asked = { ...addUnhealthy(deployment, stopped), desiredCount: share.asked };
    const tried = deployment === turn?.deployment && count > 0;
    if (tried) return placementNoted(asked, starts.shortfall !== undefined, context.now);
    return share.start === 0 && !waits(deployment, context.now) ? without(asked, 'placementFailedAt') : asked;
  });
  const waiting = deployments
    .flatMap(({ backoff, placementFailedAt }) => [
      backoff?.nextStartAt,
      placementFailedAt === undefined ? undefined : afterMs(placementFailedAt, placementRetryMs),
    ])
    .filter((at) => at !== undefined && at > context.now);
  const unhealthy = turn === undefined ? 0 : tallyOf(tally, turn.deployment).unhealthy.length;
  return {
    deployments,
    tasks: starts.tasks,
    replaced: Math.min(starts.tasks.length, unhealthy),
    shortfall:
      turn === undefined || starts.shortfall === undefined
        ? undefined
        : {
            id: turn.deployment.id,
            unplaced: starts.shortfall,
            launched: starts.tasks.length,
            missing: count - starts.tasks.length,
          },
    // More to start, or another deployment's turn: at once.
    wakeAt: starts.tasks.length > 0 && starts.shortfall === undefined ? context.now : earliest(...waiting),
  };
}

/** How many tasks may start beside those that stay, whatever deployment they are of. */
function roomAfter(service: Service, tally: ServiceTally, stops: number): number {
  let total = tally.orphans.length + tally.heldOrphans.length + tally.strandedPending.length - stops;
  for (const own of tally.byDeployment.values()) total += presentCount(own);
  return rolloutBounds(service.desiredCount, service.deploymentConfiguration).upper - total;
}

/** Remembers that tasks found no host; it counts as a failed task at most once per retry interval. */
function placementNoted(deployment: Deployment, failed: boolean, now: Instant): Deployment {
  if (!failed) return without(deployment, 'placementFailedAt');
  const { placementFailedAt } = deployment;
  if (placementFailedAt !== undefined && elapsedMs(placementFailedAt, now) < placementRetryMs) return deployment;
  return { ...addUnplaced(deployment), placementFailedAt: now };
}

/** What there is to tell of each deployment's troubles. */
function tellAll(
  service: Service,
  deployments: readonly Deployment[],
  found: {
    readonly reasons: ReadonlyMap<string, readonly string[]>;
    readonly shortfall: StartRound['shortfall'];
    readonly plan: RolloutPlan;
  },
  now: Instant,
): { readonly deployments: readonly Deployment[]; readonly events: readonly string[] } {
  const name = service.serviceName;
  const events: string[] = [];
  const held = new Map(sharesOf(deployments, found.plan).map(({ deployment, share }) => [deployment.id, share.held]));
  const after = deployments.map((deployment) => {
    const heldHere = held.get(deployment.id) ?? 0;
    const failures = deployment.backoff?.failures ?? 0;
    const holds = {
      placement: deployment.placementFailedAt !== undefined,
      partial: deployment.placementFailedAt !== undefined,
      start: failures > 0,
      impaired: failures >= impairedAfterRounds,
      stuck: found.plan.stuck && deployment.status === 'PRIMARY',
      held: heldHere > 0,
    };
    const { shortfall } = found;
    const told = tellTroubles(
      deployment,
      {
        holds: new Set(
          (['placement', 'partial', 'start', 'impaired', 'stuck', 'held'] as const).filter((kind) => holds[kind]),
        ),
        found: [
          ...(found.reasons.get(deployment.id) ?? []).map((reason) => ({
            kind: 'start' as const,
            message: messages.startFailed(name, reason),
          })),
          { kind: 'impaired', message: messages.impaired(name) },
          ...shortfallTroubles(name, shortfall, deployment),
          { kind: 'stuck', message: messages.stuck(name) },
          { kind: 'held', message: messages.held(name, deployment.id, heldHere) },
        ],
      },
      now,
    );
    events.push(...told.messages);
    return told.record;
  });
  return { deployments: after, events };
}

function shortfallTroubles(
  service: string,
  shortfall: StartRound['shortfall'],
  { id }: Deployment,
): readonly Omit<Trouble, 'saidAt'>[] {
  return shortfall?.id === id ? placementTroubles(service, id, shortfall) : [];
}

function startEvents(service: Service, { tasks, replaced }: StartRound): readonly string[] {
  return tasks.length === 0 ? [] : [messages.started(service.serviceName, tasks, replaced)];
}
