import { gpuIdsOf, type Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange } from './replica.ts';

interface Load {
  cpuUnits: number;
  memoryMiB: number;
  gpuCount: number;
  /** GPUs, and the tasks that have each. */
  readonly gpus: Map<string, Set<string>>;
  /** `tcp/80`, and the tasks that hold it. */
  readonly ports: Map<string, Set<string>>;
  readonly groups: Map<string, Set<string>>;
}

/** What tasks take of hosts, added up from the records alone: no host has more on it than it offers. */
export class Capacity implements Check {
  readonly #loads = new Map<string, Load>();

  keep({ table, before, after }: RecordChange): void {
    if (table !== 'tasks') return;
    const [old, now] = [holder(before), holder(after)];
    if (old !== undefined && now !== undefined && old.hostArn === now.hostArn && old.reserves === now.reserves) return;
    if (old !== undefined) this.#add(old, -1);
    if (now !== undefined) this.#add(now, 1);
  }

  check({ table, before, after }: RecordChange, context: CommitContext): void {
    if (table !== 'tasks' || holder(after) === undefined) return;
    const task = after as Task;
    if (holder(before)?.hostArn === task.hostArn) return;
    this.#checkHost(task, context);
  }

  #checkHost(task: Task, { replica }: CommitContext): void {
    const host = replica.table('containerInstances').get(task.hostArn ?? '');
    const load = this.#loads.get(task.hostArn ?? '');
    const about = [task.taskArn, task.hostArn ?? ''];
    if (host === undefined || load === undefined) {
      throw new Violation('hosts exist', `task ${task.taskArn} is on ${task.hostArn}, which is not there`, about);
    }
    const { cpuUnits, memoryMiB, gpuIds, reservedTcpPorts, reservedUdpPorts } = host.resources;
    const over = [
      ...(load.cpuUnits > cpuUnits ? [`cpu ${load.cpuUnits} of ${cpuUnits}`] : []),
      ...(load.memoryMiB > memoryMiB ? [`memory ${load.memoryMiB} of ${memoryMiB}`] : []),
      ...(load.gpuCount > gpuIds.length ? [`GPUs ${load.gpuCount} of ${gpuIds.length}`] : []),
    ];
    if (over.length > 0) {
      throw new Violation('no instance over-committed', `${task.hostArn} carries ${over.join(', ')}`, about);
    }
    checkGpus(task, gpuIds, load);
    const reserved = new Set([
      ...reservedTcpPorts.map((port) => `tcp/${port}`),
      ...reservedUdpPorts.map((port) => `udp/${port}`),
    ]);
    for (const port of portsOf(task)) {
      const holders = load.ports.get(port) ?? new Set();
      if (holders.size === 1 && !reserved.has(port)) continue;
      const message = `port ${port} of ${task.hostArn} is held by ${[...holders].join(' and ')}`;
      throw new Violation('no host port given twice', message, [...holders, ...about]);
    }
    const distinct = task.placementConstraints.some(({ type }) => type === 'distinctInstance');
    const group = load.groups.get(task.group) ?? new Set();
    if (distinct && group.size > 1) {
      throw new Violation('placement constraints hold', `${group.size} tasks of ${task.group} on ${task.hostArn}`, [
        ...group,
      ]);
    }
  }

  #add(task: Task, sign: 1 | -1): void {
    const arn = task.hostArn ?? '';
    let load = this.#loads.get(arn);
    if (load === undefined) {
      load = { cpuUnits: 0, memoryMiB: 0, gpuCount: 0, gpus: new Map(), ports: new Map(), groups: new Map() };
      this.#loads.set(arn, load);
    }
    load.cpuUnits += sign * task.reserves.cpuUnits;
    load.memoryMiB += sign * task.reserves.memoryMiB;
    load.gpuCount += sign * task.reserves.gpuCount;
    for (const id of gpuIdsOf(task)) addMember(load.gpus, id, task.taskArn, sign);
    for (const port of portsOf(task)) addMember(load.ports, port, task.taskArn, sign);
    addMember(load.groups, task.group, task.taskArn, sign);
  }
}

/** A task has as many GPUs as it reserves, each one of its host's and nobody else's. */
function checkGpus(task: Task, gpuIds: readonly string[], { gpus }: Load): void {
  const own = gpuIdsOf(task);
  const about = [task.taskArn, task.hostArn ?? ''];
  if (new Set(own).size !== task.reserves.gpuCount) {
    throw new Violation('tasks have their GPUs', `${task.reserves.gpuCount} asked for, ${own.join()} given`, about);
  }
  for (const id of own) {
    const holders = gpus.get(id) ?? new Set();
    if (holders.size === 1 && gpuIds.includes(id)) continue;
    const message = `GPU ${id} of ${task.hostArn} is given to ${[...holders].join(' and ')}`;
    throw new Violation('no GPU given twice', message, [...holders, ...about]);
  }
}

/** The task while it takes something of a host. */
function holder(task: Task | undefined): Task | undefined {
  return task?.hostArn === undefined || task.lastStatus === 'STOPPED' ? undefined : task;
}

function portsOf({ reserves }: Task): string[] {
  return [...reserves.tcpPorts.map((port) => `tcp/${port}`), ...reserves.udpPorts.map((port) => `udp/${port}`)];
}

function addMember(sets: Map<string, Set<string>>, key: string, member: string, sign: 1 | -1): void {
  const set = sets.get(key) ?? new Set();
  if (sign === 1) set.add(member);
  else set.delete(member);
  if (set.size === 0) sets.delete(key);
  else sets.set(key, set);
}
