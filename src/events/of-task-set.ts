import type { EcsEventFacts, TaskSet } from '#model';
import type { ChangeOf } from './change.ts';
import { troubleEvents } from './of-service.ts';

/** What a task set's change tells: another number of tasks, its troubles, and that it has become steady. */
export function taskSetEvents({ before, after }: ChangeOf<TaskSet>): EcsEventFacts[] {
  if (after === undefined) return [];
  const { serviceArn, clusterArn, taskSetArn } = after;
  const events = [...countEvents({ before, after }), ...troubleEvents(after, after, before)];
  const steady = after.stabilityStatus === 'STEADY_STATE' && before?.stabilityStatus !== 'STEADY_STATE';
  if (!steady || after.status === 'DRAINING') return events;
  const told = { detailType: 'ECS Service Action', eventName: 'TASKSET_STEADY_STATE' } as const;
  return [...events, { ...told, serviceArn, clusterArn, taskSetArns: [taskSetArn] }];
}

function countEvents({
  before,
  after,
}: {
  readonly before: TaskSet | undefined;
  readonly after: TaskSet;
}): EcsEventFacts[] {
  const { serviceArn, clusterArn, taskSetArn, computedDesiredCount: desiredCount } = after;
  if (before === undefined || before.computedDesiredCount === desiredCount) return [];
  const told = { detailType: 'ECS Service Action', eventName: 'SERVICE_DESIRED_COUNT_UPDATED' } as const;
  return [{ ...told, serviceArn, clusterArn, desiredCount, taskSetArns: [taskSetArn] }];
}
