import type { Instant } from '#base';
import { type ContainerInstanceArn, type Deployment, isProtected, type Task } from '#model';
import { zoneAt, zonesFor } from '#scheduler';
import { placementFor } from '../starts.ts';
import type { ServiceView } from '../view.ts';
import type { ZoneCount } from './moves.ts';

/** How many tasks a zone has. */
export interface ZoneTasks {
  readonly zone: string;
  readonly tasks: number;
}

/** Where a deployment's tasks may be, by capacity provider, `''` without one. Fargate's providers share their hosts. */
export type ZonesByProvider = ReadonlyMap<string, readonly string[]>;

/** The zones with a host on which tasks of the deployment belong. */
export function zonesByProvider(view: ServiceView, deployment: Deployment): ZonesByProvider {
  const names = providersOf(deployment);
  const hosts = view.hosts(deployment.launchType);
  const zonesOf = (name: string): readonly string[] => {
    const ofInstances = name !== '' && deployment.launchType !== 'FARGATE';
    return zonesFor(hosts, placementFor(view, deployment, ofInstances ? { capacityProvider: name } : {}, 1));
  };
  return new Map(names.map((name) => [name, zonesOf(name)]));
}

function providersOf({ capacityProviderStrategy }: Deployment): readonly string[] {
  if (capacityProviderStrategy === undefined) return [''];
  return [...new Set(capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider))];
}

/** All of them, each once, in order of their names. */
export function allZones(zones: ZonesByProvider): readonly string[] {
  return [...new Set([...zones.values()].flat())].sort();
}

/** The tasks by the zone of their hosts: all of `zones`, and others that have some. */
export function byZone(
  view: ServiceView,
  deployment: Pick<Deployment, 'launchType'>,
  zones: readonly string[],
  tasks: readonly Task[],
): Map<string, readonly Task[]> {
  const pool = view.hosts(deployment.launchType);
  const listOfHost = new Map<ContainerInstanceArn, Task[]>();
  const found = new Map<string, Task[]>(zones.map((zone) => [zone, []]));
  for (const task of tasks) {
    if (task.hostArn === undefined) continue;
    const list = listOfHost.get(task.hostArn) ?? listIn(zoneAt(pool, deployment.launchType, zones, task.hostArn));
    listOfHost.set(task.hostArn, list);
    list.push(task);
  }
  return found;

  function listIn(zone: string | undefined): Task[] {
    const list = found.get(zone ?? '') ?? [];
    if (zone !== undefined) found.set(zone, list);
    return list;
  }
}

/** The same, of these zones alone. */
export function among(
  tasksByZone: ReadonlyMap<string, readonly Task[]>,
  zones: readonly string[],
): ReadonlyMap<string, readonly Task[]> {
  return new Map(zones.map((zone) => [zone, tasksByZone.get(zone) ?? []]));
}

export function countsOf(tasksByZone: ReadonlyMap<string, readonly Task[]>, now: Instant): readonly ZoneCount[] {
  return [...tasksByZone].map(([zone, tasks]) => {
    const free = new Map<string, number>();
    for (const task of tasks) {
      const provider = providerOf(task);
      if (!isProtected(task, now)) free.set(provider, (free.get(provider) ?? 0) + 1);
    }
    return { zone, tasks: tasks.length, free };
  });
}

export function providerOf({ capacityProviderName }: Pick<Task, 'capacityProviderName'>): string {
  return capacityProviderName ?? '';
}
