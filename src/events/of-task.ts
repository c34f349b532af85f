import type { EcsEventFacts, Task, TaskArn } from '#model';
import type { ChangeOf } from './change.ts';

/** A task's own event: its `version` says when there is one. */
export function taskEvent({ before, after }: ChangeOf<Task>): EcsEventFacts | undefined {
  if (after === undefined || after.version === before?.version) return undefined;
  return { detailType: 'ECS Task State Change', task: after };
}

/** The running tasks that the service scheduler stops in one transaction, told once for each service. */
export function stoppedTasksEvents(changes: readonly ChangeOf<Task>[]): EcsEventFacts[] {
  const stopped = changes.flatMap(({ before, after }) => (isStoppedByService(before, after) ? [after] : []));
  const byService = Map.groupBy(stopped, ({ serviceArn }) => serviceArn);
  return [...byService].flatMap(([serviceArn, tasks]): EcsEventFacts[] => {
    const clusterArn = tasks[0]?.clusterArn;
    if (serviceArn === undefined || clusterArn === undefined) return [];
    const taskArns: TaskArn[] = tasks.map(({ taskArn }) => taskArn);
    return [{ detailType: 'ECS Service Action', serviceArn, clusterArn, eventName: 'TASKS_STOPPED', taskArns }];
  });
}

function isStoppedByService(before: Task | undefined, after: Task | undefined): after is Task {
  return (
    before?.lastStatus === 'RUNNING' &&
    before.desiredStatus === 'RUNNING' &&
    after?.desiredStatus === 'STOPPED' &&
    after.stopCode === 'ServiceSchedulerInitiated'
  );
}
