import type { Random } from '#base';
import type { ContainerInstanceArn, Task } from '#model';
import { chooseTasksToStop, type HostView, type StopCandidate } from '#scheduler';
import type { ServiceView } from './view.ts';

/**
 * Chooses `count` of the tasks to stop, as scale-in does. The service's `others` stay but count where tasks are evened
 * out. Hosts are looked up only when the strategies ask for more than a task itself knows.
 */
export function chooseStops(
  view: ServiceView,
  choice: { readonly from: readonly Task[]; readonly count: number; readonly others: readonly Task[] },
  random: Random,
): readonly Task[] {
  const { from, count, others } = choice;
  if (count <= 0) return [];
  if (count >= from.length) return from;
  const candidates = [
    ...from.map((task) => candidateOf(view, task, false)),
    ...others.map((task) => candidateOf(view, task, true)),
  ];
  const strategies = view.service.placementStrategy;
  const chosen = chooseTasksToStop(candidates, count, strategies, hostsFor(view), random);
  const byArn = new Map(from.map((task) => [task.taskArn, task]));
  return chosen.flatMap((arn) => byArn.get(arn) ?? []);
}

function candidateOf(view: ServiceView, task: Task, stays: boolean): StopCandidate {
  return {
    taskArn: task.taskArn,
    ...(task.hostArn === undefined ? {} : { hostArn: task.hostArn }),
    ...(task.availabilityZone === undefined ? {} : { availabilityZone: task.availabilityZone }),
    lastStatus: task.lastStatus,
    healthStatus: task.healthStatus,
    protected: stays,
    createdAt: task.createdAt,
    onDrainingHost: task.hostArn !== undefined && view.hostState(task.hostArn) === 'draining',
    reserves: task.reserves,
  };
}

const noHosts: ReadonlyMap<ContainerInstanceArn, HostView> = new Map();

function hostsFor(view: ServiceView): ReadonlyMap<ContainerInstanceArn, HostView> {
  const { placementStrategy, launchType } = view.service;
  return placementStrategy.length === 0 ? noHosts : new Map(view.hosts(launchType).map((host) => [host.arn, host]));
}
