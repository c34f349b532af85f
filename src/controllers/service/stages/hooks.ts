import { afterMs, earliest, type Ids, type Instant } from '#base';
import {
  answered,
  type LifecycleHookState,
  type LifecycleStage,
  newPauseHookId,
  type ReleasePlan,
  type ServiceDeployment,
} from '#model';

/** The hooks of a stage that is entered: each pauses the deployment. */
export function openHooks(
  plan: ReleasePlan,
  lifecycleStage: LifecycleStage,
  context: { readonly now: Instant; readonly ids: Ids },
): readonly LifecycleHookState[] {
  const { now, ids } = context;
  return plan.hooks
    .filter((hook) => hook.lifecycleStages.includes(lifecycleStage))
    .map(({ targetType, timeoutConfiguration: { timeoutInMinutes, action } }) => ({
      hookId: newPauseHookId(ids),
      targetType,
      lifecycleStage,
      status: 'AWAITING_ACTION',
      expiresAt: afterMs(now, timeoutInMinutes * 60_000),
      timeoutAction: action,
      updatedAt: now,
    }));
}

/** The record after time has answered the hooks that it was up to; the very same when it was up to none. */
export function timeOutHooks(record: ServiceDeployment, now: Instant): ServiceDeployment {
  const late = ({ status, expiresAt }: LifecycleHookState): boolean => status === 'AWAITING_ACTION' && expiresAt <= now;
  if (record.lifecycleHooks?.some(late) !== true) return record;
  const lifecycleHooks = record.lifecycleHooks.map((hook) => (late(hook) ? answered(hook, 'TIMED_OUT', now) : hook));
  return { ...record, lifecycleHooks, updatedAt: now };
}

/** The hook that wants a rollback, if one does. */
export function refusal({ lifecycleHooks = [] }: Pick<ServiceDeployment, 'lifecycleHooks'>): string | undefined {
  const hook = lifecycleHooks.find(
    ({ status, timeoutAction }) => status === 'FAILED' || (status === 'TIMED_OUT' && timeoutAction === 'ROLLBACK'),
  );
  if (hook === undefined) return undefined;
  const end = hook.status === 'FAILED' ? 'returned FAILED status' : 'timed out';
  return (
    `Service deployment rolled back because ${hook.lifecycleStage} lifecycle hook(s) failed. ` +
    `Lifecycle hook target ${hook.hookId} ${end}.`
  );
}

/** When time answers the next of those that wait; `undefined` when none waits. */
export function nextExpiry({ lifecycleHooks = [] }: Pick<ServiceDeployment, 'lifecycleHooks'>): Instant | undefined {
  return earliest(
    ...lifecycleHooks.map(({ status, expiresAt }) => (status === 'AWAITING_ACTION' ? expiresAt : undefined)),
  );
}

/** When the last of the hooks that are over was answered. */
export function lastAnswer({ lifecycleHooks = [] }: Pick<ServiceDeployment, 'lifecycleHooks'>): Instant | undefined {
  return lifecycleHooks.findLast(({ status }) => status !== 'AWAITING_ACTION')?.updatedAt;
}
