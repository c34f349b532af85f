import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeededRandom } from '#base';
import type { ClusterArn, ContainerInstance, ContainerInstanceArn, LaunchType, PlacementStrategy, Task } from '#model';
import { gpuIdsOf, holdsInterface, holdsResources } from '#model';
import { type HostLoad, hostView } from '../host-view.ts';
import { placeTasks } from '../pipeline.ts';
import { hostArn, request } from '../test-support/hosts.ts';
import { afterTask, bestHosts } from '../test-support/oracle.ts';
import type { HostView, PlacementRequest } from '../types.ts';
import { HostIndex } from './host-index.ts';

const east = 'arn:aws:ecs:us-east-1:000000000000:cluster/east' as ClusterArn;
const platform = 'arn:aws:ecs:us-east-1:999999999999:cluster/fargate' as ClusterArn;
const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

/** Even hosts are of a cluster, every third one of the Fargate pool; more than a pool has room for at first. */
const ids = Array.from({ length: 30 }, (_, index) => index);
const isFargate = (id: number): boolean => id % 3 === 0;
const launchTypeAt = (id: number): LaunchType => (isFargate(id) ? 'FARGATE' : 'EC2');

/** Tables as the store has them, with loads summed up from the tasks. */
class Tables {
  readonly instances = new Map<string, ContainerInstance>();
  readonly tasks = new Map<string, Task>();
  readonly index = new HostIndex({ of: (arn) => this.#load(arn) });
  readonly #done: { table: 'containerInstances' | 'tasks'; key: string; before: unknown; after: unknown }[] = [];

  set(table: 'containerInstances' | 'tasks', key: string, after: unknown): void {
    const records: Map<string, unknown> = table === 'tasks' ? this.tasks : this.instances;
    this.#done.push({ table, key, before: records.get(key), after });
    this.#write(this.#done.at(-1)!);
  }

  /** Takes everything back that came after so many changes, the last one first. */
  undoTo(length: number): void {
    while (this.#done.length > length) {
      const { before, after, ...rest } = this.#done.pop()!;
      this.#write({ ...rest, before: after, after: before });
    }
  }

  get changes(): number {
    return this.#done.length;
  }

  /** The hosts of a pool by the tables alone. */
  views(launchType: LaunchType): readonly HostView[] {
    return [...this.instances.values()]
      .filter(({ status, pool }) => status !== 'INACTIVE' && (pool !== undefined) === (launchType === 'FARGATE'))
      .map((instance) => hostView(instance, this.#load(instance.containerInstanceArn)));
  }

  #write(change: { table: 'containerInstances' | 'tasks'; key: string; before: unknown; after: unknown }): void {
    const records: Map<string, unknown> = change.table === 'tasks' ? this.tasks : this.instances;
    if (change.after === undefined) records.delete(change.key);
    else records.set(change.key, change.after);
    this.index.apply(change);
  }

  #load(arn: ContainerInstanceArn): HostLoad {
    const here = [...this.tasks.values()].filter((task) => task.hostArn === arn && holdsResources(task));
    const sum = (of: (task: Task) => number): number => here.reduce((total, task) => total + of(task), 0);
    const tally = <K>(keys: readonly K[]): Map<K, number> =>
      new Map(keys.map((key) => [key, keys.filter((other) => other === key).length]));
    return {
      cpuUnits: sum(({ reserves }) => reserves.cpuUnits),
      memoryMiB: sum(({ reserves }) => reserves.memoryMiB),
      gpuCount: sum(({ reserves }) => reserves.gpuCount),
      gpuIds: tally(here.flatMap(({ containers = [] }: Partial<Task>) => gpuIdsOf({ containers }))),
      tcpPorts: tally(here.flatMap(({ reserves }) => reserves.tcpPorts)),
      udpPorts: tally(here.flatMap(({ reserves }) => reserves.udpPorts)),
      interfaces: here.filter(holdsInterface).length,
      runningTasks: sum(({ lastStatus, desiredStatus }) =>
        lastStatus === 'RUNNING' && desiredStatus === 'RUNNING' ? 1 : 0,
      ),
      tasksByGroup: tally(here.map(({ group }) => group)),
    };
  }
}

type Step = (tables: Tables) => void;

const group = fc.constantFrom('service:web', 'service:api', 'family:job');
const reserves = fc.record({
  cpuUnits: fc.constantFrom(0, 100, 128, 300),
  memoryMiB: fc.constantFrom(64, 100, 512),
  tcpPorts: fc.constantFrom([], [], [], [80]),
  udpPorts: fc.constantFrom([], [], [], [53]),
  gpuCount: fc.constantFrom(0, 0, 0, 1),
});

const instance = fc.record({
  id: fc.constantFrom(...ids),
  status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'DRAINING', 'INACTIVE'),
  agentConnected: fc.constantFrom(true, true, true, false),
  cpuUnits: fc.constantFrom(200, 512, 1024),
  memoryMiB: fc.constantFrom(200, 512, 1024),
  zone: fc.constantFrom(...zones),
  rack: fc.constantFrom('1', '2', undefined),
  gpuIds: fc.constantFrom([], ['g0', 'g1']),
  external: fc.constantFrom(false, false, false, true),
  type: fc.constantFrom(undefined, 'c5.large', 't3.nano'),
});

const putInstance = instance.map(({ id, zone, rack, external, type, cpuUnits, memoryMiB, gpuIds, ...rest }): Step => {
  const record = {
    ...rest,
    containerInstanceArn: hostArn(`h${id}`),
    clusterArn: isFargate(id) ? platform : east,
    ...(isFargate(id) ? { pool: 'fargate' } : {}),
    ec2InstanceId: `i-${id}`,
    resources: { cpuUnits, memoryMiB, gpuIds, reservedTcpPorts: [22], reservedUdpPorts: [] },
    attributes: [
      { name: 'ecs.availability-zone', value: zone },
      ...(rack === undefined ? [] : [{ name: 'rack', value: rack }]),
      ...(type === undefined ? [] : [{ name: 'ecs.instance-type', value: type }]),
      ...(external && !isFargate(id) ? [{ name: 'ecs.capability.external' }] : []),
    ],
    versionInfo: {},
    registeredAt: 1,
  };
  return (tables) => tables.set('containerInstances', record.containerInstanceArn, record);
});

const task = fc.record({
  key: fc.nat(40),
  host: fc.constantFrom(...ids),
  group,
  reserves,
  attachment: fc.constantFrom(undefined, { status: 'ATTACHED' }, { status: 'DELETED' }),
  lastStatus: fc.constantFrom('PENDING', 'RUNNING', 'STOPPED'),
  desiredStatus: fc.constantFrom('RUNNING', 'STOPPED'),
});

const putTask = task.map(({ key, host, ...rest }): Step => {
  const record = { ...rest, hostArn: hostArn(`h${host}`), launchType: launchTypeAt(host), clusterArn: east };
  return (tables) => tables.set('tasks', `t${key}`, record);
});

const changeTask = fc
  .record({
    place: fc.nat(),
    to: fc.oneof(
      fc.record({ lastStatus: fc.constant('STOPPED') }),
      fc.record({ attachment: fc.constant({ status: 'DELETED' }) }),
      fc.record({ reserves }),
    ),
  })
  .map(
    ({ place: at, to }): Step =>
      (tables) => {
        const [key, before] = [...tables.tasks][at % tables.tasks.size] ?? [];
        if (key !== undefined) tables.set('tasks', key, { ...before, ...to });
      },
  );

const change: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: changeTask },
  { weight: 6, arbitrary: putInstance },
  { weight: 6, arbitrary: putTask },
  {
    weight: 1,
    arbitrary: fc.nat(40).map(
      (key): Step =>
        (tables) =>
          tables.set('tasks', `t${key}`, undefined),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...ids).map(
      (id): Step =>
        (tables) =>
          tables.set('containerInstances', hostArn(`h${id}`), undefined),
    ),
  },
);

