import { type AutoScalingGroups, type GroupMachine, hasOtherThanDaemons } from '#capacity';
import {
  type AutoScalingGroupProvider,
  type CapacityProvider,
  type Cluster,
  holdsInterface,
  interfaceLimitOf,
  type Task,
  waitingPlace,
} from '#model';
import type { RoadsteadView, WaitingTasks } from '#store';
import type { WaitingGroup } from './reservation.ts';
import type { GroupInstance, ScalingView } from './scaling.ts';

/** What a look at a cluster's provider reads. A group that launches nothing is as large as it is. */
export function scalingView(
  view: RoadsteadView,
  cluster: Cluster,
  provider: CapacityProvider,
  settings: AutoScalingGroupProvider,
  deps: { readonly groups: AutoScalingGroups; readonly waiting: WaitingTasks },
): ScalingView {
  const name = settings.autoScalingGroupName;
  const group = deps.groups.find(view, provider, name);
  const place = waitingPlace({ clusterArn: cluster.clusterArn, capacityProviderName: provider.name });
  const instances = deps.groups
    .machines(view, provider, name)
    .filter(({ instance }) => instance.capacityProviderName === provider.name)
    .map((machine) => instanceOf(view, machine));
  return {
    provider: settings,
    group: group?.launches === true ? group : { ...unlaunched, desiredCapacity: instances.length },
    instances,
    waiting: [...deps.waiting.kindsOf(place)].flatMap(([kind, count]) => {
      for (const task of view.tasks.by('waiting', `${place}/${kind}`)) return [groupOf(task, count)];
      return [];
    }),
  };
}

/** Bounds of a group whose machines somebody else starts. */
const unlaunched = { launches: false, minSize: 0, maxSize: Number.MAX_SAFE_INTEGER };

function instanceOf(view: RoadsteadView, { instance, protectedFromScaleIn, endingSince }: GroupMachine): GroupInstance {
  const { cpuUnits, memoryMiB, gpuIds } = instance.resources;
  return {
    arn: instance.containerInstanceArn,
    registeredAt: instance.registeredAt,
    cpuUnits,
    memoryMiB,
    gpuCount: gpuIds.length,
    interfaces: interfaceLimitOf(instance) ?? Number.POSITIVE_INFINITY,
    busy: hasOtherThanDaemons(view, instance.containerInstanceArn),
    draining: instance.status === 'DRAINING',
    protectedFromScaleIn,
    ...(endingSince === undefined ? {} : { endingSince }),
  };
}

function groupOf(task: Task, count: number): WaitingGroup {
  const { reserves, placementConstraints } = task;
  const { cpuUnits, memoryMiB, gpuCount, tcpPorts, udpPorts } = reserves;
  const alone =
    tcpPorts.length + udpPorts.length > 0 || placementConstraints.some(({ type }) => type === 'distinctInstance');
  return { count, cpuUnits, memoryMiB, gpuCount, interfaces: holdsInterface(task) ? 1 : 0, alone };
}
