import { assert, earliest, type Instant } from '#base';
import { type Deployment, isProtected, primaryDeployment, type Service, type Task, type Trouble } from '#model';
import { eligibleHosts, type PlacementRequest, refusalOf } from '#scheduler';
import type { ServiceRound, Stop } from './decision.ts';
import { maxMovesPerRound, maxTroubles } from './limits.ts';
import { messages, stopReasons } from './messages.ts';
import { placementFor } from './starts.ts';
import { stopEvents } from './stops.ts';
import type { ServiceView } from './view.ts';

/**
 * The DAEMON scheduling strategy: one task on each ACTIVE instance of the cluster that meets the constraints. That is a
 * REPLICA service that wants as many tasks as there are such instances, no two on one; `decide` decides so. Beside it,
 * tasks on instances that no longer meet the constraints stop, and those on a DRAINING one when only daemons are left
 * there. Source: "Amazon ECS services", daemon scheduling strategy.
 */
export function decideAsDaemon(
  view: ServiceView,
  now: Instant,
  decide: (view: ServiceView) => ServiceRound,
): ServiceRound {
  const { service } = view;
  const { all, vacant } = eligibleFor(view);
  const stops: Stop[] = [];
  const violators: Task[] = [];
  let heldUntil: Instant | undefined;
  const tasks = view.tasks.filter((task) => {
    const fate = fateOf(view, task, all);
    if (fate === 'stays') return true;
    if (isProtected(task, now)) heldUntil = earliest(heldUntil, task.protectedUntil);
    else if (fate !== 'waits') {
      stops.push({ task, reason: fate.reason });
      if (fate.violates) violators.push(task);
    }
    return false;
  });
  const asReplica: Service = {
    ...service,
    desiredCount: all.size,
    placementConstraints: [...service.placementConstraints, { type: 'distinctInstance' }],
    placementStrategy: [],
  };
  const round = decide({ ...view, service: asReplica, tasks, startLimit: vacant });
  const stopped = stops.slice(0, maxMovesPerRound);
  const left = violators.filter((task) => stopped.some((stop) => stop.task === task));
  const decided = left.length === 0 ? round.service : withViolation(view, round.service, left, now);
  return {
    ...round,
    service: asDaemon(decided, asReplica, service),
    stops: [...stopped, ...round.stops],
    events: [...stopEvents(service, stopped), ...round.events],
    wakeAt: earliest(round.wakeAt, heldUntil),
  };
}

/** The instances that the newest deployment's task belongs on. */
function eligibleFor(view: ServiceView) {
  const { launchType } = primaryOf(view.service);
  return eligibleHosts(view.hosts(launchType), requestFor(view));
}

/** What such a task asks of an instance, but for room. */
function requestFor(view: ServiceView): PlacementRequest {
  return placementFor(view, primaryOf(view.service), {}, 1);
}

function primaryOf(service: Service): Deployment {
  const primary = primaryDeployment(service);
  assert(primary !== undefined, `service ${service.serviceArn} has no primary deployment`);
  return primary;
}

/** The service that remembers until the next look that tasks were stopped where they do not belong: an event tells of it. */
function withViolation(view: ServiceView, decided: Service, tasks: readonly Task[], now: Instant): Service {
  const containerInstanceArns = tasks.flatMap(({ hostArn }) => hostArn ?? []);
  const [nearest] = containerInstanceArns;
  const host = nearest === undefined ? undefined : view.hosts(primaryOf(decided).launchType).find(nearest);
  const reason = host === undefined ? undefined : refusalOf(host, requestFor(view))?.reason;
  const trouble: Trouble = {
    kind: 'violated',
    message: messages.stoppedRunning(decided.serviceName, tasks),
    saidAt: now,
    ...(reason === undefined ? {} : { reason }),
    containerInstanceArns,
  };
  const deployments = decided.deployments.map((deployment) =>
    deployment.status === 'PRIMARY'
      ? { ...deployment, troubles: [...(deployment.troubles ?? []), trouble].slice(-maxTroubles) }
      : deployment,
  );
  return { ...decided, deployments };
}

/** Why a task is to stop, if it is; it `waits` while others on an instance that drains go first. */
function fateOf(
  view: ServiceView,
  task: Task,
  eligible: ReadonlySet<string>,
): 'stays' | 'waits' | { readonly reason: string; readonly violates: boolean } {
  const { hostArn, desiredStatus } = task;
  if (hostArn === undefined || desiredStatus === 'STOPPED') return 'stays';
  const { service } = view;
  const host = view.hostState(hostArn);
  if (host === 'draining') {
    if (!view.onlyDaemonsOn(hostArn)) return 'waits';
    return { reason: stopReasons.draining(service.serviceName), violates: false };
  }
  if (host === 'lost' || eligible.has(hostArn)) return 'stays';
  const primary = primaryDeployment(service);
  return primary === undefined ? 'stays' : { reason: stopReasons.scaling(primary.id), violates: true };
}

/** What was decided, with the service's own settings; the very same object when nothing changed. */
function asDaemon(decided: Service, asReplica: Service, service: Service): Service {
  if (decided === asReplica && decided.desiredCount === service.desiredCount) return service;
  const { placementConstraints, placementStrategy } = service;
  return { ...decided, placementConstraints, placementStrategy };
}
