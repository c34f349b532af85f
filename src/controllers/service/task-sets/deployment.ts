import { type Deployment, latestPlatformVersion, settingsOf, type TaskSet } from '#model';
import type { ServiceView } from '../view.ts';

/** The members of both that are the loop's own memory. */
type Memory = Pick<TaskSet, 'backoff' | 'placementFailedAt' | 'troubles'>;

/** A task set as a deployment that is over and done, of which the service has no other. */
export function deploymentOf(taskSet: TaskSet): Deployment {
  const { id, computedDesiredCount, createdAt, updatedAt } = taskSet;
  const settings = settingsOf(taskSet);
  return {
    ...settings,
    ...(settings.platformVersion === 'LATEST' ? { platformVersion: latestPlatformVersion } : {}),
    id,
    status: 'PRIMARY',
    desiredCount: computedDesiredCount,
    failedTasks: 0,
    rolloutState: 'COMPLETED',
    rolloutStateReason: '',
    createdAt,
    updatedAt,
    ...memoryOf(taskSet),
  };
}

/** The task set with what the loop remembers now; the very same object when that is what it remembered. */
export function withMemory(taskSet: TaskSet, memory: Memory): TaskSet {
  const { backoff, placementFailedAt, troubles, ...rest } = taskSet;
  const same =
    backoff === memory.backoff && placementFailedAt === memory.placementFailedAt && troubles === memory.troubles;
  return same ? taskSet : { ...rest, ...memoryOf(memory) };
}

function memoryOf({ backoff, placementFailedAt, troubles }: Memory): Memory {
  return {
    ...(backoff === undefined ? {} : { backoff }),
    ...(placementFailedAt === undefined ? {} : { placementFailedAt }),
    ...(troubles === undefined ? {} : { troubles }),
  };
}

/** The view as if the service had these deployments, and were of the launch type of the first. */
export function viewOf(view: ServiceView, deployments: readonly Deployment[]): ServiceView {
  const launchType = deployments[0]?.launchType ?? view.service.launchType;
  return { ...view, service: { ...view.service, launchType, deployments } };
}