const strategy = fc.constantFrom<PlacementStrategy[]>(
  { type: 'random' },
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'rack' },
  { type: 'spread', field: 'instanceId' },
  { type: 'binpack', field: 'cpu' },
  { type: 'binpack', field: 'memory' },
);
const constraint = fc.constantFrom<PlacementRequest['constraints'][number][]>(
  { type: 'distinctInstance' },
  { type: 'memberOf', expression: 'attribute:rack == 1' },
  { type: 'memberOf', expression: 'runningTasksCount < 2' },
  { type: 'memberOf', expression: 'task:group == service:web' },
);
const wanted = fc
  .record({
    count: fc.nat(12),
    launchType: fc.constantFrom('EC2', 'EC2', 'EXTERNAL', 'FARGATE'),
    group,
    reserves,
    strategies: fc.array(strategy, { maxLength: 3 }),
    constraints: fc.array(constraint, { maxLength: 1 }),
    awsvpc: fc.boolean(),
  })
  .map(({ awsvpc, ...traits }) =>
    request({ ...traits, ...(awsvpc && traits.launchType === 'EC2' ? { interfaces: 1 } : {}) }),
  );

function place(tables: Tables, asked: PlacementRequest, seed: number, stores: boolean): void {
  const pool = tables.index.pool(east, asked.launchType);
  const result = placeTasks(pool, asked, new SeededRandom(seed));
  let views = tables.views(asked.launchType);
  for (const arn of result.placed) {
    expect(bestHosts(views, asked).map((view) => view.arn)).toContain(arn);
    views = afterTask(views, arn, asked);
  }
  const short = result.placed.length < asked.count;
  if (short) expect(bestHosts(views, asked)).toEqual([]);
  expect(result.refusedHosts).toBe(short ? views.length : 0);
  expect(result.refusals).toHaveLength(short ? views.length : 0);
  for (const { host } of result.refusals) expect(host).toEqual(views.find(({ arn }) => arn === host.arn));
  if (!stores) return;
  for (const hostArnOfTask of result.placed) {
    tables.set('tasks', `placed${tables.changes}`, {
      hostArn: hostArnOfTask,
      launchType: asked.launchType,
      clusterArn: east,
      group: asked.group,
      reserves: asked.reserves,
      ...(asked.interfaces === undefined ? {} : { attachment: { status: 'PRECREATED' } }),
      lastStatus: 'PENDING',
      desiredStatus: 'RUNNING',
    });
  }
}

