import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DockerRuntime } from '#agent';
import { spareLabel } from '../../src/agent/sandboxes/pool.ts';
import { type ContainerSeen, type Found, holderName } from './audit.ts';

const run = promisify(execFile);
const taskArnLabel = 'com.amazonaws.ecs.task-arn';

export interface WorldOptions {
  readonly dockerHost: string;
  /** The agents' data directories. */
  readonly agents: Readonly<Record<'fargate' | 'ec2', string>>;
}

/** Looks at the machine: containers, processes, devices, routes, volumes, control groups, files. */
export async function look(
  { dockerHost, agents }: WorldOptions,
  runtime: DockerRuntime,
  isKnownTask: (id: string) => boolean,
): Promise<Found> {
  const listed = await runtime.listContainers([]);
  const holders = new Map(Object.values(agents).flatMap(holdersTaken));
  const isSpare = ({ id, labels }: Listed): boolean => labels[spareLabel] !== undefined && !holders.has(id);
  const spares = listed.filter(isSpare).map(({ id, state }) => ({ id, running: state === 'running' }));
  return {
    containers: listed.filter((each) => !isSpare(each)).map((each) => containerSeen(each, holders.get(each.id))),
    spares,
    shims: shims().filter(({ id }) => !spares.some((spare) => spare.id === id)),
    devices: (await ip(['link', 'show', 'type', 'veth']))
      .map(({ ifname = '' }) => ifname)
      .filter((name) => name.startsWith('rs')),
    routes: (await ip(['-4', 'route', 'show', 'proto', '82'])).flatMap(({ dst = '', dev, type }) =>
      type === 'unreachable' || dev === undefined ? [] : [{ address: dst.replace(/\/32$/, ''), device: dev }],
    ),
    volumes: await volumes(dockerHost),
    cgroups: cgroups().filter(isKnownTask),
    kept: { fargate: kept(agents.fargate), ec2: kept(agents.ec2) },
  };
}

type Listed = Awaited<ReturnType<DockerRuntime['listContainers']>>[number];

/** `taskArn`: of a spare that a task took, which no label says. */
function containerSeen({ id, labels, state, name }: Listed, taskArn = labels[taskArnLabel]): ContainerSeen {
  const named = labels[spareLabel] === undefined ? labels['com.amazonaws.ecs.container-name'] : holderName;
  return { taskArn: taskArn ?? 'no task', name: named ?? name, running: state === 'running', id };
}

/** Of each task that an agent keeps: the container that holds its namespaces, and the task. */
function holdersTaken(agent: string): (readonly [string, string])[] {
  return kept(agent).flatMap((id) => {
    const text = textOf(`${agent}/tasks/${id}.json`);
    if (text === '') return [];
    const { taskArn, containers } = JSON.parse(text) as KeptTask;
    return containers.flatMap(({ spare, runtimeId }) =>
      spare === true && runtimeId !== undefined ? [[runtimeId, taskArn] as const] : [],
    );
  });
}

interface KeptTask {
  readonly taskArn: string;
  readonly containers: readonly { readonly spare?: boolean; readonly runtimeId?: string }[];
}

/**
 * The processes that keep a container each, with what runs in it. One in which nothing runs any more is what a killed
 * engine forgot to dismiss, and no container.
 */
function shims(): Found['shims'] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parentOf = (pid: string): string => / \(.*\) \S (\d+) /.exec(textOf(`/proc/${pid}/stat`))?.[1] ?? '';
  const parents = new Map(processes.map((pid) => [pid, parentOf(pid)]));
  return processes.flatMap((pid) => {
    const [program = '', ...args] = textOf(`/proc/${pid}/cmdline`).split('\0');
    if (!program.endsWith('shim-runc-v2')) return [];
    const children = processes.filter((each) => parents.get(each) === pid);
    const runs = children.map((each) => textOf(`/proc/${each}/cmdline`).replaceAll('\0', ' ').trim());
    return runs.length === 0 ? [] : [{ id: args[args.indexOf('-id') + 1] ?? '', runs: runs.join(', ') }];
  });
}

interface IpRow {
  readonly ifname?: string;
  readonly dst?: string;
  readonly dev?: string;
  readonly type?: string;
}

async function ip(args: readonly string[]): Promise<IpRow[]> {
  const { stdout } = await run('ip', ['-j', ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as IpRow[]);
}

async function volumes(dockerHost: string): Promise<Found['volumes']> {
  const { stdout } = await run('docker', ['-H', dockerHost, 'volume', 'ls', '--format', '{{json .}}']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { Name: name, Labels: labels } = JSON.parse(line) as { Name: string; Labels: string };
      const taskArn = labels
        .split(',')
        .find((label) => label.startsWith(`${taskArnLabel}=`))
        ?.slice(taskArnLabel.length + 1);
      return { name, ...(taskArn === undefined ? {} : { taskArn }) };
    });
}

/** One is enough to be left over: in whichever controller's tree. */
function cgroups(): string[] {
  const root = '/sys/fs/cgroup';
  const parents = [`${root}/ecs`, ...readdirSync(root).map((controller) => `${root}/${controller}/ecs`)];
  return [...new Set(parents.flatMap(namesIn))];
}

function kept(agent: string): string[] {
  return namesIn(`${agent}/tasks`)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

/** Of a folder that may be absent. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Of a file that may be gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
