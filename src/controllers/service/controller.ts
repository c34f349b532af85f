import { type Clock, Ids, type Instant, type Random } from '#base';
import {
  acceptsTasks,
  attributeValue,
  type ClusterArn,
  type ContainerInstance,
  holdsResources,
  isTerminal,
  requestStop,
  type Service,
  type ServiceArn,
  type Task,
} from '#model';
import type { HostIndex } from '#scheduler';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView, Totals } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { tellService } from '../service-events.ts';
import type { AlarmStates } from './alarms.ts';
import { decideService } from './decide.ts';
import type { ServiceDecision } from './decision.ts';
import { openTasksPerRestMs, wokenPerFreedHost } from './limits.ts';
import { ZoneWatch } from './rebalancing/index.ts';
import type { ServiceSettings } from './settings.ts';
import type { TrafficShift } from './stages/index.ts';
import { serviceView } from './view.ts';

export interface ServiceControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly hosts: HostIndex;
  readonly alarms: AlarmStates;
  readonly traffic: TrafficShift;
  readonly totals: Pick<Totals, 'services' | 'waiting'>;
}

/** Keeps every service at its desired count. Keys are service ARNs. */
export class ServiceController implements Controller {
  readonly name = 'service';
  readonly lanes = 256;
  readonly #settings: ServiceSettings;
  readonly #deps: ServiceControllerDeps;
  readonly #ids: Ids;
  /** Services that wait for room, by where. A hint to look sooner: they look again by themselves in any case. */
  readonly #starved = new Map<string, Set<ServiceArn>>();
  readonly #zones = new ZoneWatch();