const placement = fc.tuple(wanted, fc.nat(), fc.boolean()).map(
  ([asked, seed, stores]): Step =>
    (tables) =>
      place(tables, asked, seed, stores),
);
const refusedSteps = fc.array(fc.oneof(change, placement), { maxLength: 8 }).map(
  (steps): Step =>
    (tables) => {
      const { changes } = tables;
      for (const step of steps) step(tables);
      tables.undoTo(changes);
    },
);
const story = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: change },
    { weight: 3, arbitrary: placement },
    { weight: 1, arbitrary: refusedSteps },
  ),
  { maxLength: 60, size: 'max' },
);

test('whatever is stored, tried and taken back, the index sees what the tables hold and chooses a best host', () => {
  fc.assert(
    fc.property(story, wanted, fc.nat(), (steps, asked, seed) => {
      const tables = new Tables();
      for (const step of steps) step(tables);
      for (const launchType of ['EC2', 'FARGATE'] as const) {
        const views = tables.views(launchType);
        expect(tables.index.pool(east, launchType).size).toBe(views.length);
        for (const view of views) expect(tables.index.find(view.arn)).toEqual(view);
      }
      for (const id of ids) {
        const there = tables.instances.get(hostArn(`h${id}`));
        if (there === undefined || there.status === 'INACTIVE') {
          expect(tables.index.find(hostArn(`h${id}`))).toBeUndefined();
        }
      }
      place(tables, asked, seed, false);
    }),
    { numRuns: 200 },
  );
});
