import type { Random } from '#base';
import type { Task } from '#model';
import { chooseTasksToStop, type StopCandidate } from '#scheduler';
import type { ServiceView } from './view.ts';

/**
 * Chooses `count` of the tasks to stop, as scale-in does. The service's `others` stay but count where tasks are evened
 * out.
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
  const { placementStrategy, launchType } = view.service;
  const hosts = view.hosts(launchType);
  const chosen = chooseTasksToStop(candidates, count, placementStrategy, (arn) => hosts.find(arn), random);
  return chosen.flatMap((at) => from[at] ?? []);
}

function candidateOf(view: ServiceView, task: Task, stays: boolean): StopCandidate {
  return {
    hostArn: task.hostArn,
    availabilityZone: task.availabilityZone,
    lastStatus: task.lastStatus,
    healthStatus: task.healthStatus,
    protected: stays,
    createdAt: task.createdAt,
    onDrainingHost: task.hostArn !== undefined && view.hostState(task.hostArn) === 'draining',
    reserves: task.reserves,
  };
}