  constructor(settings: ServiceSettings, deps: ServiceControllerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'services') {
      if (change.after !== undefined) yield change.key;
    } else if (change.table === 'tasks') {
      const task = change.after ?? change.before;
      if (task?.serviceArn !== undefined && concernsService(change.before, change.after)) yield task.serviceArn;
      if (freesHost(change.before, change.after)) {
        yield* this.#nextStarved(poolOf(change.before));
        yield* this.#daemonsThatWait(change.before);
      }
    } else if (change.table === 'serviceDeployments') {
      const { after } = change;
      if (after !== undefined && !isTerminal(after.status)) yield after.serviceArn;
    } else if (change.table === 'taskSets') {
      if (change.after !== undefined) yield change.after.serviceArn;
    } else if (change.table === 'targets') {
      const { serviceArn } = change.after ?? change.before ?? {};
      if (serviceArn !== undefined && change.before?.health !== change.after?.health) yield serviceArn;
    } else if (change.table === 'containerInstances') {
      yield* this.#servicesAt(change.before, change.after);
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const service of view.services.all()) {
      if (service.status !== 'INACTIVE') yield service.serviceArn;
    }
    yield* view.serviceDeployments.values('open');
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock, random, alarms, traffic } = this.#deps;
    const serviceArn = key as ServiceArn;
    const decided = await store.update('service', (tx) => {
      const view = serviceView(tx, serviceArn, this.#deps);
      if (view === undefined) return undefined;
      const now = clock.now();
      const decision = decideService(view, { now, random, ids: this.#ids, settings: this.#settings, alarms, traffic });
      applyServiceDecision(tx, decision, view.service, { now, ids: this.#ids });
      return decision;
    });
    this.#note(serviceArn, decided);
    return decided?.wakeAt;
  }

  /** A look reads every open task: a large service is looked at less often, small ones at once. */
  restMs(key: string): number {
    return Math.floor(this.#deps.store.view.tasks.count('serviceOpen', key) / openTasksPerRestMs);
  }

  /** Remembers at the end of the line who waits for room, and which zones were compared. */
  #note(serviceArn: ServiceArn, decision: ServiceDecision | undefined): void {
    const pool = decision === undefined ? undefined : servicePool(decision.service);
    this.#zones.note(serviceArn, pool ?? '', decision?.zones);
    for (const waiting of this.#starved.values()) waiting.delete(serviceArn);
    if (pool === undefined || decision?.starved !== true) return;
    const waiting = this.#starved.get(pool) ?? new Set();
    this.#starved.set(pool, waiting.add(serviceArn));
  }

  *#nextStarved(pool: string | undefined): Iterable<ServiceArn> {
    if (pool !== undefined) yield* (this.#starved.get(pool) ?? new Set<ServiceArn>()).values().take(wokenPerFreedHost);
  }

  /** On a host that drains, daemons stop when everything else is gone. */
  *#daemonsThatWait(gone: Task | undefined): Iterable<ServiceArn> {
    const { view } = this.#deps.store;
    if (gone?.hostArn === undefined || view.containerInstances.find(gone.hostArn)?.status !== 'DRAINING') return;
    for (const { serviceArn } of view.services.by('daemons', gone.clusterArn)) yield serviceArn;
  }

  /** Those with tasks on the host, and daemons; if it takes tasks now and did not, those that may want it, too. */
  *#servicesAt(before: ContainerInstance | undefined, after: ContainerInstance | undefined): Iterable<ServiceArn> {
    const instance = after ?? before;
    if (instance === undefined || !concernsTasks(before, after)) return;
    const { view } = this.#deps.store;
    for (const task of view.tasks.by('host', instance.containerInstanceArn)) {
      if (task.serviceArn !== undefined) yield task.serviceArn;
    }
    for (const { serviceArn } of view.services.by('daemons', instance.clusterArn)) yield serviceArn;
    if (after === undefined || !acceptsTasks(after)) return;
    const pool = instancePool(after);
    yield* this.#starved.get(pool) ?? [];
    const zone = attributeValue(after, 'ecs.availability-zone');
    if (zone !== undefined) yield* this.#zones.without(pool, (zones) => isAmong(zones, zone, pool));
  }
}

/** Writes a decision. Events are kept to the newest hundred. */
export function applyServiceDecision(
  tx: RoadsteadTx,
  decision: ServiceDecision,
  before: Service,
  context: { readonly now: Instant; readonly ids: Ids },
): void {
  const { now } = context;
  for (const task of decision.counted) tx.tasks.put({ ...task, countedAt: now });
  for (const { task, reason } of decision.stops) {
    const stopping = requestStop(task, { stopCode: 'ServiceSchedulerInitiated', reason, at: now });
    tx.tasks.put({ ...stopping, countedAt: now });
  }
  for (const task of decision.starts) tx.tasks.put(task);
  if (decision.service !== before) tx.services.put(decision.service);
  for (const taskSet of decision.taskSets?.put ?? []) tx.taskSets.put(taskSet);
  for (const arn of decision.taskSets?.removed ?? []) tx.taskSets.delete(arn);
  for (const moved of decision.serviceDeployments) tx.serviceDeployments.put(moved);
  for (const settled of decision.revisions) tx.serviceRevisions.put(settled);
  tellService(tx, before, decision.events, context);
}

/** Where a service waits for room: its cluster, or the Fargate pool. */
function servicePool(service: Pick<Service, 'launchType' | 'clusterArn'>): string {
  return service.launchType === 'FARGATE' ? fargatePool : service.clusterArn;
}

const fargatePool = 'fargate';

function instancePool(instance: { readonly pool?: 'fargate'; readonly clusterArn: ClusterArn }): string {
  return instance.pool === undefined ? instance.clusterArn : fargatePool;
}

/** Fargate's hosts serve the zones of their letter. */
function isAmong(zones: readonly string[], zone: string, pool: string): boolean {
  return pool === fargatePool ? zones.some((name) => name.at(-1) === zone.at(-1)) : zones.includes(zone);
}

function poolOf(task: Task | undefined): string | undefined {
  return task === undefined ? undefined : servicePool(task);
}

function freesHost(before: Task | undefined, after: Task | undefined): boolean {
  return before !== undefined && holdsResources(before) && (after === undefined || !holdsResources(after));
}

/** Whether a decision could see a difference: what an agent adds of images and addresses makes none. */
function concernsService(before: Task | undefined, after: Task | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return (
    before.desiredStatus !== after.desiredStatus ||
    before.lastStatus !== after.lastStatus ||
    before.healthStatus !== after.healthStatus ||
    before.startedAt !== after.startedAt ||
    before.countedAt !== after.countedAt ||
    before.protectedUntil !== after.protectedUntil ||
    before.hostArn !== after.hostArn ||
    before.deploymentId !== after.deploymentId
  );
}

function concernsTasks(before: ContainerInstance | undefined, after: ContainerInstance | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return (
    before.status !== after.status ||
    before.lostAt !== after.lostAt ||
    before.agentConnected !== after.agentConnected ||
    before.awaitsDaemons !== after.awaitsDaemons ||
    before.attributes !== after.attributes ||
    before.resources !== after.resources
  );
}
