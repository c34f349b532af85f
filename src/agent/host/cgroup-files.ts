import { execFile } from 'node:child_process';
import { access, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Fault, messageOf } from '#base';
import { cpuPeriodUs, type TaskCgroups, type TaskLimits } from './cgroups.ts';
import type { Availability } from './network.ts';

const run = promisify(execFile);

/** The group that holds all tasks' groups, as ECS names it. */
const parentName = 'ecs';
const limitedControllers = ['cpu', 'memory', 'pids'];

export interface CgroupOptions {
  readonly version: 1 | 2;
  readonly driver: 'cgroupfs' | 'systemd' | 'none';
  /** Where the control groups are mounted; `/sys/fs/cgroup` by default. */
  readonly root?: string;
}

/** The control groups of the engine's kind. */
export function createCgroups(options: CgroupOptions): TaskCgroups {
  const root = options.root ?? '/sys/fs/cgroup';
  if (options.driver === 'systemd') return new SystemdSlices(root);
  return options.version === 2 ? new UnifiedGroups(root) : new ControllerGroups(root);
}

/** Version 1: one tree per controller. The engine makes the task's group in the other controllers by itself. */
class ControllerGroups implements TaskCgroups {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  probe(): Promise<Availability> {
    return probed(async () => {
      for (const controller of limitedControllers) await makeGroup(`${this.#root}/${controller}/${parentName}`);
    });
  }

  async create(taskId: string, limits: TaskLimits): Promise<void> {
    const path = (controller: string): string => `${this.#root}/${controller}/${parentName}/${taskId}`;
    for (const controller of limitedControllers) {
      await makeGroup(`${this.#root}/${controller}/${parentName}`);
      await makeGroup(path(controller));
    }
    if (limits.cpu === undefined) {
      await writeFile(`${path('cpu')}/cpu.shares`, String(Math.max(2, limits.cpuShares)));
    } else {
      await writeFile(`${path('cpu')}/cpu.cfs_period_us`, String(cpuPeriodUs));
      await writeFile(`${path('cpu')}/cpu.cfs_quota_us`, String(quotaUs(limits.cpu)));
    }
    if (limits.memoryMiB !== undefined) {
      await writeFile(`${path('memory')}/memory.limit_in_bytes`, String(limits.memoryMiB * 1024 ** 2));
    }
  }

  parentOf(taskId: string): string {
    return `/${parentName}/${taskId}`;
  }

