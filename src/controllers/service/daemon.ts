import { assert, earliest, type Instant } from '#base';
import { isProtected, networkModeOf, primaryDeployment, type Service, type Task } from '#model';
import { eligibleHosts, placementRequestOf } from '#scheduler';
import type { ServiceRound, Stop } from './decision.ts';
import { maxMovesPerRound } from './limits.ts';
import { stopReasons } from './messages.ts';
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
  let heldUntil: Instant | undefined;
  const tasks = view.tasks.filter((task) => {
    const fate = fateOf(view, task, all);
    if (fate === 'stays') return true;
    if (isProtected(task, now)) heldUntil = earliest(heldUntil, task.protectedUntil);
    else if (fate !== 'waits') stops.push({ task, ...fate });
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
  return {
    ...round,
    service: asDaemon(round.service, asReplica, service),
    stops: [...stopped, ...round.stops],
    events: [...stopEvents(service, stopped), ...round.events],
    wakeAt: earliest(round.wakeAt, heldUntil),
  };
}

/** The instances that the newest deployment's task belongs on. */
function eligibleFor(view: ServiceView) {
  const { service } = view;
  const primary = primaryDeployment(service);
  assert(primary !== undefined, `service ${service.serviceArn} has no primary deployment`);
  const { taskDefinitionArn, launchType, networkConfiguration } = primary;
  const definition = view.definition(taskDefinitionArn);
  const subnets = networkModeOf(definition) === 'awsvpc' ? networkConfiguration?.subnets : undefined;
  const group = `service:${service.serviceName}`;
  const request = placementRequestOf(
    {
      task: { launchType, group, reserves: { cpuUnits: 0, memoryMiB: 0, gpuCount: 0, tcpPorts: [], udpPorts: [] } },
      definition,
      constraints: service.placementConstraints,
      strategies: [],
      ...(subnets === undefined ? {} : { zones: view.zonesOf(subnets) }),
    },
    1,
  );
  return eligibleHosts(view.hosts(launchType), request);
}

/** Why a task is to stop, if it is; it `waits` while others on an instance that drains go first. */
function fateOf(
  view: ServiceView,
  task: Task,
  eligible: ReadonlySet<string>,
): 'stays' | 'waits' | Pick<Stop, 'reason'> {
  const { hostArn, desiredStatus } = task;
  if (hostArn === undefined || desiredStatus === 'STOPPED') return 'stays';
  const { service } = view;
  const host = view.hostState(hostArn);
  if (host === 'draining') {
    return view.onlyDaemonsOn(hostArn) ? { reason: stopReasons.draining(service.serviceName) } : 'waits';
  }
  if (host === 'lost' || eligible.has(hostArn)) return 'stays';
  const primary = primaryDeployment(service);
  return primary === undefined ? 'stays' : { reason: stopReasons.scaling(primary.id) };
}

/** What was decided, with the service's own settings; the very same object when nothing changed. */
function asDaemon(decided: Service, asReplica: Service, service: Service): Service {
  if (decided === asReplica && decided.desiredCount === service.desiredCount) return service;
  const { placementConstraints, placementStrategy } = service;
  return { ...decided, placementConstraints, placementStrategy };
}
