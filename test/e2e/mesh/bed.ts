import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mesh } from '../../../src/dataplane/mesh/index.ts';
import { createLogger } from '../../../src/main/system.ts';
import { SystemClock } from '../../../src/main/system-clock.ts';
import type {
  CertificateDocument,
  MeshEgress,
  MeshEndpointDocument,
  MeshIngress,
  MeshProxyDocument,
  MeshShare,
} from '../../../src/wire/link/index.ts';

export const namespaceArn = 'arn:aws:servicediscovery:us-east-1:111122223333:namespace/ns-1';

export interface TaskOptions {
  readonly ingress?: readonly MeshIngress[];
  readonly egress?: readonly MeshEgress[];
  readonly accessLog?: NonNullable<MeshProxyDocument['accessLog']>;
}

/** Tasks with proxies, each in a network namespace of its own, on a bridge between them. The real HAProxy; no engine. */
export class MeshBed implements AsyncDisposable {
  readonly directory: string;
  readonly documents = {
    proxies: new Map<string, MeshProxyDocument>(),
    endpoints: new Map<string, MeshEndpointDocument>(),
    certificates: new Map<string, CertificateDocument>(),
  };
  readonly #name = `rsm${randomBytes(3).toString('hex')}`;
  readonly #subnet = randomBytes(1)[0] ?? 0;
  readonly #tasks: BedTask[] = [];
  mesh: Mesh;

