import type { Instant } from '#base';
import { holdsResources, primaryDeployment, type Service, type Task } from '#model';
import type { DecisionContext, ServiceRound } from './decision.ts';
import { maxMovesPerRound } from './limits.ts';
import { stopReasons } from './messages.ts';
import { without } from './record.ts';
import { stopEvents } from './stops.ts';
import type { ServiceView } from './view.ts';

/**
 * A deleted service: all its tasks stop, then it is INACTIVE. Tasks on a lost host are told to stop, too, but are not
 * waited for: nobody knows when, or whether, the host returns.
 */
export function decideDraining(view: ServiceView, context: DecisionContext): ServiceRound {
  const { service } = view;
  const { now } = context;
  const primary = primaryDeployment(service);
  const reason = primary === undefined ? `Service ${service.serviceName} was deleted` : stopReasons.scaling(primary.id);
  const wanted = view.tasks.filter((task) => task.desiredStatus === 'RUNNING');
  const stops = wanted.slice(0, maxMovesPerRound).map((task) => ({ task, reason }));
  const counted = view.tasks.filter((task) => task.desiredStatus === 'STOPPED' && task.countedAt === undefined);
  const over = wanted.length === 0 && view.tasks.every((task) => !holdsResources(task) || isLost(view, task));
  return {
    service: over ? inactive(service, now) : withNothingDesired(service, now),
    starts: [],
    stops,
    counted,
    events: stopEvents(service, stops),
    wakeAt: wanted.length > stops.length ? now : undefined,
    starved: false,
  };
}

function isLost(view: ServiceView, task: Task): boolean {
  return task.hostArn !== undefined && view.hostState(task.hostArn) === 'lost';
}

function inactive(service: Service, now: Instant): Service {
  if (service.status === 'INACTIVE') return service;
  return {
    ...without(without(service, 'steadySince'), 'rebalancing'),
    status: 'INACTIVE',
    inactiveAt: now,
    deployments: [],
  };
}

function withNothingDesired(service: Service, now: Instant): Service {
  if (service.deployments.every(({ desiredCount }) => desiredCount === 0)) return service;
  const deployments = service.deployments.map((deployment) =>
    deployment.desiredCount === 0 ? deployment : { ...deployment, desiredCount: 0, updatedAt: now },
  );
  return { ...service, deployments };
}
