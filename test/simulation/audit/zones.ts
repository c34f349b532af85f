import {
  attributeValue,
  type ContainerInstance,
  isRunning,
  rebalancingObstacle,
  type Service,
  type Task,
} from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

const stopped = 'Availability-zone rebalancing initiated by';
/** Moves of one service that may begin within a minute: each takes the time that a task needs to start, and to settle. */
const movesPerMinute = 30;

/**
 * A move between zones ends only when its tasks run: what stops for it leaves the service at its desired count, and was
 * not of the zone with the fewest. Moves come to an end.
 */
export class Zones implements Check {
  readonly #tasks = new Map<string, Map<string, Task>>();
  /** When the latest moves of each service began. */
  readonly #moves = new Map<string, number[]>();

  keep({ table, key, before, after }: RecordChange): void {
    if (table !== 'tasks') return;
    const { serviceArn } = (after ?? before) as Task;
    if (serviceArn === undefined) return;
    const tasks = this.#tasks.get(serviceArn) ?? new Map<string, Task>();
    this.#tasks.set(serviceArn, tasks);
    if (after === undefined || after.lastStatus === 'STOPPED') tasks.delete(key);
    else tasks.set(key, after as Task);
  }

  check(change: RecordChange, context: CommitContext): void {
    this.#checkRest(change, context);
    this.#checkStop(change, context);
  }

  /** Rebalancing comes to rest: it does not take back what it did. */
  #checkRest({ table, key, before, after }: RecordChange, { elapsedMs }: CommitContext): void {
    const started = after?.rebalancing?.started ?? [];
    if (table !== 'services' || started.length === 0 || started[0] === before?.rebalancing?.started[0]) return;
    const moves = [...(this.#moves.get(key) ?? []), elapsedMs].filter((at) => elapsedMs - at < 60_000);
    this.#moves.set(key, moves);
    if (moves.length <= movesPerMinute) return;
    throw new Violation('zones come to rest', `${key} began ${moves.length} moves within a minute`, [key]);
  }

  #checkStop({ table, key, before, after }: RecordChange, { replica, transaction }: CommitContext): void {
    if (table !== 'tasks' || transaction.writer !== 'service' || before === undefined || after === undefined) return;
    const { serviceArn, stoppedReason, hostArn } = after as Task;
    const stops = before.desiredStatus === 'RUNNING' && after.desiredStatus === 'STOPPED';
    if (!stops || serviceArn === undefined || stoppedReason?.startsWith(stopped) !== true) return;
    const service = replica.table('services').get(serviceArn) as Service;
    const hosts = replica.table('containerInstances');
    const there = [...(this.#tasks.get(serviceArn)?.values() ?? [])].filter((task) => isThere(task, hosts));
    const running = there.filter(isRunning).length;
    if (running < service.desiredCount) {
      const message = `${key} stops, and ${serviceArn} has ${running} of ${service.desiredCount} tasks RUNNING`;
      throw new Violation('a move between zones leaves the service whole', message, [serviceArn, key]);
    }
    // Protected tasks stay where there are too many of them, and with a strategy only some may go.
    if (there.some(({ protectedUntil }) => protectedUntil !== undefined)) return;
    if (service.capacityProviderStrategy !== undefined) return;
    const counts = new Map<string | undefined, number>();
    for (const task of there) {
      const zone = zoneOf(hosts.get(task.hostArn ?? ''));
      counts.set(zone, (counts.get(zone) ?? 0) + 1);
    }
    const zone = zoneOf(hosts.get(hostArn ?? ''));
    const others = [...counts].filter(([name]) => name !== zone).map(([, count]) => count);
    if ((counts.get(zone) ?? 0) + 1 >= Math.min(...others)) return;
    const message = `${key} stops in ${zone}, where ${serviceArn} has fewer tasks than anywhere else`;
    throw new Violation('tasks move from fuller zones to emptier ones', message, [serviceArn, key]);
  }
}

/**
 * How far apart the zones of a service are that rebalancing is to even out, in words; `undefined` when nothing is to be
 * done, or a zone that takes its tasks has no room for one.
 */
export function unevenZones(service: Service, replica: Replica): string | undefined {
  const { desiredCount, deploymentConfiguration, availabilityZoneRebalancing } = service;
  if (availabilityZoneRebalancing === 'DISABLED' || rebalancingObstacle(service) !== undefined) return undefined;
  if (Math.floor((desiredCount * deploymentConfiguration.maximumPercent) / 100) <= desiredCount) return undefined;
  const tasks = [...replica.table('tasks').values()];
  const hosts = replica.table('containerInstances');
  const own = tasks.filter((task) => task.serviceArn === service.serviceArn && isThere(task, hosts));
  const [sample] = own;
  if (sample === undefined) return undefined;
  const zones = new Map<string, { tasks: number; room: boolean }>();
  for (const host of hosts.values()) {
    const zone = zoneOf(host);
    if (zone === undefined || !belongs(service, host, replica)) continue;
    const known = zones.get(zone) ?? { tasks: 0, room: false };
    zones.set(zone, { ...known, room: known.room || fits(sample, host, tasks) });
  }
  for (const task of own) {
    const known = zones.get(zoneOf(hosts.get(task.hostArn ?? '')) ?? '');
    if (known !== undefined) known.tasks++;
  }
  const all = [...zones.values()];
  const counts = all.map((zone) => zone.tasks);
  if (all.some(({ room }) => !room) || Math.max(0, ...counts) - Math.min(...counts) < 2) return undefined;
  return [...zones].map(([zone, known]) => `${known.tasks} in ${zone}`).join(', ');
}

function isThere(task: Task, hosts: ReadonlyMap<string, ContainerInstance>): boolean {
  const host = hosts.get(task.hostArn ?? '');
  const goes = task.desiredStatus !== 'RUNNING' || task.lastStatus === 'STOPPED';
  return !goes && host !== undefined && host.lostAt === undefined;
}

/** The letter: Fargate's hosts serve any region. */
function zoneOf(host: ContainerInstance | undefined): string | undefined {
  return host === undefined ? undefined : attributeValue(host, 'ecs.availability-zone')?.at(-1);
}

/** Whether the service's tasks may be on the host by what it is. */
function belongs(service: Service, host: ContainerInstance, replica: Replica): boolean {
  if (host.status !== 'ACTIVE' || !host.agentConnected || host.lostAt !== undefined) return false;
  const subnets = service.networkConfiguration?.subnets;
  const letters = new Set(
    [...replica.table('subnets').values()]
      .filter(({ subnetId }) => subnets?.includes(subnetId) === true)
      .map(({ availabilityZone }) => availabilityZone.at(-1)),
  );
  if (subnets !== undefined && !letters.has(zoneOf(host))) return false;
  if (service.launchType === 'FARGATE') return host.pool === 'fargate';
  const external = host.attributes.some(({ name }) => name === 'ecs.capability.external');
  if (external || host.pool !== undefined || host.clusterArn !== service.clusterArn) return false;
  const golden = service.placementConstraints.some(({ type }) => type === 'memberOf');
  return !golden || attributeValue(host, 'tier') === 'gold';
}

function fits({ reserves }: Task, host: ContainerInstance, tasks: readonly Task[]): boolean {
  let { cpuUnits, memoryMiB } = host.resources;
  for (const task of tasks) {
    if (task.hostArn !== host.containerInstanceArn || task.lastStatus === 'STOPPED') continue;
    cpuUnits -= task.reserves.cpuUnits;
    memoryMiB -= task.reserves.memoryMiB;
  }
  return cpuUnits >= reserves.cpuUnits && memoryMiB >= reserves.memoryMiB;
}
