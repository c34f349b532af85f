import type { ContainerInstanceArn } from '#model';
import { FilterChain } from './filters/chain.ts';
import type { Shelf } from './hosts/arrangement.ts';
import type { HostPool } from './hosts/host-pool.ts';
import { passes } from './hosts/verdicts.ts';
import { byZone } from './scorers/plan.ts';
import type { PlacementRequest } from './types.ts';
import { zoneLetter } from './zone-letter.ts';

/**
 * The zones, by name, with a host that takes such a task by what it is: ACTIVE, connected, with its attributes, within
 * its constraints. Whether it has room does not matter. On Fargate only zones of the subnets, told apart by letter.
 * Costs a look at one host of each zone, mostly.
 */
export function zonesFor(pool: HostPool, request: PlacementRequest): readonly string[] {
  pool.refresh();
  const chain = new FilterChain(request, pool.parse);
  const verdicts = pool.verdicts(chain.shape, (host) => chain.judgeRecord(host)?.stage);
  const taken = (slot: number): boolean => verdicts.stage(slot, pool.viewAt) === passes;
  const names = [...byZone(pool, request.launchType).shelves()].flatMap((shelf) => {
    const name = nameOf(shelf, request);
    return name !== undefined && some(shelf, taken) ? [name] : [];
  });
  return names.sort();
}

/** The zone that a host of the pool is in, by its name among `zones` if it is one of them; `undefined` without one. */
export function zoneAt(
  pool: HostPool,
  launchType: PlacementRequest['launchType'],
  zones: readonly string[],
  hostArn: ContainerInstanceArn,
): string | undefined {
  const zone = pool.find(hostArn)?.availabilityZone ?? '';
  if (zone === '') return undefined;
  if (launchType !== 'FARGATE') return zone;
  return zones.find((name) => zoneLetter(name) === zoneLetter(zone)) ?? zone;
}

/**
 * How many tasks of a group there are, on hosts of the pool, and how many in each of the zones: whatever holds resources,
 * tasks that are stopping too. Costs a look at each host that has some.
 */
export function groupByZone(
  pool: HostPool,
  { launchType, group }: Pick<PlacementRequest, 'launchType' | 'group'>,
  zones: readonly string[],
): { readonly total: number; readonly counts: ReadonlyMap<string, number> } {
  const arrangement = byZone(pool, launchType);
  const nameOfKey = new Map(zones.map((zone) => [launchType === 'FARGATE' ? zoneLetter(zone) : zone, zone]));
  const counts = new Map<string, number>();
  let total = 0;
  for (const [slot, tasks] of pool.tasksOf(group)) {
    total += tasks;
    const zone = nameOfKey.get(arrangement.shelfOf(slot)?.key ?? '');
    if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + tasks);
  }
  return { total, counts };
}

function nameOf({ key }: Shelf, { launchType, zones }: PlacementRequest): string | undefined {
  if (key === undefined || key === '') return undefined;
  if (launchType !== 'FARGATE') return key;
  return zones?.find((zone) => zoneLetter(zone) === key);
}

function some({ rows }: Shelf, test: (slot: number) => boolean): boolean {
  for (const row of rows) for (let index = 0; index < row.length; index++) if (test(row.at(index))) return true;
  return false;
}
