import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerEngine, systemProcesses } from '../../../src/cli/adapters/index.ts';
import { freePort } from '../../support/free-port.ts';

const root = join(import.meta.dirname, '../../..');

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; it may take three minutes. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, ...output }));
  });
}

/** The launcher with a data directory and a port of its own. Disposing takes down what it started. */
export class Checkout implements AsyncDisposable {
  readonly dataDir: string;
  readonly port: number;

  private constructor(dataDir: string, port: number) {
    this.dataDir = dataDir;
    this.port = port;
  }

  static async create(): Promise<Checkout> {
    return new Checkout(await mkdtemp(join(tmpdir(), 'roadstead-e2e-cli-')), await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  roadstead(...args: readonly string[]): Promise<Ended> {
    // What the shell of whoever runs this has set for another endpoint must not matter.
    const env = { AWS_ENDPOINT_URL: '', ROADSTEAD_DATA_DIR: this.dataDir };
    return runProgram(join(root, 'roadstead'), args, env);
  }

  /** The result of a command that is to work, from its `--json`. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const result = await this.roadstead(...args, '--json');
    if (result.exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${result.exitCode}:\n${result.stderr}`);
    return JSON.parse(result.stdout) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.roadstead('down', '--tasks');
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

export type MachineState = Readonly<Record<string, readonly string[]>>;

/** Everything that Roadstead could leave on a machine, in comparable form. */
export async function machineState(): Promise<MachineState> {
  const lines = async (command: string, ...args: readonly string[]): Promise<readonly string[]> =>
    (await runProgram(command, args)).stdout.split('\n').filter((line) => line !== '');
  const images = async (...labels: readonly string[]): Promise<readonly string[]> => {
    const listed = await engine<readonly { readonly Id: string }[]>(
      `/images/json?filters=${filter({ label: labels })}`,
    );
    return listed.map(({ Id }) => Id);
  };
  const links = await lines('ip', '-o', 'link');
  const rules = await lines('iptables-save');
  const containers = await engine<readonly { readonly Id: string }[]>('/containers/json?all=1');
  return {
    containers: containers.map(({ Id }) => Id),
    images: [...(await images('roadstead.sample')), ...(await images('roadstead.pause'))],
    links: links.map((line) => line.split(':')[1]?.trim() ?? ''),
    routes: (await lines('ip', 'route')).filter((line) => !line.includes('docker0')),
    tables: (await lines('nft', 'list', 'tables')).filter((line) => /roadstead/i.test(line)),
    namespaces: await lines('sh', '-c', 'ls /run/netns 2>/dev/null'),
    balancers: await programs((argument) => /\/balancing\/nodes\//.test(argument)),
    rules: rules.filter((line) => /roadstead/i.test(line)).map((line) => line.replace(/\[\d+:\d+\]/, '')),
    addresses: (await lines('ip', '-o', '-4', 'addr', 'show', 'dev', 'lo')).filter((line) => line.includes('169.254')),
    agents: await lines('sh', '-c', 'ls /run/roadstead/endpoints 2>/dev/null'),
    programs: await programs((argument) => argument.endsWith('main/cli.ts')),
    cgroups: await lines('sh', '-c', 'ls -d /sys/fs/cgroup/ecs/*/ /sys/fs/cgroup/*/ecs/*/ 2>/dev/null'),
  };
}

/** One answer of the Docker Engine API. */
export async function engine<T>(path: string): Promise<T> {
  const response = await dockerEngine(process.env).send('GET', path);
  return JSON.parse(new TextDecoder().decode(response.body)) as T;
}

export function filter(filters: Readonly<Record<string, readonly string[]>>): string {
  return encodeURIComponent(JSON.stringify(filters));
}

/** The programs of this machine with such an argument. */
async function programs(isOurs: (argument: string) => boolean): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => systemProcesses().commandLine(pid)));
  return found
    .filter((commandLine) => commandLine?.some(isOurs) === true)
    .map((commandLine) => commandLine?.join(' ') ?? '');
}

/** What there is now that was not there before, by kind; empty when nothing was left behind. */
export async function leftSince(before: MachineState): Promise<MachineState> {
  const now = Object.entries(await machineState());
  const added = now.map(([kind, things]): [string, string[]] => [
    kind,
    things.filter((thing) => before[kind]?.includes(thing) !== true),
  ]);
  return Object.fromEntries(added.filter(([, things]) => things.length > 0));
}
