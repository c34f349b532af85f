import { earliest, type Instant } from '#base';
import {
  computedDesiredCount,
  type Deployment,
  holdsResources,
  isProtected,
  type Service,
  type Task,
  type TaskSet,
} from '#model';
import type { DecisionContext, ServiceDecision, Stop } from '../decision.ts';
import { decideDraining } from '../draining.ts';
import { countEndings } from '../endings.ts';
import { maxEndsPerRound, maxMovesPerRound } from '../limits.ts';
import { messages, stopReasons } from '../messages.ts';
import { planRollout, type RolloutPlan, rolloutBounds } from '../rollout.ts';
import { plannedStops, stopEvents, unhealthyTargetEvents } from '../stops.ts';
import { type DeploymentTally, emptyTally, type ServiceTally, tallyTasks } from '../tally.ts';
import type { ServiceView } from '../view.ts';
import { deploymentOf, viewOf, withMemory } from './deployment.ts';
import { taskSetMessages } from './messages.ts';
import { isStable, tellServiceSteady, withStability } from './stability.ts';
import { placementNoted, startOne, type TaskSetStarts } from './starts.ts';
import { tellFindings } from './tell.ts';

/** Task sets have no revisions. */
type TaskSetsDecision = Omit<ServiceDecision, 'revisions'>;

/** What is known of one task set at a look, and what is to become of it. */
interface Look {
  /** With the count that it is to have now. */
  readonly taskSet: TaskSet;
  readonly deployment: Deployment;
  readonly own: DeploymentTally;
  readonly plan: RolloutPlan;
  readonly stops: readonly Stop[];
  readonly reasons: readonly string[];
}

/**
 * What a service with task sets needs now: every set gets the tasks of its share, and those that were deleted lose theirs
 * and go. Pure, and with nothing to do soon after nothing changes, as `decideService`, which it is a part of.
 */
export function decideTaskSets(view: ServiceView, context: DecisionContext): TaskSetsDecision {
  return view.service.status === 'ACTIVE' ? decideActive(view, context) : decideDeleted(view, context);
}

/** A deleted service: its tasks stop, whatever set they are of, and the sets go with the last of them. */
function decideDeleted(view: ServiceView, context: DecisionContext): TaskSetsDecision {
  const round = decideDraining(view, context);
  const over = round.service.status === 'INACTIVE';
  const nothingWanted = view.taskSets.map((taskSet) => counted(view.service, taskSet, context.now));
  return { ...round, serviceDeployments: [], taskSets: moves(view, over ? [] : nothingWanted) };
}

function decideActive(view: ServiceView, context: DecisionContext): TaskSetsDecision {
  const { service } = view;
  const { now } = context;
  const taskSets = view.taskSets.map((taskSet) => counted(service, taskSet, now));
  const tally = tallyTasks(viewOf(view, taskSets.map(deploymentOf)), { now, settleMs: 0 });
  const ended = tally.uncounted.slice(0, maxEndsPerRound);
  const looks = taskSets.map((taskSet) => lookAt(view, taskSet, { tally, ended }, context));
  const stops = [...orphanStops(view, tally), ...looks.flatMap((look) => look.stops)].slice(0, maxMovesPerRound);
  const wishes = looks.map(({ deployment, plan }) => ({ deployment, count: plan.primary.start }));
  const starts = startOne(view, wishes, maxMovesPerRound - stops.length, context);
  const told = looks.map((look) => finish(view, { look, tally, stops, starts }, now));
  const after = told.filter(({ taskSet }) => !isOver(view, taskSet)).map(({ taskSet }) => taskSet);
  const orphans = tally.orphans.length + tally.heldOrphans.length;
  const steady = after.length > 0 && orphans === 0 && after.every((each) => each.stabilityStatus === 'STEADY_STATE');
  const whole = tellServiceSteady(service, steady, now);
  return {
    service: whole.service,
    serviceDeployments: [],
    taskSets: moves(view, after),
    starts: starts.tasks,
    stops,
    counted: ended,
    events: [
      ...countEvents(view, taskSets),
      ...startEvents(service, starts, looks),
      ...unhealthyTargetEvents(view, stops),
      ...stopEvents(service, stops),
      ...told.flatMap(({ events }) => events),
      ...(whole.say ? [messages.steady(service.serviceName)] : []),
    ],
    wakeAt: earliest(
      tally.nextChangeAt,
      starts.wakeAt,
      ...looks.map(({ deployment }) => backoffEnd(deployment, now)),
      tally.uncounted.length > ended.length || stops.length === maxMovesPerRound ? now : undefined,
    ),
    starved: starts.shortfall !== undefined,
  };
}

/** The set with the count that follows from its scale now; the very same object when it had that. */
function counted(service: Service, taskSet: TaskSet, now: Instant): TaskSet {
  const count = computedDesiredCount(service, taskSet);
  if (count === taskSet.computedDesiredCount) return taskSet;
  return { ...taskSet, computedDesiredCount: count, updatedAt: now };
}

