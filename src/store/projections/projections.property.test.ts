import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '#base';
import {
  gpuIdsOf,
  holdsResources,
  isPending,
  isRunning,
  type LaunchType,
  type Task,
  waitingKind,
  waitingPlace,
  waitsForInstance,
} from '#model';
import { MemoryDisk, MemoryJournal } from '../backends/memory.ts';
import { openStore } from '../open-store.ts';
import { type RoadsteadStore, type RoadsteadTx, schema } from '../schema.ts';
import {
  anyInstance,
  anyService,
  anyTask,
  aTask,
  clusterOf,
  clusters,
  hosts,
  services,
} from '../test-support/records.ts';
import { ClusterCounts, InstanceLoads, ServiceCounts, WaitingTasks } from './index.ts';

/** The schema without its checks: these stories put tasks in any order of statuses. */
const { check: _, ...tasks } = schema.tasks;
const anyOrder = { ...schema, tasks };

interface Totals {
  readonly loads: InstanceLoads;
  readonly serviceCounts: ServiceCounts;
  readonly clusterCounts: ClusterCounts;
  readonly waiting: WaitingTasks;
}

function newTotals(): Totals {
  return {
    loads: new InstanceLoads(),
    serviceCounts: new ServiceCounts(),
    clusterCounts: new ClusterCounts(),
    waiting: new WaitingTasks(),
  };
}

async function open(totals: Totals, disk: MemoryDisk): Promise<RoadsteadStore> {
  const projections = Object.values(totals);
  return openStore(anyOrder, { journal: new MemoryJournal(disk), logger: silentLogger, projections });
}

function shown(totals: Totals): unknown {
  return structuredClone({
    loads: hosts.map((host) => totals.loads.of(host)),
    known: [...totals.loads.hosts()].toSorted(),
    services: services.map((service) => totals.serviceCounts.of(service)),
    clusters: clusters.map((name) => totals.clusterCounts.of(clusterOf(name))),
    waiting: clusters.map((name) => totals.waiting.countOf(clusterOf(name))),
    places: new Map([...totals.waiting.places()].toSorted().map((place) => [place, totals.waiting.kindsOf(place)])),
  });
}

function tally<K>(keys: readonly K[]): Map<K, number> {
  return new Map(keys.map((key) => [key, keys.filter((other) => other === key).length]));
}

function sum(tasks: readonly Task[], of: (task: Task) => number): number {
  return tasks.reduce((total, task) => total + of(task), 0);
}

function byLaunchType(records: readonly { readonly launchType: LaunchType }[]): Record<LaunchType, number> {
  const count = (type: LaunchType): number => records.filter(({ launchType }) => launchType === type).length;
  return { EC2: count('EC2'), FARGATE: count('FARGATE'), EXTERNAL: count('EXTERNAL') };
}

/** The same totals by the plainest means: filters and sums over the tables. */
function recount({ view }: RoadsteadStore): unknown {
  const tasks = [...view.tasks.all()];
  const holding = tasks.filter(holdsResources);
  const loadOf = (host: string): unknown => {
    const here = holding.filter(({ hostArn }) => hostArn === host);
    const wanted = here.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    return {
      tasks: here.length,
      cpuUnits: sum(here, ({ reserves }) => reserves.cpuUnits),
      memoryMiB: sum(here, ({ reserves }) => reserves.memoryMiB),
      gpuCount: sum(here, ({ reserves }) => reserves.gpuCount),
      gpuIds: tally(here.filter(({ reserves }) => reserves.gpuCount > 0).flatMap(gpuIdsOf)),
      tcpPorts: tally(here.flatMap(({ reserves }) => reserves.tcpPorts)),
      udpPorts: tally(here.flatMap(({ reserves }) => reserves.udpPorts)),
      interfaces: here.filter(({ attachment }) => attachment !== undefined && attachment.status !== 'DELETED').length,
      runningTasks: wanted.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      pendingTasks: wanted.filter((task) => isPending(task)).length,
      tasksByGroup: tally(here.map(({ group }) => group)),
    };
  };
  return {
    loads: hosts.map(loadOf),
    known: hosts.filter((host) => holding.some(({ hostArn }) => hostArn === host)).toSorted(),
    services: services.map((service) => serviceCount(holding.filter(({ serviceArn }) => serviceArn === service))),
    clusters: clusters.map((name) => clusterCount(view, clusterOf(name))),
    ...waitingCounts(tasks.filter(waitsForInstance)),
  };
}

function waitingCounts(waiting: readonly Task[]): object {
  const places = [...new Set(waiting.map(waitingPlace))].toSorted();
  return {
    waiting: clusters.map((name) => waiting.filter(({ clusterArn }) => clusterArn === clusterOf(name)).length),
    places: new Map(
      places.map((place) => [place, tally(waiting.filter((task) => waitingPlace(task) === place).map(waitingKind))]),
    ),
  };
}

