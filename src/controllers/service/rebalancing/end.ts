import { afterMs, earliest, type Instant } from '#base';
import { type Deployment, isProtected, type Task } from '#model';
import { chooseStops } from '../choose.ts';
import type { DecisionContext } from '../decision.ts';
import { type DeploymentTally, hasHealthCheck } from '../tally.ts';
import type { ServiceView } from '../view.ts';
import { planStops } from './moves.ts';
import { byZone, countsOf, providerOf } from './zones.ts';

/** The tasks with whose stop a move ends, by zone. */
export type Ending = readonly { readonly zone: string; readonly tasks: readonly Task[] }[];

/** When all of the tasks can be counted on as far as time alone decides; `undefined` when they can now. */
export function settledAt(tasks: readonly Task[], { now, settings }: DecisionContext): Instant | undefined {
  const waits = tasks
    .filter((task) => !hasHealthCheck(task))
    .map((task) => afterMs(task.startedAt ?? task.createdAt, settings.healthySettleMs))
    .filter((at) => at > now);
  return earliest(...waits);
}

/**
 * As many healthy tasks as the started ones, each of the same provider as one of them, in the fullest zones: also where
 * all agents are away for the moment, or else the started ones would go again.
 */
export function endMove(
  view: ServiceView,
  deployment: Deployment,
  now: { readonly own: DeploymentTally; readonly zones: readonly string[]; readonly started: readonly Task[] },
  context: DecisionContext,
): Ending {
  const { own, zones, started } = now;
  const stopping = new Set<Task>();
  const ending: { zone: string; tasks: readonly Task[] }[] = [];
  for (const [provider, alike] of Map.groupBy(started, providerOf)) {
    const left = byZone(view, deployment, zones, without(own.healthy, stopping));
    const stops = planStops(countsOf(left, context.now), alike.length, provider);
    for (const [zone, { length: count }] of Map.groupBy(stops, (name) => name)) {
      const from = (left.get(zone) ?? []).filter(
        (task) => providerOf(task) === provider && !isProtected(task, context.now),
      );
      const others = without(own.healthy, new Set([...from, ...stopping]));
      const tasks = chooseStops(view, { from, count, others }, context.random);
      for (const task of tasks) stopping.add(task);
      ending.push({ zone, tasks });
    }
  }
  return ending;
}

function without(tasks: readonly Task[], some: ReadonlySet<Task>): readonly Task[] {
  return some.size === 0 ? tasks : tasks.filter((task) => !some.has(task));
}
