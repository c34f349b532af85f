import { attributeValue, type PlacementStrategy } from '#model';
import type { Arrangement, Resource, ShelfKey } from '../hosts/arrangement.ts';
import type { HostPool } from '../hosts/host-pool.ts';
import type { PlacementRequest } from '../types.ts';
import { zoneLetter } from '../zone-letter.ts';
import { Binpack } from './binpack.ts';
import { MostRoom } from './fargate.ts';
import type { Scorer } from './scorer.ts';
import { SpreadOverAttribute, SpreadOverInstances, spreadAttribute } from './spread.ts';

/**
 * How the hosts of a pool are gone through for one request. Shelves come first, those with the fewest tasks of the
 * group before the others; on them, the scorers decide.
 */
export interface Plan {
  readonly arrangement: Arrangement;
  /** What the arrangement is ordered by. */
  readonly resource: Resource;
  /** Tasks of the group by slot, the search counting those it places; empty when no strategy spreads. */
  readonly tasks: Map<number, number>;
  /** The shelves to be preferred before any other; all when absent. */
  readonly prefers?: (key: string | undefined) => boolean;
  /** First counts first. */
  readonly scorers: readonly Scorer[];
  /**
   * `packed`: from the least that is enough upwards, the first scorer getting worse. `roomy`: from the most downwards,
   * `bound` telling the best that this host and those after it may score. `drawn`: nothing or `spread` over instances
   * decides, so that a host drawn blindly is likely as good as any. `whole`: every host with enough is looked at.
   */
  readonly walk: 'packed' | 'roomy' | 'drawn' | 'whole';
  readonly bound: (slot: number) => number;
}

/** The plan of a request, as its launch type has it: Fargate takes no strategies. */
export function planOf(pool: HostPool, request: PlacementRequest): Plan {
  return request.launchType === 'FARGATE' ? fargatePlan(pool, request) : strategyPlan(pool, request);
}

function strategyPlan(pool: HostPool, request: PlacementRequest): Plan {
  const strategies = untilRandom(request.strategies);
  const [first] = strategies;
  const attribute = first?.type === 'spread' ? spreadAttribute(first.field) : undefined;
  const rest = attribute === undefined ? strategies : strategies.slice(1);
  const tasks = strategies.some(({ type }) => type === 'spread')
    ? pool.tasksOf(request.group)
    : new Map<number, number>();
  const scorers = rest.map((strategy) => scorerOf(pool, tasks, strategy));
  const [next] = rest;
  const resource = next?.type === 'binpack' ? next.field : 'memory';
  const free = pool.free(resource);
  return {
    arrangement:
      attribute === undefined
        ? pool.arrangement('all', () => undefined, resource)
        : pool.arrangement(`by ${attribute}`, (instance) => attributeValue(instance, attribute), resource),
    resource,
    tasks,
    scorers,
    walk: walkOf(rest),
    bound: (slot) => free[slot] ?? 0,
  };
}

/** `random` takes any candidate and so leaves nothing for later strategies to choose. */
function untilRandom(strategies: readonly PlacementStrategy[]): readonly PlacementStrategy[] {
  const random = strategies.findIndex(({ type }) => type === 'random');
  return random < 0 ? strategies : strategies.slice(0, random);
}

function scorerOf(pool: HostPool, tasks: ReadonlyMap<number, number>, strategy: PlacementStrategy): Scorer {
  if (strategy.type !== 'spread') return new Binpack(pool, strategy.type === 'binpack' ? strategy.field : 'memory');
  const name = spreadAttribute(strategy.field);
  return name === undefined ? new SpreadOverInstances(tasks) : new SpreadOverAttribute(pool, tasks, name);
}

function walkOf([first, ...others]: readonly PlacementStrategy[]): Plan['walk'] {
  if (first === undefined) return 'drawn';
  if (first.type === 'binpack') return 'packed';
  const overInstances = first.type === 'spread' && spreadAttribute(first.field) === undefined;
  return overInstances && others.length === 0 ? 'drawn' : 'whole';
}

/** Fargate's own: the subnets' zones, told apart by their letter, regions aside, evenly; there the host with most room. */
function fargatePlan(pool: HostPool, request: PlacementRequest): Plan {
  const letters = new Set(request.zones?.map(zoneLetter));
  const mostRoom = new MostRoom(pool, request.reserves);
  return {
    arrangement: byZone(pool, 'FARGATE'),
    resource: 'memory',
    tasks: pool.tasksOf(request.group),
    ...(request.zones === undefined ? {} : { prefers: (letter) => letters.has(letter ?? '') }),
    scorers: [mostRoom],
    walk: 'roomy',
    bound: (slot) => mostRoom.bound(slot),
  };
}

/** The hosts by their zones, as those of a launch type tell zones apart; without a zone when the key is empty or none. */
export function byZone(pool: HostPool, launchType: PlacementRequest['launchType']): Arrangement {
  if (launchType === 'FARGATE') return pool.arrangement('by zone letter', letterOf, 'memory');
  return pool.arrangement(`by ${zoneAttribute}`, (instance) => attributeValue(instance, zoneAttribute), 'memory');
}

const zoneAttribute = 'ecs.availability-zone';

const letterOf: ShelfKey = (instance) => zoneLetter(attributeValue(instance, zoneAttribute) ?? '');
