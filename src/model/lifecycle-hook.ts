import type { Ids, Instant } from '#base';
import { urlSafe } from './arn.ts';

/** The stages of a release, in order; those of the traffic come back with every step. */
export const lifecycleStages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;
export type LifecycleStage = (typeof lifecycleStages)[number];

export type LifecycleHookAction = 'CONTINUE' | 'ROLLBACK';

/** A hook of a service: at each of its stages the deployment pauses until a user answers, or the time is over. */
export interface LifecycleHook {
  readonly targetType: 'PAUSE';
  readonly lifecycleStages: readonly LifecycleStage[];
  readonly timeoutConfiguration: { readonly timeoutInMinutes: number; readonly action: LifecycleHookAction };
}

/**
 * AWAITING_ACTION until a user or time answers. SUCCEEDED: a user continued. FAILED: a user wants a rollback, or the
 * deployment ended without an answer. TIMED_OUT: the time was over, and `timeoutAction` was done.
 */
export type LifecycleHookStatus = 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';

/** A hook as it stands in one service deployment: one for each time that its stage is reached. */
export interface LifecycleHookState {
  readonly hookId: string;
  readonly targetType: 'PAUSE';
  readonly lifecycleStage: LifecycleStage;
  readonly status: LifecycleHookStatus;
  readonly expiresAt: Instant;
  readonly timeoutAction: LifecycleHookAction;
  readonly updatedAt: Instant;
}

/** A new one: `ecs-pause-` and 43 characters that need no escape in an URL. */
export function newPauseHookId(ids: Ids): string {
  return `ecs-pause-${ids.from(urlSafe, 43)}`;
}

/** The hook with its answer. */
export function answered(
  hook: LifecycleHookState,
  status: Exclude<LifecycleHookStatus, 'AWAITING_ACTION'>,
  now: Instant,
): LifecycleHookState {
  return hook.status === 'AWAITING_ACTION' ? { ...hook, status, updatedAt: now } : hook;
}

/** Nobody is to answer any more. The very same list when nobody was. */
export function abandoned(
  hooks: readonly LifecycleHookState[] | undefined,
  now: Instant,
): readonly LifecycleHookState[] | undefined {
  if (hooks?.some(({ status }) => status === 'AWAITING_ACTION') !== true) return hooks;
  return hooks.map((hook) => answered(hook, 'FAILED', now));
}
