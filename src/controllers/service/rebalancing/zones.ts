import type { Instant } from '#base';
import { type ContainerInstanceArn, type Deployment, isProtected, type Task } from '#model';
import { groupByZone, zoneAt, zonesFor } from '#scheduler';
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

/**
 * How many of the service's healthy tasks are in each of the zones. Every look at a steady service asks: mostly its hosts
 * alone are counted, for where they have no more tasks of its group than there are healthy ones, they have just these.
 */
export function tasksIn(
  view: ServiceView,
  { launchType }: Pick<Deployment, 'launchType'>,
  zones: readonly string[],
  healthy: readonly Task[],
): readonly ZoneTasks[] {
  const pool = view.hosts(launchType);
  const group = `service:${view.service.serviceName}`;
  const { total, counts } = groupByZone(pool, { launchType, group }, zones);
  if (total === healthy.length) return zones.map((zone) => ({ zone, tasks: counts.get(zone) ?? 0 }));
  const tasksByZone = byZone(view, { launchType }, zones, healthy);
  return zones.map((zone) => ({ zone, tasks: tasksByZone.get(zone)?.length ?? 0 }));
}

/** The tasks by the zone of their hosts: all of `zones`, and others that have some. */
export function byZone(
  view: ServiceView,
  { launchType }: Pick<Deployment, 'launchType'>,
  zones: readonly string[],
  tasks: readonly Task[],
): ReadonlyMap<string, readonly Task[]> {
  const pool = view.hosts(launchType);
  const found = new Map<string, Task[]>(zones.map((zone) => [zone, []]));
  const zoneOfHost = new Map<ContainerInstanceArn, string | undefined>();
  for (const task of tasks) {
    const { hostArn } = task;
    if (hostArn === undefined) continue;
    if (!zoneOfHost.has(hostArn)) zoneOfHost.set(hostArn, zoneAt(pool, launchType, zones, hostArn));
    const zone = zoneOfHost.get(hostArn);
    if (zone === undefined) continue;
    const list = found.get(zone);
    if (list === undefined) found.set(zone, [task]);
    else list.push(task);
  }
  return found;
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
