import {
  type ContainerInstanceArn,
  gpuIdsOf,
  holdsInterface,
  holdsResources,
  isPending,
  isRunning,
  type Task,
} from '#model';
import type { RoadsteadSchema } from '../schema.ts';
import type { Projection } from '../types.ts';
import { addTo, type Tally } from './tally.ts';

/** What the tasks of one host take of it, until each is STOPPED. */
export interface InstanceLoad {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Fixed host ports, and how many tasks hold each (more than one only by mistake). */
  readonly tcpPorts: ReadonlyMap<number, number>;
  readonly udpPorts: ReadonlyMap<number, number>;
  readonly gpuCount: number;
  /** The GPUs that tasks have, and how many tasks have each (more than one only by mistake). */
  readonly gpuIds: ReadonlyMap<string, number>;
  /** Task interfaces: asked for, given or not yet taken back. */
  readonly interfaces: number;
  /** RUNNING and wanted so. */
  readonly runningTasks: number;
  /** Wanted RUNNING and not there yet. */
  readonly pendingTasks: number;
  /** Tasks by `group`, for `distinctInstance` and `spread`. */
  readonly tasksByGroup: ReadonlyMap<string, number>;
}

interface MutableLoad {
  tasks: number;
  cpuUnits: number;
  memoryMiB: number;
  tcpPorts: Tally<number>;
  udpPorts: Tally<number>;
  gpuCount: number;
  gpuIds: Tally<string>;
  interfaces: number;
  runningTasks: number;
  pendingTasks: number;
  readonly tasksByGroup: Tally<string>;
}

/** Most hosts have no fixed ports or GPUs taken: they share these, which stay empty. */
const noPorts: Tally<number> = new Map();
const noGpus: Tally<string> = new Map();
const noLoad: InstanceLoad = emptyLoad();

/** The load of every host, by container instance ARN. */
export class InstanceLoads implements Projection<RoadsteadSchema> {
  readonly tables = ['tasks'] as const;
  readonly #loads = new Map<string, MutableLoad>();

  /** Changes in place with later commits: take what you need at once. */
  of(hostArn: ContainerInstanceArn): InstanceLoad {
    return this.#loads.get(hostArn) ?? noLoad;
  }

  /** The hosts that have any load. */
  hosts(): Iterable<string> {
    return this.#loads.keys();
  }

  apply(change: { readonly before: unknown; readonly after: unknown }): void {
    const before = change.before as Task | undefined;
    const after = change.after as Task | undefined;
    if (before !== undefined && after !== undefined && weighsTheSame(before, after)) return;
    if (before !== undefined) this.#add(before, -1);
    if (after !== undefined) this.#add(after, 1);
  }

  #add(task: Task, sign: 1 | -1): void {
    if (task.hostArn === undefined || !holdsResources(task)) return;
    let load = this.#loads.get(task.hostArn);
    if (load === undefined) {
      load = emptyLoad();
      this.#loads.set(task.hostArn, load);
    }
    addTask(load, task, sign);
    if (load.tasks === 0) this.#loads.delete(task.hostArn);
  }
}

function emptyLoad(): MutableLoad {
  return {
    tasks: 0,
    cpuUnits: 0,
    memoryMiB: 0,
    tcpPorts: noPorts,
    udpPorts: noPorts,
    gpuCount: 0,
    gpuIds: noGpus,
    interfaces: 0,
    runningTasks: 0,
    pendingTasks: 0,
    tasksByGroup: new Map(),
  };
}

function addTask(load: MutableLoad, task: Task, sign: 1 | -1): void {
  const { reserves } = task;
  load.tasks += sign;
  load.cpuUnits += sign * reserves.cpuUnits;
  load.memoryMiB += sign * reserves.memoryMiB;
  load.gpuCount += sign * reserves.gpuCount;
  if (reserves.gpuCount > 0) load.gpuIds = counted(load.gpuIds, noGpus, gpuIdsOf(task), sign);
  load.tcpPorts = counted(load.tcpPorts, noPorts, reserves.tcpPorts, sign);
  load.udpPorts = counted(load.udpPorts, noPorts, reserves.udpPorts, sign);
  addTo(load.tasksByGroup, task.group, sign);
  if (holdsInterface(task)) load.interfaces += sign;
  if (task.desiredStatus === 'RUNNING' && isRunning(task)) load.runningTasks += sign;
  if (isPending(task)) load.pendingTasks += sign;
}

/** `none` is the shared tally of hosts that have none of it. */
function counted<K>(held: Tally<K>, none: Tally<K>, keys: readonly K[], sign: 1 | -1): Tally<K> {
  if (keys.length === 0) return held;
  const tally: Tally<K> = held === none ? new Map() : held;
  for (const key of keys) addTo(tally, key, sign);
  return tally;
}

function weighsTheSame(before: Task, after: Task): boolean {
  return (
    before.hostArn === after.hostArn &&
    before.reserves === after.reserves &&
    before.lastStatus === after.lastStatus &&
    before.desiredStatus === after.desiredStatus &&
    before.group === after.group &&
    holdsInterface(before) === holdsInterface(after)
  );
}
