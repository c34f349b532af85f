import { type ClusterArn, networkModeOf, scopeKey, type Task } from '#model';
import { type HostIndex, type PlacementRequest, placementRequestOf } from '#scheduler';
import type { RoadsteadView, WaitingTasks } from '#store';
import type { WaitingView } from './waiting.ts';

/** The tasks that wait at a place, `clusterArn/provider`. */
export function waitingView(
  view: RoadsteadView,
  place: string,
  deps: { readonly hosts: HostIndex; readonly waiting: WaitingTasks },
): WaitingView {
  const clusterArn = place.slice(0, place.lastIndexOf('/')) as ClusterArn;
  return {
    kinds: [...deps.waiting.kindsOf(place).keys()],
    tasksOf: (kind) => view.tasks.by('waiting', `${place}/${kind}`),
    requestOf: (task, count) => requestOf(view, task, count),
    hosts: deps.hosts.pool(clusterArn, 'EC2'),
  };
}

function requestOf(view: RoadsteadView, task: Task, count: number): PlacementRequest {
  const definition = view.taskDefinitions.get(task.taskDefinitionArn);
  const subnets = networkModeOf(definition) === 'awsvpc' ? task.networkConfiguration?.subnets : undefined;
  const zones = subnets?.flatMap((id) => view.subnets.find(`${scopeKey(task)}/${id}`)?.availabilityZone ?? []);
  return placementRequestOf(
    {
      task,
      definition,
      constraints: task.placementConstraints,
      strategies: task.placementStrategy ?? [],
      ...(zones === undefined ? {} : { zones: [...new Set(zones)] }),
      ...(task.capacityProviderName === undefined ? {} : { capacityProvider: task.capacityProviderName }),
    },
    count,
  );
}
