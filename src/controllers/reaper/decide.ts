import { afterMs, elapsedMs, type Instant } from '#base';
import type { ClientToken, Deployment, Service, Task, TaskDefinition, TaskDefinitionArn } from '#model';
import type { ReaperSettings } from './settings.ts';

/**
 * Which stopped tasks of one cluster are over: those past their time, and of more than the cluster may keep the ones
 * stopped longest. None within its first hour. `clusterGone` tasks have only that hour.
 */
export function overTasks(
  stopped: Iterable<Task>,
  options: { readonly now: Instant; readonly settings: ReaperSettings; readonly clusterGone: boolean },
): readonly Task[] {
  const { now, settings, clusterGone } = options;
  const byAge = [...stopped].sort((a, b) => stoppedAt(a) - stoppedAt(b));
  const surplus = byAge.length - settings.stoppedTasksPerCluster;
  const maxMs = clusterGone ? settings.stoppedTaskMinMs : settings.stoppedTaskMaxMs;
  return byAge.filter((task, index) => {
    const ageMs = elapsedMs(stoppedAt(task), now);
    return ageMs >= settings.stoppedTaskMinMs && (index < surplus || ageMs >= maxMs);
  });
}

function stoppedAt(task: Task): Instant {
  return task.stoppedAt ?? task.createdAt;
}

/** Whether a record that turned INACTIVE has been shown for long enough. */
export function isOver(record: { readonly inactiveAt?: Instant }, now: Instant, inactiveMs: number): boolean {
  return record.inactiveAt !== undefined && afterMs(record.inactiveAt, inactiveMs) <= now;
}

/** What a service refers to: its own definition and those of its deployments; nothing once it is INACTIVE. */
export function definitionsOf(service: Service): readonly TaskDefinitionArn[] {
  if (service.status === 'INACTIVE') return [];
  const ofDeployment = ({ taskDefinitionArn }: Deployment): TaskDefinitionArn => taskDefinitionArn;
  const { taskDefinitionArn } = service;
  const own = taskDefinitionArn === undefined ? [] : [taskDefinitionArn];
  return [...own, ...service.deployments.map(ofDeployment)];
}

/** Whether a definition asked to be deleted may go: nothing that lives refers to it any longer. */
export function isDefinitionOver(
  definition: TaskDefinition,
  use: { readonly liveTasks: number; readonly byService: ReadonlySet<TaskDefinitionArn> },
  options: { readonly now: Instant; readonly settings: ReaperSettings },
): boolean {
  if (definition.status !== 'DELETE_IN_PROGRESS') return false;
  const since = definition.deleteRequestedAt ?? definition.registeredAt;
  if (elapsedMs(since, options.now) < options.settings.deletedDefinitionMs) return false;
  return use.liveTasks === 0 && !use.byService.has(definition.taskDefinitionArn);
}

export function isTokenOver(token: ClientToken, now: Instant): boolean {
  return token.expiresAt <= now;
}
