import { afterMs, earliest, elapsedMs, type Instant } from '#base';
import type { Deployment, DeploymentId, Task } from '#model';
import type { DecisionContext } from '../decision.ts';
import { placementRetryMs } from '../limits.ts';
import { without } from '../record.ts';
import { startTasks } from '../starts.ts';
import type { Shortfall } from '../troubles.ts';
import type { ServiceView } from '../view.ts';
import { viewOf } from './deployment.ts';

/** A task set that wants more tasks. */
export interface Wish {
  readonly deployment: Deployment;
  readonly count: number;
}

export interface TaskSetStarts {
  readonly id: DeploymentId | undefined;
  readonly tasks: readonly Task[];
  readonly shortfall: Shortfall | undefined;
  readonly wakeAt: Instant | undefined;
}

/** Starts tasks of one set, at most `room`; the others have their turn at the next look, which sees what is taken. */
export function startOne(
  view: ServiceView,
  wishes: readonly Wish[],
  room: number,
  context: DecisionContext,
): TaskSetStarts {
  const open = wishes.filter(({ count }) => count > 0);
  const turn = open.toSorted((a, b) => failedAt(a) - failedAt(b))[0];
  const waiting = earliest(...open.map(({ deployment }) => retryAt(deployment, context.now)));
  if (turn === undefined || room <= 0) {
    return { id: undefined, tasks: [], shortfall: undefined, wakeAt: turn === undefined ? undefined : context.now };
  }
  const count = Math.min(turn.count, room);
  const { tasks, shortfall } = startTasks(viewOf(view, [turn.deployment]), turn.deployment, count, context);
  const others = open.some((wish) => wish !== turn && failedAt(wish) === 0);
  const retry = afterMs(context.now, placementRetryMs);
  return {
    id: turn.deployment.id,
    tasks,
    shortfall:
      shortfall === undefined
        ? undefined
        : { unplaced: shortfall, launched: tasks.length, missing: count - tasks.length },
    wakeAt: shortfall === undefined || others ? context.now : earliest(retry, waiting),
  };
}

/** Remembers that tasks found no host; one that still finds none says so once per retry interval. */
export function placementNoted(deployment: Deployment, failed: boolean, now: Instant): Deployment {
  const { placementFailedAt } = deployment;
  if (!failed) return placementFailedAt === undefined ? deployment : without(deployment, 'placementFailedAt');
  if (placementFailedAt !== undefined && elapsedMs(placementFailedAt, now) < placementRetryMs) return deployment;
  return { ...deployment, placementFailedAt: now };
}

function failedAt({ deployment }: Wish): number {
  return deployment.placementFailedAt ?? 0;
}

function retryAt({ placementFailedAt }: Deployment, now: Instant): Instant | undefined {
  if (placementFailedAt === undefined) return undefined;
  const at = afterMs(placementFailedAt, placementRetryMs);
  return at > now ? at : undefined;
}
