import { type Clock, type Logger, messageOf, msFromInstant, type Timer } from '#base';
import type { LogStore } from '#logs';
import type { RoadsteadStore } from '#store';

/** How often retention is looked after, ms: events are hidden to the millisecond whatever this is. */
const everyMs = 3_600_000;
const firstMs = 60_000;
const dayMs = 86_400_000;

export interface LogRetentionDeps {
  readonly store: RoadsteadStore;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Gives back the room of events that have outlived their group's retention, and the memory of groups nobody uses. */
export function keepLogRetention(deps: LogRetentionDeps): AsyncDisposable {
  let timer: Timer | undefined;
  let running = Promise.resolve();
  let over = false;
  const again = (delayMs: number): void => {
    timer = deps.clock.setTimer(delayMs, () => {
      running = sweep(deps, () => over).then(() => {
        if (!over) again(everyMs);
      });
    });
  };
  again(firstMs);
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      timer?.cancel();
      await running;
    },
  };
}

async function sweep({ store, logs, clock, logger }: LogRetentionDeps, isOver: () => boolean): Promise<void> {
  const nowMs = msFromInstant(clock.now());
  const groups = [...store.view.logGroups.all()];
  for (const { id, logGroupName, retentionInDays } of groups) {
    if (isOver()) return;
    if (retentionInDays === undefined) continue;
    try {
      await logs.expire(id, nowMs - retentionInDays * dayMs);
    } catch (error) {
      logger.warn('the retention of a log group waits', { logGroupName, reason: messageOf(error) });
    }
  }
  await logs.putAway();
}

/** Removes files of groups that a crash kept from being removed with their record. */
export async function dropForgottenGroups({ store, logs, logger }: LogRetentionDeps): Promise<void> {
  const ids = new Set([...store.view.logGroups.all()].map(({ id }) => id));
  await logs.dropOthers(ids).catch((error: unknown) => {
    logger.warn('files of deleted log groups stay', { reason: messageOf(error) });
  });
}
