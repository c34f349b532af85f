import type { Instant } from '#base';
import type { DeploymentId, ServiceRevisionArn } from './arn.ts';
import { type LifecycleHook, type LifecycleStage, lifecycleStages } from './lifecycle-hook.ts';

export type DeploymentStrategy = 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY';

/** The members of a deployment configuration that only strategies other than ROLLING have. */
export interface ReleaseConfiguration {
  /** Absent: ROLLING. */
  readonly strategy?: DeploymentStrategy;
  /** Percents in steps of 0.1. */
  readonly linearConfiguration?: { readonly stepPercent: number; readonly stepBakeTimeInMinutes: number };
  readonly canaryConfiguration?: { readonly canaryPercent: number; readonly canaryBakeTimeInMinutes: number };
  readonly lifecycleHooks?: readonly LifecycleHook[];
}

export const linearDefaults = { stepPercent: 10, stepBakeTimeInMinutes: 6 };
export const canaryDefaults = { canaryPercent: 5, canaryBakeTimeInMinutes: 10 };

/**
 * How a service deployment shifts from its source revision (blue) to its target (green): as its service was configured
 * when it was made, and never changed. A service deployment without one rolls.
 */
export interface ReleasePlan {
  readonly strategy: Exclude<DeploymentStrategy, 'ROLLING'>;
  /** Percent of the production traffic that the target has after each step; the last is 100. */
  readonly steps: readonly number[];
  /** Between two steps, minutes. */
  readonly stepBakeMinutes: number;
  /** After the last step, minutes. */
  readonly bakeMinutes: number;
  readonly hooks: readonly LifecycleHook[];
}

/** Where a release stands. */
export interface ReleaseStage {
  readonly lifecycleStage: LifecycleStage;
  readonly enteredAt: Instant;
  /** Index of the step of production traffic. */
  readonly step: number;
  /** The deployment that is released from; absent: there was none. */
  readonly sourceId?: DeploymentId;
  /** What the source runs; there when it is. */
  readonly sourceRevisionArn?: ServiceRevisionArn;
  /** Percent of the traffic that the target is to have; the source has the rest. */
  readonly weights: { readonly production: number; readonly test: number };
  /** Since when all that is left to do is to wait. */
  readonly bakeStartedAt?: Instant;
  /** Why it is given up; the source has its traffic back and the target goes. */
  readonly failure?: string;
}

/** The plan of a configuration; `undefined` when it rolls. */
export function releasePlanOf(
  configuration: ReleaseConfiguration & { readonly bakeTimeInMinutes?: number },
): ReleasePlan | undefined {
  const { strategy = 'ROLLING', linearConfiguration, canaryConfiguration, bakeTimeInMinutes } = configuration;
  if (strategy === 'ROLLING') return undefined;
  const linear = linearConfiguration ?? linearDefaults;
  const canary = canaryConfiguration ?? canaryDefaults;
  const rest = { strategy, bakeMinutes: bakeTimeInMinutes ?? 0, hooks: configuration.lifecycleHooks ?? [] };
  if (strategy === 'LINEAR') {
    return { ...rest, steps: stepsBy(linear.stepPercent), stepBakeMinutes: linear.stepBakeTimeInMinutes };
  }
  if (strategy === 'BLUE_GREEN') return { ...rest, steps: [100], stepBakeMinutes: 0 };
  const first = canary.canaryPercent;
  return { ...rest, steps: first === 100 ? [100] : [first, 100], stepBakeMinutes: canary.canaryBakeTimeInMinutes };
}

/** In tenths, so that they add up. */
function stepsBy(percent: number): number[] {
  const tenths = Math.round(percent * 10);
  const steps: number[] = [];
  for (let at = tenths; at < 1000; at += tenths) steps.push(at / 10);
  return [...steps, 100];
}

/** The steps of a release: without a source there is no traffic to take bit by bit. */
export function stepsOf(plan: ReleasePlan, stage: Pick<ReleaseStage, 'sourceId'>): readonly number[] {
  return stage.sourceId === undefined ? [100] : plan.steps;
}

/** The stage after this one; `undefined` after the last. The traffic shifts again until all steps are done. */
export function nextStage(
  { lifecycleStage: now, step }: Pick<ReleaseStage, 'lifecycleStage' | 'step'>,
  steps: number,
): { readonly lifecycleStage: LifecycleStage; readonly step: number } | undefined {
  if (now === 'PRODUCTION_TRAFFIC_SHIFT' && step + 1 < steps) {
    return { lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', step: step + 1 };
  }
  const lifecycleStage = lifecycleStages[lifecycleStages.indexOf(now) + 1];
  return lifecycleStage === undefined ? undefined : { lifecycleStage, step };
}

/** Where a rollback passes: the traffic goes back, then the target's tasks go. */
const backwards: readonly LifecycleStage[] = ['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT', 'CLEAN_UP'];

/** The stage of a rollback after this one; itself when it is the last. */
export function nextBackwards(now: LifecycleStage): LifecycleStage {
  return backwards[backwards.indexOf(now) + 1] ?? now;
}

/** Whether a release may come from one stage to another. */
export function mayEnter(
  plan: ReleasePlan,
  before: ReleaseStage | undefined,
  after: ReleaseStage | undefined,
): boolean {
  if (before === after) return true;
  if (after === undefined) return false;
  if (before === undefined) {
    const first: readonly LifecycleStage[] = ['RECONCILE_SERVICE', 'PRE_SCALE_UP'];
    return first.includes(after.lifecycleStage) || (after.failure !== undefined && after.lifecycleStage === 'CLEAN_UP');
  }
  const same = before.lifecycleStage === after.lifecycleStage && before.step === after.step;
  if (after.failure !== undefined) {
    if (before.failure === undefined) return same || backwards.includes(after.lifecycleStage);
    return same || nextBackwards(before.lifecycleStage) === after.lifecycleStage;
  }
  const next = nextStage(before, stepsOf(plan, before).length);
  const forward = next?.lifecycleStage === after.lifecycleStage && next.step === after.step;
  return before.failure === undefined && (same || forward);
}
