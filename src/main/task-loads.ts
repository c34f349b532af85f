import { type Clock, msFromInstant } from '#base';
import type { TaskLoads } from '#controllers';
import type { Measure, UsageWindow } from '#telemetry';

/** What tasks used in the last whole minute, as their agents told it. Older words than two minutes say nothing of now. */
export function taskLoads(usage: Pick<UsageWindow, 'minutes'>, clock: Clock): TaskLoads {
  return {
    find: (taskArn) => {
      const thisMinuteMs = Math.floor(msFromInstant(clock.now()) / 60_000) * 60_000;
      const minute = usage.minutes(taskArn).findLast(({ at }) => {
        const startMs = msFromInstant(at);
        return startMs < thisMinuteMs && startMs >= thisMinuteMs - 120_000;
      });
      if (minute === undefined) return undefined;
      const average = (measure: Measure): number | undefined => {
        const sets = [...minute.containers.values()].flatMap((container) => container[measure] ?? []);
        const told = sets.filter(({ sampleCount }) => sampleCount > 0);
        return told.length === 0 ? undefined : told.reduce((sum, set) => sum + set.sum / set.sampleCount, 0);
      };
      const [cpuUnits, memoryMiB] = [average('cpuUnits'), average('memoryMiB')];
      return {
        ...(cpuUnits === undefined ? {} : { cpuUnits }),
        ...(memoryMiB === undefined ? {} : { memoryMiB }),
      };
    },
  };
}
