import type { Instant, Random } from '#base';
import { type Deployment, isProtected, primaryDeployment, type Service, type Task } from '#model';
import { chooseStops } from './choose.ts';
import type { Stop } from './decision.ts';
import { maxMovesPerRound } from './limits.ts';
import { messages, stopReasons } from './messages.ts';
import { portionsOfStops } from './providers.ts';
import type { Counts, RolloutPlan } from './rollout.ts';
import { sharesOf } from './shares.ts';
import { type DeploymentTally, emptyTally, type ServiceTally } from './tally.ts';
import type { ServiceView } from './view.ts';

/** The tasks that a plan stops, and those that stop whatever the plan: the latter first. */
export function plannedStops(
  view: ServiceView,
  deployments: readonly Deployment[],
  tally: ServiceTally,
  plan: RolloutPlan,
  context: { readonly now: Instant; readonly random: Random },
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
      if (share.stop[kind] === 0) return [];
      const { from, held } = withoutHeld(own, kind, context.now);
      const others = kind === 'healthy' ? [...everyOther(tally, own), ...held] : [];
      return portionsOfStops(deployment, own, { kind, from, stop: share.stop }).flatMap((portion) => {
        const count = Math.min(portion.count, maxMovesPerRound);
        return chooseStops(view, { from: portion.from, count, others }, context.random).map((task) => ({
          task,
          reason: kind === 'unhealthy' ? unhealthyReason(view, task) : reasons[kind],
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

function unhealthyReason(view: Pick<ServiceView, 'targets'>, task: Task): string {
  const verdict = view.targets(task);
  return verdict?.state === 'unhealthy'
    ? stopReasons.unhealthyTarget(verdict.failing.targetGroupArn)
    : stopReasons.unhealthy;
}

/** What is wrong with the tasks that are stopped because a target group's checks fail. */
export function unhealthyTargetEvents(
  view: Pick<ServiceView, 'service' | 'targets'>,
  stops: readonly Stop[],
): readonly string[] {
  return stops.flatMap(({ task }) => {
    const verdict = view.targets(task);
    if (verdict?.state !== 'unhealthy') return [];
    return [messages.unhealthyTarget(view.service.serviceName, task, verdict.failing)];
  });
}

/** Those of a class that may be stopped, and those that are protected. Failed health checks end a task all the same. */
function withoutHeld(
  tally: DeploymentTally,
  kind: keyof Counts,
  now: Instant,
): { readonly from: readonly Task[]; readonly held: readonly Task[] } {
  if (kind === 'unhealthy' || tally.held[kind] === 0) return { from: tally[kind], held: [] };
  const { free = [], held = [] } = Object.groupBy(tally[kind], (task) => (isProtected(task, now) ? 'held' : 'free'));
  return { from: free, held };
}

/** Healthy tasks of all other deployments. */
function everyOther(tally: ServiceTally, own: DeploymentTally): readonly Task[] {
  return [...tally.byDeployment.values()].flatMap((other) => (other === own ? [] : other.healthy));
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
