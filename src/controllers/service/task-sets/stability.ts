import { elapsedMs, type Instant } from '#base';
import type { Service, TaskSet } from '#model';
import { repeatEventAfterMs } from '../limits.ts';
import { without } from '../record.ts';
import { type DeploymentTally, presentCount, type ServiceTally } from '../tally.ts';

/**
 * Whether the tasks of a set are what they are to be: as many RUNNING as computed, none on its way, none unhealthy, none
 * on a draining host. Those on a lost host are nobody's. Source: TaskSet, stabilityStatus, in the API reference.
 */
export function isStable(taskSet: TaskSet, own: DeploymentTally, tally: ServiceTally): boolean {
  const wanted = taskSet.computedDesiredCount;
  const stranded = tally.strandedPending.some(({ deploymentId }) => deploymentId === taskSet.id);
  return own.healthy.length === wanted && presentCount(own) === wanted && !stranded;
}

/** The task set with its stability as of now; the very same object when that is what it was. */
export function withStability(taskSet: TaskSet, stable: boolean, now: Instant): TaskSet {
  const stabilityStatus = stable ? 'STEADY_STATE' : 'STABILIZING';
  if (stabilityStatus === taskSet.stabilityStatus) return taskSet;
  return { ...taskSet, stabilityStatus, stabilityStatusAt: now };
}

/** Whether to tell that the whole service is steady, and the service afterwards: it is told again every six hours. */
export function tellServiceSteady(
  service: Service,
  steady: boolean,
  now: Instant,
): { readonly service: Service; readonly say: boolean } {
  const { steadySince } = service;
  if (!steady) return { service: steadySince === undefined ? service : without(service, 'steadySince'), say: false };
  if (steadySince !== undefined && elapsedMs(steadySince, now) < repeatEventAfterMs) return { service, say: false };
  return { service: { ...service, steadySince: now }, say: true };
}