  async remove(taskId: string): Promise<void> {
    const paths = (await this.#trees()).map((tree) => `${tree}/${parentName}/${taskId}`);
    const gone = await Promise.all(paths.map(removeTree));
    const left = paths[gone.indexOf(false)];
    if (left !== undefined) throw stays(left);
  }

  async removeAll(): Promise<void> {
    for (const tree of await this.#trees()) await removeTree(`${tree}/${parentName}`);
  }

  async removeParent(): Promise<void> {
    for (const tree of await this.#trees()) await rmdir(`${tree}/${parentName}`).catch(() => {});
  }

  async #trees(): Promise<string[]> {
    const names = await readdir(this.#root);
    return names.map((name) => `${this.#root}/${name}`);
  }
}

/** Version 2 with files: one tree, controllers handed down explicitly. */
class UnifiedGroups implements TaskCgroups {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  probe(): Promise<Availability> {
    return probed(() => this.#parent());
  }

  async create(taskId: string, limits: TaskLimits): Promise<void> {
    await this.#parent();
    const path = `${this.#root}/${parentName}/${taskId}`;
    await makeGroup(path);
    if (limits.cpu === undefined) await writeFile(`${path}/cpu.weight`, String(weightOf(limits.cpuShares)));
    else await writeFile(`${path}/cpu.max`, `${quotaUs(limits.cpu)} ${cpuPeriodUs}`);
    if (limits.memoryMiB !== undefined) await writeFile(`${path}/memory.max`, String(limits.memoryMiB * 1024 ** 2));
  }

  parentOf(taskId: string): string {
    return `/${parentName}/${taskId}`;
  }

  async remove(taskId: string): Promise<void> {
    const path = `${this.#root}/${parentName}/${taskId}`;
    if (!(await removeTree(path))) throw stays(path);
  }

  async removeAll(): Promise<void> {
    await removeTree(`${this.#root}/${parentName}`);
  }

  async removeParent(): Promise<void> {
    await rmdir(`${this.#root}/${parentName}`).catch(() => {});
  }

  async #parent(): Promise<void> {
    const hand = limitedControllers.map((controller) => `+${controller}`).join(' ');
    await makeGroup(`${this.#root}/${parentName}`);
    await writeFile(`${this.#root}/cgroup.subtree_control`, hand);
    await writeFile(`${this.#root}/${parentName}/cgroup.subtree_control`, hand);
  }
}

/** The systemd driver: one transient slice per task, under `ecstasks.slice` by its name. */
class SystemdSlices implements TaskCgroups {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  probe(): Promise<Availability> {
    return probed(async () => {
      await access('/run/systemd/system');
      await run('busctl', ['--version']);
    });
  }

  async create(taskId: string, limits: TaskLimits): Promise<void> {
    const slice = sliceOf(taskId);
    const properties = [
      ...(limits.cpu === undefined
        ? ['CPUWeight', 't', String(weightOf(limits.cpuShares))]
        : ['CPUQuotaPerSecUSec', 't', String(Math.round(limits.cpu * 1_000_000))]),
      ...(limits.memoryMiB === undefined ? [] : ['MemoryMax', 't', String(limits.memoryMiB * 1024 ** 2)]),
    ];
    const unit = ['StartTransientUnit', 'ssa(sv)a(sa(sv))', slice, 'replace', String(properties.length / 3)];
    try {
      await run('busctl', [...systemdManager, ...unit, ...properties, '0']);
    } catch (error) {
      if (!/already (exists|loaded)|UnitExists/i.test(messageOf(error))) {
        throw new Fault('Cgroup', `systemd did not make ${slice}: ${messageOf(error)}`, { cause: error });
      }
    }
  }

  parentOf(taskId: string): string {
    return sliceOf(taskId);
  }

  async remove(taskId: string): Promise<void> {
    await run('busctl', [...systemdManager, 'StopUnit', 'ss', sliceOf(taskId), 'replace']).catch(() => {});
  }

  async removeAll(): Promise<void> {
    for (const mount of [this.#root, `${this.#root}/memory`]) {
      const names = await readdir(`${mount}/ecstasks.slice`).catch(() => []);
      for (const name of names) {
        const taskId = /^ecstasks-([0-9a-f]+)\.slice$/.exec(name)?.[1];
        if (taskId !== undefined) await this.remove(taskId);
      }
    }
  }

  /** systemd removes a slice that nothing is in by itself. */
  async removeParent(): Promise<void> {}
}

const systemdManager = [
  'call',
  'org.freedesktop.systemd1',
  '/org/freedesktop/systemd1',
  'org.freedesktop.systemd1.Manager',
];

function sliceOf(taskId: string): string {
  return `ecstasks-${taskId}.slice`;
}

function quotaUs(cpu: number): number {
  return Math.max(1000, Math.round(cpu * cpuPeriodUs));
}

/** CPU shares (2 … 262144) as a weight (1 … 10000), the engine's own conversion. */
function weightOf(shares: number): number {
  return 1 + Math.floor(((Math.min(Math.max(shares, 2), 262_144) - 2) * 9999) / 262_142);
}

async function probed(attempt: () => Promise<void>): Promise<Availability> {
  try {
    await attempt();
    return { available: true, problems: [] };
  } catch (error) {
    return { available: false, problems: [`no control groups for tasks: ${messageOf(error)}`] };
  }
}

/** Makes one group. Never its parents: a controller that is not there is not made up. */
async function makeGroup(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

/** Removes a group and the empty groups in it; one that still holds a process stays. Gives whether all is gone. */
async function removeTree(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return true;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(`${path}/${entry.name}`);
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT';
  }
}

function stays(path: string): Fault {
  return new Fault('Cgroup', `${path} still holds a process`);
}
