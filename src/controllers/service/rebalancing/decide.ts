import type { Instant } from '#base';
import { type Deployment, isProtected, primaryDeployment, type Rebalancing, type Task, type Trouble } from '#model';
import type { DecisionContext, Stop } from '../decision.ts';
import { stopReasons } from '../messages.ts';
import { type DeploymentTally, emptyTally, presentCount, type ServiceTally } from '../tally.ts';
import { tellTroubles } from '../troubles.ts';
import type { ServiceView } from '../view.ts';
import { type Beginning, beginMove, roomOf } from './begin.ts';
import { endMove, settledAt } from './end.ts';
import { rebalancingMessages as messages } from './messages.ts';
import { isHeld, isUneven, type ZoneCount } from './moves.ts';
import { isDeployed, isWatched, surplusOf } from './spared.ts';
import {
  allZones,
  among,
  byZone,
  countsOf,
  tasksIn,
  type ZonesByProvider,
  type ZoneTasks,
  zonesByProvider,
} from './zones.ts';

/** What rebalancing does at one look. */
export interface Balance {
  /** Absent when nothing is out of balance; the very same object when nothing changed. */
  readonly rebalancing: Rebalancing | undefined;
  readonly starts: readonly Task[];
  readonly stops: readonly Stop[];
  readonly events: readonly string[];
  readonly wakeAt?: Instant;
  /** A zone had no room. */
  readonly starved: boolean;
  /** The zones that were compared; absent when none were. */
  readonly zones?: readonly string[];
}

/** What the look has found and decided so far. */
export interface Seen {
  readonly deployments: readonly Deployment[];
  readonly tally: ServiceTally;
  /** Nothing else starts or stops, and no release is under way. */
  readonly quiet: boolean;
  /** A release is under way. */
  readonly released: boolean;
}

/** Whether the service is out of balance, and what of it to put right now. Only a steady service is looked at. */
export function decideBalance(view: ServiceView, seen: Seen, context: DecisionContext): Balance {
  const { service } = view;
  const { rebalancing: before } = service;
  const primary = primaryDeployment({ deployments: seen.deployments });
  if (!isWatched(service)) return before === undefined ? stays(undefined) : gone(view, before);
  if (seen.released || primary === undefined || !isDeployed(seen.deployments)) {
    return before?.state === 'IN_PROGRESS' ? interrupted(view, before) : stays(before);
  }
  const own = seen.tally.byDeployment.get(primary.id) ?? emptyTally;
  if (before !== undefined && before.started.length > 0) {
    return goOn(view, { primary, own, before, quiet: seen.quiet }, context);
  }
  const calm = seen.quiet && isWhole(view, own, seen.tally) && service.steadySince !== undefined;
  const waits = primary.backoff !== undefined && primary.backoff.nextStartAt > context.now;
  return calm && !waits ? compare(view, { primary, own, before }, context) : stays(before);
}

function stays(rebalancing: Rebalancing | undefined): Balance {
  return { rebalancing, starts: [], stops: [], events: [], starved: false };
}

/** Nobody wants it any longer. */
function gone(view: ServiceView, before: Rebalancing): Balance {
  return before.state === 'IN_PROGRESS' ? interrupted(view, before) : stays(undefined);
}

/** The surplus of a move is the ordinary plan's from now on. */
function interrupted({ service }: ServiceView, { troubles }: Rebalancing): Balance {
  const after: Rebalancing = { state: 'STOPPED', started: [], ...(troubles === undefined ? {} : { troubles }) };
  return { ...stays(after), events: [messages.stopped(service.serviceName)] };
}

/** All tasks there are wanted, healthy, and staying where they are. */
function isWhole({ service }: ServiceView, own: DeploymentTally, tally: ServiceTally): boolean {
  const strays = tally.orphans.length + tally.heldOrphans.length + tally.strandedPending.length;
  return strays === 0 && own.healthy.length === service.desiredCount && presentCount(own) === service.desiredCount;
}

/** A move ends when all of its tasks can be counted on, and nothing else is amiss. */
function goOn(
  view: ServiceView,
  now: { readonly primary: Deployment; readonly own: DeploymentTally; readonly before: Rebalancing; quiet: boolean },
  context: DecisionContext,
): Balance {
  const { service } = view;
  const { primary, own, before } = now;
  // Nothing is to be moved any longer, and nobody waits for what was started to be healthy.
  if (service.desiredCount === 0) return interrupted(view, before);
  const { tasks, count } = surplusOf(service, own);
  const after: Rebalancing = { ...before, started: [] };
  if (count === 0) return stays(after);
  const good = own.healthy.length === service.desiredCount + count && presentCount(own) === own.healthy.length;
  if (!now.quiet || !good || tasks.some((task) => !own.healthy.includes(task))) return stays(before);
  const wakeAt = settledAt(tasks, context);
  if (wakeAt !== undefined) return { ...stays(before), wakeAt };
  const zones = allZones(zonesByProvider(view, primary));
  const ending = endMove(view, primary, { own, zones, started: tasks.slice(0, count) }, context);
  const reason = stopReasons.rebalancing(primary.id);
  return {
    ...stays(after),
    stops: ending.flatMap((each) => each.tasks.map((task) => ({ task, reason }))),
    events: ending.map((each) => messages.stoppedTasks(service.serviceName, each.zone, each.tasks)),
  };
}

