import type { Random } from '#base';
import { type Deployment, primaryDeployment, type Service, type Task } from '#model';
import { chooseStops } from './choose.ts';
import type { Stop } from './decision.ts';
import { maxStopsPerRound } from './limits.ts';
import { messages, stopReasons } from './messages.ts';
import { portionsOfStops } from './providers.ts';
import type { Counts, RolloutPlan } from './rollout.ts';
import { sharesOf } from './shares.ts';
import { emptyTally, type ServiceTally } from './tally.ts';
import type { ServiceView } from './view.ts';

/** The tasks that a plan stops, and those that stop whatever the plan: the latter first. */
export function plannedStops(
  view: ServiceView,
  deployments: readonly Deployment[],
  tally: ServiceTally,
  plan: RolloutPlan,
  random: Random,
): readonly Stop[] {
  const { serviceName } = view.service;
  const primary = primaryDeployment({ deployments });
  const scaling = primary === undefined ? '' : stopReasons.scaling(primary.id);
  const draining = stopReasons.draining(serviceName);
  const reasons: Readonly<Record<keyof Counts, string>> = {
    healthy: scaling,
    starting: scaling,
    unhealthy: stopReasons.unhealthy,
    draining,
  };
  const planned = sharesOf(deployments, plan).flatMap(({ deployment, share }) => {
    const own = tally.byDeployment.get(deployment.id) ?? emptyTally;
    return (['unhealthy', 'draining', 'starting', 'healthy'] as const).flatMap((kind) => {
      const from = own[kind];
      const others = kind === 'healthy' ? everyOther(tally, from) : [];
      return portionsOfStops(deployment, own, kind, share.stop).flatMap((portion) => {
        const count = Math.min(portion.count, maxStopsPerRound);
        return chooseStops(view, { from: portion.from, count, others }, random).map((task) => ({
          task,
          reason: reasons[kind],
        }));
      });
    });
  });
  return [
    ...tally.orphans.map((task) => ({ task, reason: scaling })),
    ...tally.strandedPending.map((task) => ({ task, reason: draining })),
    ...planned,
  ];
}

function everyOther(tally: ServiceTally, from: readonly Task[]): readonly Task[] {
  return [...tally.byDeployment.values()].flatMap(({ healthy }) => (healthy === from ? [] : healthy));
}

/** The events for stopped tasks, the RUNNING ones by name. */
export function stopEvents(service: Service, stops: readonly Stop[]): readonly string[] {
  const running = stops.filter(({ task }) => task.lastStatus === 'RUNNING').map(({ task }) => task);
  const pending = stops.length - running.length;
  return [
    ...(running.length === 0 ? [] : [messages.stoppedRunning(service.serviceName, running)]),
    ...(pending === 0 ? [] : [messages.stoppedPending(service.serviceName, pending)]),
  ];
}
