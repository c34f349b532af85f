import { execFile, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerRuntime, engineAddress } from '#agent';
import { createJsonClient, createQueryClient, loadModel } from '#wire/aws';
import { systemProcesses } from '../../src/cli/adapters/index.ts';
import { SystemClock } from '../../src/main/system-clock.ts';
import { freePort } from './free-port.ts';

type QueryClient = ReturnType<typeof createQueryClient>;

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;

/** The image of tests and benchmarks: a static busybox and nothing else, made here, never pulled. */
export const testImage = 'localhost/roadstead/busybox:test';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
export type Answer = any;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One installation in a folder of its own on a free port, driven by the real command line. */
export class Installation implements AsyncDisposable {
  readonly dataDir: string;
  readonly port: number;
  readonly clock = new SystemClock();
  readonly #agents: { dataDir: string; pid: number }[] = [];
  readonly #extraEnv: Readonly<Record<string, string>>;
  readonly #clients = new Map<string, QueryClient>();
  #keys: { accessKeyId: string; secretAccessKey: string } | undefined;

  constructor(dataDir: string, port: number, extraEnv: Readonly<Record<string, string>> = {}) {
    this.dataDir = dataDir;
    this.port = port;
    this.#extraEnv = extraEnv;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Runs `./roadstead` with this installation's data directory; never throws for an exit code. */
  async roadstead(...args: string[]): Promise<Ran> {
    return await exec(join(root, 'roadstead'), [...args, '--data-dir', this.dataDir], {
      ...process.env,
      ...this.#extraEnv,
    });
  }

  /** The same with the data directory of an agent that {@link startAgent} started. */
  async roadsteadOf(agent: string, ...args: string[]): Promise<Ran> {
    return await exec(join(root, 'roadstead'), [...args, '--data-dir', `${this.dataDir}-${agent}`], {
      ...process.env,
      ...this.#extraEnv,
    });
  }

  /** Runs `./roadstead` until it is disposed of; `lines` are what it has printed so far, whole ones. */
  following(...args: string[]): AsyncDisposable & { readonly lines: readonly string[] } {
    const child = spawn(join(root, 'roadstead'), [...args, '--data-dir', this.dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.#extraEnv },
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let text = '';
    child.stdout.on('data', (some: Buffer) => {
      text += some.toString();
    });
    return {
      get lines() {
        return text.split('\n').slice(0, -1);
      },
      async [Symbol.asyncDispose]() {
        child.kill('SIGINT');
        await ended;
      },
    };
  }

  async up(...flags: string[]): Promise<void> {
    const { code, stderr } = await this.roadstead('up', '--port', String(this.port), ...flags);
    if (code !== 0) throw new Error(`up failed: ${stderr}`);
  }

  /** Calls an ECS operation as the default account's root. Throws ApiError. */
  async call(operation: string, input: object = {}, service: 'ecs' | 'roadstead' = 'ecs'): Promise<Answer> {
    const client = createJsonClient(
      {
        service,
        targetPrefix: service === 'ecs' ? 'AmazonEC2ContainerServiceV20141113' : 'Roadstead_20261121',
        endpoint: this.url,
        region: 'us-east-1',
        credentials: this.keys(),
      },
      { clock: this.clock, send },
    );
    return await client.call(operation, input);
  }

  /** Calls an operation of EC2 as the default account's root, members as the SDKs name them. Throws ApiError. */
  async ec2(operation: string, input: object = {}): Promise<Answer> {
    return await this.#query('ec2', operation, input);
  }

  /** The same of Elastic Load Balancing. */
  async elb(operation: string, input: object = {}): Promise<Answer> {
    return await this.#query('elasticloadbalancingv2', operation, input);
  }

  keys(): { accessKeyId: string; secretAccessKey: string } {
    this.#keys ??= JSON.parse(readFileSync(join(this.dataDir, 'credentials.json'), 'utf8')).accounts.default;
    if (this.#keys === undefined) throw new Error('no credentials yet');
    return this.#keys;
  }

  /** What the aws CLI and the SDKs need. */
  environment(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.keys();
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
    };
  }

  /** The real aws CLI; its JSON. The endpoint is an argument: Debian 12's CLI (2.9) does not read AWS_ENDPOINT_URL. */
  async aws(...args: string[]): Promise<Answer> {
    const { code, stdout, stderr } = await exec('aws', [...args, '--endpoint-url', this.url, '--output', 'json'], {
      ...process.env,
      ...this.environment(),
    });
    if (code !== 0) throw new Error(`aws ${args.join(' ')}: ${stderr}`);
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  /** Starts an agent that joins a cluster as a container instance, with further settings; gives its pid. */
  async startAgent(cluster: string, name = 'ec2', settings: Readonly<Record<string, string>> = {}): Promise<number> {
    const dataDir = `${this.dataDir}-${name}`;
    const log = openSync(`${this.dataDir}-${name}.log`, 'a');
    const args = [
      'agent',
      '--cluster',
      cluster,
      '--data-dir',
      dataDir,
      '--endpoint',
      this.url,
      '--region',
      'us-east-1',
    ];
    const env = {
      ...process.env,
      ...this.#extraEnv,
      ...this.environment(),
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      ...settings,
    };
    const child = spawn(join(root, 'roadstead'), args, {
      stdio: ['ignore', log, log],
      env,
      detached: true,
    });
    closeSync(log);
    child.unref();
    if (child.pid === undefined) throw new Error('the agent did not start');
    this.#agents.push({ dataDir, pid: child.pid });
    return child.pid;
  }

  /** Pid of a part that `up` started. */
  pid(part: 'server' | 'agent'): number {
    return Number(readFileSync(join(this.dataDir, `${part}.pid`), 'utf8').trim());
  }

  /** Waits until the condition gives something; fails with the name when it does not within the limit. */
  async until<T>(what: string, condition: () => Promise<T | undefined | false>, limitMs = 60_000): Promise<T> {
    const deadline = performance.now() + limitMs;
    let last: unknown;
    for (;;) {
      try {
        const value = await condition();
        if (value !== undefined && value !== false) return value;
      } catch (error) {
        last = error;
      }
      if (performance.now() > deadline)
        throw new Error(`never came true: ${what}${last instanceof Error ? ` (${last.message})` : ''}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until a task has a status; gives it as it is then. */
  async reaches(taskArn: string, lastStatus: string, cluster = 'default'): Promise<Answer> {
    return await this.until(`${taskArn} is ${lastStatus}`, async () => {
      const { tasks } = await this.call('DescribeTasks', { cluster, tasks: [taskArn] });
      return tasks[0].lastStatus === lastStatus && tasks[0];
    });
  }

  #query(service: string, operation: string, input: object): Promise<Answer> {
    const model = loadModel().services.get(service);
    if (model === undefined) throw new Error(`${service} is not served`);
    const options = { model, endpoint: this.url, region: 'us-east-1', credentials: this.keys() };
    const client = this.#clients.get(service) ?? createQueryClient(options, { clock: this.clock, send });
    this.#clients.set(service, client);
    return client.call(operation, input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.#agents) await endProcess(pid);
    await this.roadstead('down', '--tasks');
    for (const { dataDir } of this.#agents) {
      await exec(join(root, 'roadstead'), ['down', '--tasks', '--data-dir', dataDir], {
        ...process.env,
        ...this.#extraEnv,
      });
      rmSync(dataDir, { recursive: true, force: true });
      rmSync(`${dataDir}.log`, { force: true });
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** An installation that is up, on this machine's engine, which has the test image. */
export async function startedInstallation(...flags: string[]): Promise<Installation> {
  await ensureTestImage();
  const installation = await newInstallation();
  try {
    await installation.up(...flags);
    return installation;
  } catch (error) {
    await installation[Symbol.asyncDispose]();
    throw error;
  }
}

/** `extraEnv` goes to every command of the installation, e.g. another engine's `DOCKER_HOST`. */
export async function newInstallation(extraEnv: Readonly<Record<string, string>> = {}): Promise<Installation> {
  return new Installation(mkdtempSync(join(tmpdir(), 'roadstead-')), await freePort(), extraEnv);
}

export async function endProcess(pid: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
  while (systemProcesses().isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The engine, for looking at what really runs. */
export function engine(dockerHost = process.env['DOCKER_HOST']): DockerRuntime {
  return new DockerRuntime({ address: engineAddress(dockerHost) }, { clock: new SystemClock() });
}

/** Makes the test image unless it is there. */
export async function ensureTestImage(dockerHost?: string): Promise<void> {
  const runtime = engine(dockerHost);
  try {
    if ((await runtime.inspectImage(testImage)) !== undefined) return;
    const script = `d=$(mktemp -d) && mkdir -p $d/bin $d/tmp && cp /bin/busybox $d/bin/ && for a in $(/bin/busybox --list); do [ $a = busybox ] || ln -s busybox $d/bin/$a; done && tar -C $d -c . && rm -rf $d`;
    const { stdout } = await run('sh', ['-c', script], { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
    await runtime.importImage(stdout, testImage, []);
  } finally {
    runtime.close();
  }
}

async function exec(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(command, args, { env, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: number | string; stdout?: string; stderr?: string; message: string };
    return {
      code: typeof failed.code === 'number' ? failed.code : 127,
      stdout: failed.stdout ?? '',
      stderr: failed.stderr ?? failed.message,
    };
  }
}

async function send(request: {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}) {
  const { host: _, ...headers } = request.headers;
  const response = await fetch(request.url, {
    method: request.method,
    headers,
    body: request.body as Uint8Array<ArrayBuffer>,
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
