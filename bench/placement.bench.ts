import { integerBelow, SeededRandom } from '#base';
import type { ContainerInstance, Task } from '#model';
import { HostIndex, type PlacementRequest, placeTasks } from '#scheduler';
import { InstanceLoads } from '#store';
import { against, type Benchmark, median, type Row } from './benchmark.ts';
import { emptyAfterExactFit, FilterAndSort } from './placement-peers.ts';
import {
  type Arn,
  type BenchService,
  clusterArn,
  instancesOf,
  pick,
  type Shape,
  servicesOf,
  shapes,
} from './placement-workload.ts';

const sizes = [5_000, 10_000] as const;
const serviceCount = 1_000;
const tasksPerService = 100;
/** Tasks per call, as many as one RunTask may ask for. */
const tasksPerCall = 10;
/** The peer places one task in so many calls, from the same state; all would take it too long. */
const sampledEvery = 50;
const churns = 20_000;
const shortages = 100;

/**
 * 100,000 tasks of 1,000 services on 5,000 and 10,000 instances of four sizes in three zones, up to about three
 * quarters of their memory: the choice and the keeping of the index, without the making of tasks and without a store.
 * The peer filters and sorts objects, for a sample of the same tasks in the same state of the cluster. Rates are of
 * CPU time; single placements are by the clock, other processes included.
 */
export const benchmark: Benchmark = { name: 'placement: 100,000 tasks, 1,000 services', run };

async function run(): Promise<Row[]> {
  // Compiled code for all: the first to run would otherwise pay for it.
  for (const shape of shapes) fill(shape, 500, 100);
  return shapes.flatMap((shape) => {
    const fills = sizes.map((size) => fill(shape, size, serviceCount));
    return [
      ...fills.flatMap((filled) => filled.rows),
      growth(
        shape,
        fills.map(({ seconds }) => seconds),
      ),
    ];
  });
}

function growth(shape: Shape, [small = 0, large = 0]: readonly number[]): Row {
  return { what: `${shape.name}: time at 10,000 / time at 5,000`, value: large / small, unit: 'x' };
}

function fill(
  shape: Shape,
  size: number,
  services: number,
): { readonly rows: readonly Row[]; readonly seconds: number } {
  const instances = instancesOf(size);
  const cluster = new Cluster(shape, instances);
  const peer = new FilterAndSort(shape, instances);
  const all = servicesOf(services, shape.constrainedEvery);
  const order: BenchService[] = [];
  let [ours, peers, sampled, call] = [0, 0, 0, 0];
  for (let round = 0; round < tasksPerService / tasksPerCall; round++) {
    for (const service of all) {
      if (call++ % sampledEvery === 0) {
        peers += secondsOf(() => peer.choose(service));
        sampled += 1;
      }
      const placed: (readonly Arn[])[] = [];
      ours += secondsOf(() => placed.push(cluster.place(service, tasksPerCall)));
      for (const arn of placed.flat()) peer.add(arn, service);
      for (let task = 0; task < tasksPerCall; task++) order.push(service);
    }
  }
  const name = `${shape.name}, ${size.toLocaleString('en')}`;
  const rows = [
    against(`${name}: placements`, '/s', cluster.size / ours, sampled / peers),
    { what: `${name}: memory taken`, value: cluster.memoryPercent, unit: '%' },
    { what: `${name}: tasks without a host`, value: order.length - cluster.size, unit: 'tasks' },
    ...emptyRows(name, shape, cluster, order),
    ...churn(name, cluster, all),
    shortage(name, cluster, all),
  ];
  return { rows, seconds: ours };
}

function emptyRows(name: string, shape: Shape, cluster: Cluster, order: readonly BenchService[]): readonly Row[] {
  if (!shape.strategies.some(({ type }) => type === 'binpack')) return [];
  const exact = emptyAfterExactFit(shape, cluster.instances, order);
  return [against(`${name}: left empty, beside exact best fit`, 'instances', cluster.empty, exact)];
}

/** One task stops and one like it is placed, over and over. */
function churn(name: string, cluster: Cluster, all: readonly BenchService[]): readonly Row[] {
  const random = new SeededRandom(5);
  const took = Array.from({ length: churns }, () => {
    cluster.stopOne(integerBelow(random, cluster.size));
    const service = pick(random, all);
    return microsecondsOf(() => cluster.place(service, 1));
  }).sort((left, right) => left - right);
  return [
    { what: `${name}: one placement under churn, p50`, value: median(took), unit: 'us' },
    { what: `${name}: one placement under churn, p99`, value: took[Math.floor(churns * 0.99)] ?? 0, unit: 'us' },
    { what: `${name}: one placement under churn, longest`, value: took.at(-1) ?? 0, unit: 'us' },
  ];
}

/** A task that is too large for what is left of any instance, with the words why. */
function shortage(name: string, cluster: Cluster, [service]: readonly BenchService[]): Row {
  if (service === undefined) throw new Error('no service');
  const huge = { ...service, reserves: { ...service.reserves, memoryMiB: 1_000_000 } };
  const took = Array.from({ length: shortages }, () => microsecondsOf(() => cluster.place(huge, 1)));
  return { what: `${name}: finding no room and saying why, p50`, value: median(took), unit: 'us' };
}

/** By the clock on the wall: CPU time is counted in ticks on some kernels, far too long for one placement. */
function microsecondsOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1000;
}

/** CPU time, so that other processes do not count. */
function secondsOf(work: () => unknown): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1e6;
}

/** The index of hosts with its loads, as the store keeps them. */
class Cluster {
  readonly instances: readonly ContainerInstance[];
  readonly #shape: Shape;
  readonly #loads = new InstanceLoads();
  readonly #index = new HostIndex(this.#loads);
  readonly #random = new SeededRandom(1);
  readonly #tasks: Task[] = [];

  constructor(shape: Shape, instances: readonly ContainerInstance[]) {
    this.#shape = shape;
    this.instances = instances;
    for (const after of instances) this.#index.apply({ table: 'containerInstances', before: undefined, after });
  }

  get size(): number {
    return this.#tasks.length;
  }

  get memoryPercent(): number {
    const whole = this.instances.reduce((sum, { resources }) => sum + resources.memoryMiB, 0);
    return (100 * this.#tasks.reduce((sum, { reserves }) => sum + reserves.memoryMiB, 0)) / whole;
  }

  get empty(): number {
    return this.instances.length - new Set(this.#tasks.map(({ hostArn }) => hostArn)).size;
  }

  place({ group, reserves, constraints }: BenchService, count: number): readonly Arn[] {
    const { strategies } = this.#shape;
    const request: PlacementRequest = {
      count,
      launchType: 'EC2',
      reserves,
      requiresAttributes: [],
      constraints,
      strategies,
      group,
    };
    const { placed } = placeTasks(this.#index.pool(clusterArn, 'EC2'), request, this.#random);
    for (const hostArn of placed) {
      const task = { hostArn, group, reserves, clusterArn, launchType: 'EC2', lastStatus: 'PENDING' } as Task;
      this.#tasks.push(task);
      this.#apply(undefined, task);
    }
    return placed;
  }

  stopOne(index: number): void {
    const task = this.#tasks[index];
    const last = this.#tasks.pop();
    if (task === undefined || last === undefined) return;
    if (task !== last) this.#tasks[index] = last;
    this.#apply(task, undefined);
  }

  #apply(before: Task | undefined, after: Task | undefined): void {
    const change = { table: 'tasks', before, after } as const;
    this.#loads.apply(change);
    this.#index.apply(change);
  }
}
