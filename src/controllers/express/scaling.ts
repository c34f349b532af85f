import type { ExpressScalingTarget } from '#model';
import { highLooksBeforeScaleOut, lowLooksBeforeScaleIn, lowPart } from './limits.ts';

/** All that one look at a service reads. */
export interface LoadView {
  readonly desiredCount: number;
  readonly target: ExpressScalingTarget;
  /** A deployment is under way. */
  readonly deploying: boolean;
  /** Of the tasks that run and told of themselves: what each uses of what it has, percent. */
  readonly percents: readonly number[];
}

/** What is remembered from look to look. */
export interface LoadMemory {
  readonly high: number;
  readonly low: number;
}

export const freshLoadMemory: LoadMemory = { high: 0, low: 0 };

/** One look, once a minute. Pure: the same view and memory give the same number of tasks. */
export function decideLoad(
  { desiredCount, target, deploying, percents }: LoadView,
  memory: LoadMemory,
): { readonly desiredCount: number; readonly memory: LoadMemory } {
  if (desiredCount === 0 || deploying) return { desiredCount, memory: freshLoadMemory };
  const { minTaskCount: least, maxTaskCount: most, autoScalingTargetValue: wanted } = target;
  const bounded = (count: number): number => Math.min(most, Math.max(least, count));
  if (bounded(desiredCount) !== desiredCount) return { desiredCount: bounded(desiredCount), memory: freshLoadMemory };
  if (percents.length === 0) return { desiredCount, memory: freshLoadMemory };
  const percent = percents.reduce((sum, each) => sum + each, 0) / percents.length;
  const looks = {
    high: percent > wanted ? memory.high + 1 : 0,
    low: percent < wanted * lowPart ? memory.low + 1 : 0,
  };
  const fitting = bounded(Math.ceil((percents.length * percent) / wanted));
  if (looks.high >= highLooksBeforeScaleOut && fitting > desiredCount) {
    return { desiredCount: fitting, memory: freshLoadMemory };
  }
  if (looks.low >= lowLooksBeforeScaleIn && fitting < desiredCount) {
    return { desiredCount: fitting, memory: freshLoadMemory };
  }
  return { desiredCount, memory: looks };
}
