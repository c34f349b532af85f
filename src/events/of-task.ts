import { type EcsEventFacts, noticeOf, type Task, type TaskArn } from '#model';
import type { ChangeOf } from './change.ts';

/** A task's own events: its `version` says when there is one. Notice of an interruption comes before what it does. */
export function taskEvents({ before, after }: ChangeOf<Task>): EcsEventFacts[] {
  if (after === undefined || after.version === before?.version) return [];
  const notice = noticeOf(before, after);
  const detailType = 'ECS Task State Change';
  return notice === undefined ? [{ detailType, task: after }] : [notice, after].map((task) => ({ detailType, task }));
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