/** Compares the zones of a steady service, and begins a move where that helps. */
function compare(
  view: ServiceView,
  now: { readonly primary: Deployment; readonly own: DeploymentTally; readonly before: Rebalancing | undefined },
  context: DecisionContext,
): Balance {
  const { primary, own, before } = now;
  const byProvider = zonesByProvider(view, primary);
  const zones = allZones(byProvider);
  if (zones.length < 2 && before === undefined) return { ...stays(undefined), zones };
  const tasks = tasksIn(view, primary, zones, own.healthy);
  if (!isUneven(tasks)) return { ...balanced(view, tasks, before), zones };
  if (roomOf(view) === 0) {
    return { ...(before?.state === 'IN_PROGRESS' ? interrupted(view, before) : stays(before)), zones };
  }
  const counts = countsOf(among(byZone(view, primary, zones, own.healthy), zones), context.now);
  if (!isUneven(counts)) return { ...balanced(view, counts, before), zones };
  const found = { primary, own, before, counts, byProvider };
  return { ...(isHeld(counts) ? held(view, found, context) : begin(view, found, context)), zones };
}

function balanced({ service }: ServiceView, counts: readonly ZoneTasks[], before: Rebalancing | undefined): Balance {
  if (before?.state !== 'IN_PROGRESS') return stays(undefined);
  return { ...stays(undefined), events: [messages.completed(service.serviceName, counts)] };
}

interface Found {
  readonly primary: Deployment;
  readonly own: DeploymentTally;
  readonly before: Rebalancing | undefined;
  readonly counts: readonly ZoneCount[];
  readonly byProvider: ZonesByProvider;
}

function held(view: ServiceView, found: Found, context: DecisionContext): Balance {
  const { serviceName } = view.service;
  const count = found.own.healthy.filter((task) => isProtected(task, context.now)).length;
  const message = messages.held(serviceName, found.primary.id, count);
  return stuck(view, found, [{ kind: 'unbalanced', message }], context);
}

function begin(view: ServiceView, found: Found, context: DecisionContext): Balance {
  const beginning = beginMove(view, found.primary, { counts: found.counts, zones: found.byProvider }, context);
  const troubles = troublesOf(view, beginning);
  const starved = beginning.full.length > 0;
  if (beginning.tasks.length === 0) return { ...stuck(view, found, troubles, context), starved };
  const { serviceName } = view.service;
  const starts = beginning.tasks.flatMap(({ tasks }) => tasks);
  const moving: Rebalancing = {
    ...found.before,
    state: 'IN_PROGRESS',
    started: starts.map(({ taskArn }) => taskArn),
  };
  const told = tell(moving, troubles, context.now);
  return {
    rebalancing: told.record,
    starts,
    stops: [],
    events: [
      ...(found.before?.state === 'IN_PROGRESS' ? [] : [messages.begins(serviceName, found.counts)]),
      ...beginning.tasks.map(({ zone, tasks }) => messages.started(serviceName, zone, tasks)),
      ...told.messages,
    ],
    starved,
  };
}

/** Nothing can move: it says so once, and is asked again at the next look. */
function stuck(
  { service }: ServiceView,
  { before, counts }: Found,
  troubles: readonly Omit<Trouble, 'saidAt'>[],
  context: DecisionContext,
): Balance {
  const { serviceName } = service;
  const stopped: Rebalancing = before?.state === 'STOPPED' ? before : { ...before, state: 'STOPPED', started: [] };
  const told = tell(stopped, troubles, context.now);
  return {
    ...stays(told.record),
    events: [
      ...(before === undefined ? [messages.begins(serviceName, counts)] : []),
      ...told.messages,
      ...(before?.state === 'STOPPED' ? [] : [messages.stopped(serviceName)]),
    ],
  };
}

function troublesOf({ service }: ServiceView, { full }: Beginning): readonly Omit<Trouble, 'saidAt'>[] {
  return full.map(({ zone, unplaced }) => ({
    ...unplaced,
    kind: 'zone',
    message: messages.full(service.serviceName, zone, service.launchType === 'FARGATE'),
  }));
}

function tell(rebalancing: Rebalancing, found: readonly Omit<Trouble, 'saidAt'>[], now: Instant) {
  return tellTroubles(rebalancing, { holds: new Set(found.map(({ kind }) => kind)), found }, now);
}
