import type { EcsEventFacts, TaskSet } from '#model';
import type { ChangeOf } from './change.ts';
import { troubleEvents } from './of-service.ts';

/** What a task set's change tells: its troubles, and that it has become steady. */
export function taskSetEvents({ before, after }: ChangeOf<TaskSet>): EcsEventFacts[] {
  if (after === undefined) return [];
  const { serviceArn, clusterArn, taskSetArn } = after;
  const events = troubleEvents(after, after, before);
  const steady = after.stabilityStatus === 'STEADY_STATE' && before?.stabilityStatus !== 'STEADY_STATE';
  if (!steady || after.status === 'DRAINING') return events;
  const told = { detailType: 'ECS Service Action', eventName: 'TASKSET_STEADY_STATE' } as const;
  return [...events, { ...told, serviceArn, clusterArn, taskSetArns: [taskSetArn] }];
}
