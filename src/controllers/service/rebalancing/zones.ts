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

/** The tasks of each zone; those elsewhere are in none. */
export function byZone(
  view: ServiceView,
  deployment: Pick<Deployment, 'launchType'>,
  zones: readonly string[],
  tasks: readonly Task[],
): ReadonlyMap<string, readonly Task[]> {
  const pool = view.hosts(deployment.launchType);
  const zoneOfHost = new Map<ContainerInstanceArn, string | undefined>();
  const found = new Map<string, Task[]>(zones.map((zone) => [zone, []]));
  for (const task of tasks) {
    const { hostArn } = task;
    if (hostArn === undefined) continue;
    if (!zoneOfHost.has(hostArn)) zoneOfHost.set(hostArn, zoneAt(pool, deployment.launchType, zones, hostArn));
    found.get(zoneOfHost.get(hostArn) ?? '')?.push(task);
  }
  return found;
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