  private constructor(directory: string) {
    this.directory = directory;
    this.mesh = this.#start();
    ip('link', 'add', this.#name, 'type', 'bridge');
    ip('link', 'set', this.#name, 'up');
  }

  static async create(): Promise<MeshBed> {
    const directory = await mkdtemp(join(tmpdir(), 'roadstead-mesh-'));
    // Proxies are nobody's root, and see the host's own folders here.
    await chmod(directory, 0o711);
    return new MeshBed(directory);
  }

  #start(): Mesh {
    const log = createLogger({ level: process.env['MESH_LOG'] === undefined ? 'error' : 'info', name: 'mesh' });
    return new Mesh({ directory: `${this.directory}/mesh`, countMs: 300 }, { clock: new SystemClock(), log });
  }

  /** The agent goes and comes back: what runs stays. */
  async restart(): Promise<void> {
    await this.mesh.close();
    this.mesh = this.#start();
    await this.apply();
    for (const task of this.#tasks) if (task.runs) await task.serve(this.mesh);
  }

  apply(): Promise<void> {
    return this.mesh.update(this.documents);
  }

  endpoint(id: string, more: Partial<MeshEndpointDocument> = {}): void {
    this.documents.endpoints.set(id, {
      namespaceArn,
      discoveryName: id,
      protocol: 'http',
      idleTimeoutSeconds: 300,
      perRequestTimeoutSeconds: 15,
      shares: [],
      ...this.documents.endpoints.get(id),
      ...more,
    });
  }

  /** Who answers for an endpoint, in effect when this resolves. */
  async targets(id: string, ...tasks: readonly { readonly address: string; readonly port?: number }[]): Promise<void> {
    this.endpoint(id, { shares: [share('all', 1, ...tasks)] });
    await this.apply();
  }

  /** A task whose proxy serves. */
  async task(options: TaskOptions = {}): Promise<BedTask> {
    const number = this.#tasks.length + 1;
    const taskArn = `arn:aws:ecs:us-east-1:111122223333:task/test/${this.#name}${number}`;
    this.documents.proxies.set(taskArn, {
      containerName: 'ecs-service-connect-abcde',
      namespaceArn,
      clusterName: 'test',
      serviceName: `service-${number}`,
      ingress: [],
      egress: [],
      ...options,
    });
    await this.apply();
    const task = new BedTask(taskArn, `${this.#name}-${number}`, `10.214.${this.#subnet}.${number}`, this.directory);
    this.#tasks.push(task);
    await task.begin(this.#name);
    await task.startProxy(this.mesh);
    return task;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mesh.close();
    for (const task of this.#tasks) await task.end();
    for (const { taskArn } of this.#tasks) await this.mesh.end(taskArn);
    ip('link', 'del', this.#name);
    await rm(this.directory, { recursive: true, force: true });
  }
}

export function share(
  name: string,
  weight: number,
  ...tasks: readonly { readonly address: string; readonly port?: number }[]
): MeshShare {
  return {
    name,
    weight,
    targets: tasks.map(({ address, port = 8080 }, index) => ({ taskArn: `task-${index}`, address, port })),
  };
}

/** One of them: its namespace, its applications and callers (`inside.ts`), its proxy. */
export class BedTask {
  readonly taskArn: string;
  readonly namespace: string;
  readonly address: string;
  readonly #log: string;
  readonly #waiting = new Map<number, (message: { result?: unknown; error?: string }) => void>();
  #inside: ChildProcess | undefined;
  #proxy: ChildProcess | undefined;
  #sequence = 0;

  constructor(taskArn: string, namespace: string, address: string, directory: string) {
    this.taskArn = taskArn;
    this.namespace = namespace;
    this.address = address;
    this.#log = `${directory}/${namespace}.log`;
  }

  get runs(): boolean {
    return this.#proxy?.exitCode === null && this.#proxy.signalCode === null;
  }

  /** Of the proxy's master. */
  get proxyPid(): number {
    return this.#proxy?.pid ?? 0;
  }

  /** What the proxy wrote. */
  get output(): readonly string[] {
    return readFileSync(this.#log, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !/\[(NOTICE|WARNING)\]/.test(line));
  }

  async begin(bridge: string): Promise<void> {
    const [outer, inner] = [`${bridge}v${this.address.split('.').at(-1)}`, 'eth0'];
    ip('netns', 'add', this.namespace);
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', this.namespace);
    ip('link', 'set', outer, 'master', bridge, 'up');
    ip('-n', this.namespace, 'link', 'set', 'lo', 'up');
    ip('-n', this.namespace, 'addr', 'add', `${this.address}/24`, 'dev', inner);
    ip('-n', this.namespace, 'link', 'set', inner, 'up');
    // As engines have it in every namespace they make.
    this.run('sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start');
    const program = new URL('inside.ts', import.meta.url).pathname;
    const inside = spawn('nsenter', [this.#net, process.execPath, program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#inside = inside;
    inside.on('message', (message: { id: number; result?: unknown; error?: string }) => {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
    await once(inside, 'message');
  }

  async startProxy(mesh: Mesh): Promise<void> {
    const { command, user } = await mesh.prepare(this.taskArn, new AbortController().signal);
    const [uid, gid] = user.split(':');
    const log = openSync(this.#log, 'a');
    const unprivileged = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all'];
    this.#proxy = spawn('nsenter', [this.#net, ...unprivileged, ...command], { stdio: ['ignore', log, log] });
    closeSync(log);
    await this.serve(mesh);
  }

  async serve(mesh: Mesh): Promise<void> {
    const reload = async (): Promise<void> => void process.kill(this.proxyPid, 'SIGUSR2');
    const container = { pid: this.#inside?.pid ?? 0, addresses: new Map<string, string>(), reload };
    await mesh.serve(this.taskArn, container, new AbortController().signal);
  }

  ask<T>(operation: string, input: unknown = {}): Promise<T> {
    this.#sequence += 1;
    const id = this.#sequence;
    this.#inside?.send({ id, operation, input });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result as T) : reject(new Error(error)),
      );
    });
  }

  run(program: string, ...args: readonly string[]): string {
    return execFileSync('nsenter', [this.#net, program, ...args], { encoding: 'utf8' });
  }

  async stopProxy(): Promise<void> {
    if (!this.runs) return;
    const ended = once(this.#proxy!, 'exit');
    this.#proxy?.kill('SIGTERM');
    await ended;
  }

  async end(): Promise<void> {
    await this.stopProxy();
    if (this.#inside?.exitCode === null && this.#inside.signalCode === null) {
      const ended = once(this.#inside, 'exit');
      this.#inside.kill('SIGKILL');
      await ended;
    }
    ip('netns', 'del', this.namespace);
  }

  get #net(): string {
    return `--net=/run/netns/${this.namespace}`;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