function lookAt(
  view: ServiceView,
  taskSet: TaskSet,
  { tally, ended }: { readonly tally: ServiceTally; readonly ended: readonly Task[] },
  context: DecisionContext,
): Look {
  const own = tally.byDeployment.get(taskSet.id) ?? emptyTally;
  const ofSet = ({ deploymentId }: Task): boolean => deploymentId === taskSet.id;
  const endings = countEndings(deploymentOf(taskSet), own, ended.filter(ofSet), {
    ...context,
    settleMs: 0,
    resets: true,
  });
  const { deployment } = endings;
  const plan = planFor(view.service, deployment, own, context.now);
  const seen = { ...tally, orphans: [], strandedPending: tally.strandedPending.filter(ofSet) };
  const planned = plannedStops(viewOf(view, [deployment]), [deployment], seen, plan, context);
  // Where the host stays away nobody stops them; they end when it comes back.
  const goes = (task: Task): boolean => ofSet(task) && !isProtected(task, context.now);
  const lost = taskSet.status === 'DRAINING' ? tally.lost.filter(goes) : [];
  const reason = stopReasons.scaling(taskSet.id);
  const stops = [...planned, ...lost.map((task) => ({ task, reason }))];
  return { taskSet, deployment, own, plan, stops, reasons: endings.reasons };
}

/** The set as the only deployment of a service of its size. */
function planFor(service: Service, deployment: Deployment, own: DeploymentTally, now: Instant): RolloutPlan {
  const { desiredCount: desired } = deployment;
  return planRollout({
    desired,
    ...rolloutBounds(desired, service.deploymentConfiguration),
    primary: {
      healthy: own.healthy.length,
      starting: own.starting.length,
      unhealthy: own.unhealthy.length,
      draining: own.draining.length,
      held: own.held,
      asked: desired,
      launches: true,
      waits: backoffEnd(deployment, now) !== undefined,
      unplaced: deployment.placementFailedAt !== undefined,
    },
    older: [],
  });
}

function backoffEnd({ backoff }: Deployment, now: Instant): Instant | undefined {
  return backoff !== undefined && backoff.nextStartAt > now ? backoff.nextStartAt : undefined;
}

/** Tasks of a set that is no longer there: their host was lost while it went. */
function orphanStops({ service }: ServiceView, { orphans }: ServiceTally): readonly Stop[] {
  const reason = `The task set of service ${service.serviceName} was deleted`;
  return orphans.map((task) => ({ task, reason }));
}

/** What the set remembers after the look, and what there is to tell of it. */
function finish(
  view: ServiceView,
  round: {
    readonly look: Look;
    readonly tally: ServiceTally;
    readonly stops: readonly Stop[];
    readonly starts: TaskSetStarts;
  },
  now: Instant,
): { readonly taskSet: TaskSet; readonly events: readonly string[] } {
  const { look, tally, stops, starts } = round;
  const { taskSet, own, plan, reasons } = look;
  const tried = starts.id === taskSet.id;
  const wants = plan.primary.start > 0 || backoffEnd(look.deployment, now) !== undefined;
  const failed = tried ? starts.shortfall !== undefined : wants && look.deployment.placementFailedAt !== undefined;
  const noted = tried || !wants ? placementNoted(look.deployment, failed, now) : look.deployment;
  const shortfall = tried ? starts.shortfall : undefined;
  const name = view.service.serviceName;
  const told = tellFindings(name, noted, { reasons, held: plan.primary.held, shortfall }, now);
  const moved = (tried && starts.tasks.length > 0) || stops.some(({ task }) => task.deploymentId === taskSet.id);
  const after = withStability(withMemory(taskSet, told.deployment), !moved && isStable(taskSet, own, tally), now);
  const steady = after.stabilityStatus === 'STEADY_STATE' && taskSet.stabilityStatus !== 'STEADY_STATE';
  const says = steady && after.status !== 'DRAINING' ? [taskSetMessages.steady(name, taskSet.id)] : [];
  return { taskSet: after, events: [...told.messages, ...says] };
}

/** Deleted, and without a task but for those on lost hosts, which were told to stop. */
function isOver(view: ServiceView, taskSet: TaskSet): boolean {
  if (taskSet.status !== 'DRAINING') return false;
  return view.tasks.every((task) => {
    if (task.deploymentId !== taskSet.id || !holdsResources(task)) return true;
    const lost = task.hostArn !== undefined && view.hostState(task.hostArn) === 'lost';
    return lost && task.desiredStatus === 'STOPPED';
  });
}

/** What is to be written so that these, and no others, are the service's task sets. */
function moves(view: ServiceView, after: readonly TaskSet[]): NonNullable<ServiceDecision['taskSets']> {
  const before = new Set(view.taskSets);
  const kept = new Set(after.map(({ taskSetArn }) => taskSetArn));
  return {
    put: after.filter((taskSet) => !before.has(taskSet)),
    removed: view.taskSets.map(({ taskSetArn }) => taskSetArn).filter((arn) => !kept.has(arn)),
  };
}

function countEvents({ service, taskSets: before }: ServiceView, after: readonly TaskSet[]): readonly string[] {
  const changed = after.filter((taskSet, index) => taskSet !== before[index]);
  return changed.map((each) => taskSetMessages.computed(service.serviceName, each.id, each.computedDesiredCount));
}

function startEvents(
  { serviceName }: Service,
  { id, tasks }: TaskSetStarts,
  looks: readonly Look[],
): readonly string[] {
  if (tasks.length === 0) return [];
  const unhealthy = looks.find(({ taskSet }) => taskSet.id === id)?.own.unhealthy.length ?? 0;
  return [messages.started(serviceName, tasks, Math.min(tasks.length, unhealthy))];
}
