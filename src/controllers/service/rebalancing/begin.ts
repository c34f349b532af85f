import type { Deployment, Task } from '#model';
import type { DecisionContext } from '../decision.ts';
import { maxMovesPerRound } from '../limits.ts';
import { rolloutBounds } from '../rollout.ts';
import { startInZone, type Unplaced } from '../starts.ts';
import type { ServiceView } from '../view.ts';
import { type Move, planMoves, type ZoneCount } from './moves.ts';
import type { ZonesByProvider } from './zones.ts';

/** A zone that had no room for a task. */
export interface FullZone {
  readonly zone: string;
  readonly unplaced: Unplaced;
}

/** The tasks with which a move begins. */
export interface Beginning {
  readonly tasks: readonly { readonly zone: string; readonly tasks: readonly Task[] }[];
  readonly full: readonly FullZone[];
}

/** Tasks that may start now beside those there are. */
export function roomOf({ service }: Pick<ServiceView, 'service'>): number {
  const { desiredCount, deploymentConfiguration } = service;
  const { upper } = rolloutBounds(desiredCount, deploymentConfiguration);
  return Math.min(maxMovesPerRound, Math.max(0, upper - desiredCount));
}

/**
 * Starts the tasks of the next move. Zones without room are left out in favour of the others, unless some tasks found
 * room: then the rest is for the next move, which sees what these take.
 */
export function beginMove(
  view: ServiceView,
  deployment: Deployment,
  found: { readonly counts: readonly ZoneCount[]; readonly zones: ZonesByProvider },
  context: DecisionContext,
): Beginning {
  const full: FullZone[] = [];
  const refused = new Set<string>();
  const takes = (zone: string, provider: string): boolean =>
    found.zones.get(provider)?.includes(zone) === true && !refused.has(batchOf(deployment, { to: zone, provider }));
  for (;;) {
    const batches = Map.groupBy(planMoves(found.counts, roomOf(view), takes), (move) => batchOf(deployment, move));
    if (batches.size === 0) return { tasks: [], full };
    const tasks = [...batches].flatMap(([batch, moves]) => {
      const { to } = moves[0] ?? { to: '' };
      const starts = startInZone(view, deployment, { zone: to, providers: moves.map(providerIn) }, context);
      if (starts.shortfall !== undefined) {
        refused.add(batch);
        full.push({ zone: to, unplaced: starts.shortfall });
      }
      return starts.tasks.length === 0 ? [] : [{ zone: to, tasks: starts.tasks }];
    });
    if (tasks.length > 0) return { tasks, full };
  }
}

/** Moves that are placed together: to a zone, and but for Fargate on the instances of one provider. */
function batchOf({ launchType }: Deployment, { to, provider }: Move): string {
  return launchType === 'FARGATE' ? to : `${to}/${provider}`;
}

function providerIn({ provider }: Move): string | undefined {
  return provider === '' ? undefined : provider;
}