function serviceCount(tasks: readonly Task[]): unknown {
  const count = (of: readonly Task[]) => ({
    running: of.filter(isRunning).length,
    pending: of.filter(isPending).length,
  });
  const ids = [...new Set(tasks.map(({ deploymentId }) => deploymentId))];
  const ofDeployment = (id: unknown): readonly Task[] => tasks.filter(({ deploymentId }) => deploymentId === id);
  return {
    ...count(tasks),
    byDeployment: new Map(ids.map((id) => [id, { ...count(ofDeployment(id)), total: ofDeployment(id).length }])),
  };
}

function clusterCount(view: RoadsteadStore['view'], arn: string): unknown {
  const tasks = [...view.tasks.all()].filter(({ clusterArn }) => clusterArn === arn);
  const inCluster = [...view.services.all()].filter(({ clusterArn }) => clusterArn === arn);
  const instances = [...view.containerInstances.all()].filter(({ clusterArn }) => clusterArn === arn);
  const active = inCluster.filter(({ status }) => status === 'ACTIVE');
  const draining = inCluster.filter(({ status }) => status === 'DRAINING');
  return {
    running: tasks.filter(isRunning).length,
    pending: tasks.filter(isPending).length,
    runningByLaunchType: byLaunchType(tasks.filter(isRunning)),
    pendingByLaunchType: byLaunchType(tasks.filter(isPending)),
    activeServices: active.length,
    drainingServices: draining.length,
    activeServicesByLaunchType: byLaunchType(active),
    drainingServicesByLaunchType: byLaunchType(draining),
    registeredInstances: instances.filter(({ status }) => status !== 'INACTIVE').length,
  };
}

/** What the totals keep for themselves is none of the comparison's business, when it is zero or absent alike. */
function comparable(totals: Totals): unknown {
  const view = shown(totals) as { services: object[]; clusters: object[] };
  for (const count of view.services) delete (count as { tasks?: number }).tasks;
  for (const count of view.clusters) delete (count as { members?: number }).members;
  return view;
}

const change = fc.oneof(
  { weight: 4, arbitrary: anyTask.map((record) => (tx: RoadsteadTx) => tx.tasks.put(record)) },
  {
    weight: 1,
    arbitrary: anyTask.map(
      ({ taskArn }) =>
        (tx: RoadsteadTx) =>
          tx.tasks.delete(taskArn),
    ),
  },
  { weight: 1, arbitrary: anyService.map((record) => (tx: RoadsteadTx) => tx.services.put(record)) },
  {
    weight: 1,
    arbitrary: anyService.map(
      ({ serviceArn }) =>
        (tx: RoadsteadTx) =>
          tx.services.delete(serviceArn),
    ),
  },
  { weight: 1, arbitrary: anyInstance.map((record) => (tx: RoadsteadTx) => tx.containerInstances.put(record)) },
);
const changes = fc.array(change, { maxLength: 40, size: 'max' });

describe('projections', () => {
  it('equal a recount from the tables, and a fresh start finds the same', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (made) => {
        const disk = new MemoryDisk();
        const totals = newTotals();
        const store = await open(totals, disk);
        for (const one of made) await store.update('test', one);
        expect(comparable(totals)).toEqual(recount(store));
        await store.close();
        const fresh = newTotals();
        await (await open(fresh, disk)).close();
        expect(shown(fresh)).toEqual(shown(totals));
      }),
    );
  });

  it('are undone exactly by applying the exchanged change: a refused transaction leaves no trace', async () => {
    await fc.assert(
      fc.asyncProperty(changes, changes, fc.boolean(), async (kept, refused, byJournal) => {
        const disk = new MemoryDisk();
        const totals = newTotals();
        const store = await open(totals, disk);
        await store.update('test', (tx) => {
          for (const one of kept) one(tx);
        });
        const before = shown(totals);
        if (byJournal) disk.failNextAppend('full');
        const attempt = store.update('test', (tx) => {
          for (const one of refused) one(tx);
          tx.tasks.put(aTask('always'));
          if (!byJournal) throw new Error('refused');
        });
        await expect(attempt).rejects.toThrow();
        expect(shown(totals)).toEqual(before);
      }),
    );
  });

  it('give empty totals for what nothing is known of', () => {
    const totals = newTotals();
    expect(totals.loads.of(hosts[0]!)).toMatchObject({ cpuUnits: 0, runningTasks: 0, interfaces: 0 });
    expect(totals.serviceCounts.of(services[0]!)).toEqual({ running: 0, pending: 0, byDeployment: new Map() });
    expect(totals.clusterCounts.of(clusterOf('east')).registeredInstances).toBe(0);
  });
});
