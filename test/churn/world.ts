import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DockerRuntime } from '#agent';
import type { ContainerSeen, Found } from './audit.ts';

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
  return {
    containers: await containers(runtime),
    shims: shims(),
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

async function containers(runtime: DockerRuntime): Promise<ContainerSeen[]> {
  return (await runtime.listContainers([])).map(({ id, labels, state, name }) => ({
    taskArn: labels[taskArnLabel] ?? 'no task',
    name: labels['com.amazonaws.ecs.container-name'] ?? name,
    running: state === 'running',
    id,
  }));
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
