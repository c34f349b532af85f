import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Answer, endProcess, ensureTestImage, type Installation, newInstallation } from './installation.ts';
import { PrivateEngine } from './private-engine.ts';
import { Relay } from './relay.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;

/** The addresses of the hosts' network, which nothing else is in. */
const prefix = '10.231.0';
/** In the middle, as a router would be: the way out of the hosts, and where they reach the control plane. */
const middle = `${prefix}.254`;

export interface HostsOptions {
  readonly count?: number;
  readonly cluster?: string;
  /** For every agent. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Several hosts on this machine: a network namespace with a dockerd and an agent of its own for each, joined by a bridge
 * in one more, and one control plane. All of it goes with the object.
 */
export class Hosts implements AsyncDisposable {
  readonly installation: Installation;
  readonly hosts: readonly Host[];
  readonly #switch: string;
  readonly #relay: Relay;

  private constructor(installation: Installation, hosts: readonly Host[], middleNamespace: string, relay: Relay) {
    this.installation = installation;
    this.hosts = hosts;
    this.#switch = middleNamespace;
    this.#relay = relay;
  }

  static async start({ count = 3, cluster = 'default', settings = {} }: HostsOptions = {}): Promise<Hosts> {
    const name = `rst${randomBytes(3).toString('hex')}`;
    const installation = await newInstallation();
    const between = `${name}-switch`;
    makeSwitch(between);
    const relay = new Relay({ namespace: pathOf(between), address: middle, port: installation.port });
    const hosts = Array.from({ length: count }, (_, index) => new Host(name, index, between));
    const all = new Hosts(installation, hosts, between, relay);
    try {
      await installation.up('--no-node');
      if (cluster !== 'default') await installation.call('CreateCluster', { clusterName: cluster });
      await relay.start();
      const endpoint = `http://${middle}:${installation.port}`;
      const env = { ...installation.environment(), ...settings };
      await Promise.all(hosts.map((host) => host.start({ cluster, endpoint, env })));
      await all.connected(cluster);
      return all;
    } catch (error) {
      await all[Symbol.asyncDispose]();
      throw error;
    }
  }

  host(index: number): Host {
    const host = this.hosts[index];
    if (host === undefined) throw new Error(`there is no host ${index}`);
    return host;
  }

  /** Runs a program in the middle, outside of every host. */
  async outside(command: string, ...args: string[]): Promise<string> {
    return inNamespace(pathOf(this.#switch), command, ...args);
  }

  /** Waits until every host's agent is connected, and knows which container instance is whose. */
  async connected(cluster: string): Promise<void> {
    await this.installation.until(
      'all hosts are connected',
      async () => {
        const filter = 'agentConnected == true';
        const { containerInstanceArns } = await this.installation.call('ListContainerInstances', { cluster, filter });
        if (containerInstanceArns.length < this.hosts.length) return false;
        const { containerInstances } = await this.installation.call('DescribeContainerInstances', {
          cluster,
          containerInstances: containerInstanceArns,
        });
        for (const host of this.hosts) {
          const own = containerInstances.find(({ attributes }: Answer) =>
            attributes.some(({ value }: Answer) => value === host.address),
          );
          host.containerInstanceArn = own?.containerInstanceArn ?? '';
        }
        return this.hosts.every(({ containerInstanceArn }) => containerInstanceArn !== '');
      },
      120_000,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.hosts.map((host) => host[Symbol.asyncDispose]()));
    await this.#relay[Symbol.asyncDispose]();
    await this.installation[Symbol.asyncDispose]();
    deleteNamespace(this.#switch);
  }
}

/** One of them. */
export class Host implements AsyncDisposable {
  /** In the hosts' network. */
  readonly address: string;
  /** Its network namespace, as `nsenter --net=` takes it. */
  readonly namespace: string;
  readonly engine: PrivateEngine;
  readonly dataDir = mkdtempSync(join(tmpdir(), 'roadstead-host-'));
  containerInstanceArn = '';
  readonly #name: string;
  readonly #between: string;
  readonly #index: number;
  #agent: ChildProcess | undefined;
  #begin: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } | undefined;

  constructor(name: string, index: number, between: string) {
    this.#name = `${name}-${index}`;
    this.#between = between;
    this.#index = index;
    this.address = `${prefix}.${index + 1}`;
    this.namespace = pathOf(this.#name);
    makeHost(this.#name, between, index, this.address);
    this.engine = new PrivateEngine({ namespace: this.namespace });
  }

  async start(of: {
    readonly cluster: string;
    readonly endpoint: string;
    readonly env: Readonly<Record<string, string>>;
  }): Promise<void> {
    await this.engine.start();
    await ensureTestImage(this.engine.dockerHost);
    const args = ['agent', '--cluster', of.cluster, '--endpoint', of.endpoint, '--underlay-address', this.address];
    this.#begin = { args: [...args, '--region', 'us-east-1', '--data-dir', this.dataDir], env: of.env };
    this.startAgent();
  }

  /** Further settings are this run's alone. */
  startAgent(settings: Readonly<Record<string, string>> = {}): void {
    if (this.#begin === undefined) throw new Error('the host was not started');
    const log = openSync(`${this.dataDir}.log`, 'a');
    const { args, env } = this.#begin;
    this.#agent = spawn('nsenter', [`--net=${this.namespace}`, join(root, 'roadstead'), ...args], {
      stdio: ['ignore', log, log],
      env: { ...this.#env(), ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached', ...env, ...settings },
    });
    closeSync(log);
  }

  /** Ends the agent alone; tasks run on. */
  async endAgent(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#agent?.pid !== undefined) await endProcess(this.#agent.pid, signal);
    this.#agent = undefined;
  }

  /** What the agent said lately. */
  get log(): string {
    return readFileSync(`${this.dataDir}.log`, 'utf8').slice(-8000);
  }

  /** Pulls the host's cable, or puts it back: nobody is told, packets just do not come. */
  cable(plugged: boolean): void {
    batch(this.#between, [`link set host${this.#index} ${plugged ? 'up' : 'down'}`]);
  }

  /** Runs a program in the host's network; its standard output. */
  run(command: string, ...args: string[]): Promise<string> {
    return inNamespace(this.namespace, command, ...args);
  }

  /**
   * Whatever Roadstead made of the kernel's network here: tables, devices, routes, rules; nothing when all is gone. The
   * way to the in-task endpoints is apart: agents of one machine share it and know of each other by files.
   */
  async traces(): Promise<string[]> {
    const texts = await Promise.all([
      this.run('nft', 'list', 'tables', 'inet'),
      this.run('ip', '-o', 'link'),
      this.run('ip', 'route', 'show', 'table', 'all'),
      this.run('ip', 'rule'),
      this.run('iptables-save'),
    ]);
    const ours = /roadstead|: rs[0-9a-f]{12}|rsvxlan|proto 8[23] |8200/i;
    return texts.flatMap((text) =>
      text.split('\n').filter((line) => ours.test(line) && !line.includes('endpoints-of-roadstead')),
    );
  }

  /** Ends the agent and removes what it made. */
  async clean(): Promise<void> {
    await this.endAgent();
    await inNamespaceWith(
      this.#env(),
      this.namespace,
      join(root, 'roadstead'),
      'down',
      '--tasks',
      '--data-dir',
      this.dataDir,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endAgent();
    await this.engine[Symbol.asyncDispose]();
    deleteNamespace(this.#name);
    rmSync(this.dataDir, { recursive: true, force: true });
    rmSync(`${this.dataDir}.log`, { force: true });
  }

  #env(): NodeJS.ProcessEnv {
    return { ...process.env, DOCKER_HOST: this.engine.dockerHost };
  }
}

function pathOf(name: string): string {
  return `/run/netns/${name}`;
}

function inNamespace(namespace: string, command: string, ...args: string[]): Promise<string> {
  return inNamespaceWith(process.env, namespace, command, ...args);
}

async function inNamespaceWith(
  env: NodeJS.ProcessEnv,
  namespace: string,
  command: string,
  ...args: string[]
): Promise<string> {
  const { stdout } = await run('nsenter', [`--net=${namespace}`, command, ...args], { env, maxBuffer: 64 * 1024 ** 2 });
  return stdout;
}

function makeSwitch(name: string): void {
  ip('netns', 'add', name);
  batch(name, ['link set lo up', 'link add br0 type bridge', `addr add ${middle}/24 dev br0`, 'link set br0 up']);
}

function makeHost(name: string, between: string, index: number, address: string): void {
  ip('netns', 'add', name);
  batch(name, [
    'link set lo up',
    `link add eth0 type veth peer name host${index} netns ${between}`,
    `addr add ${address}/24 dev eth0`,
    'link set eth0 up',
    `route add default via ${middle}`,
  ]);
  batch(between, [`link set host${index} master br0 up`]);
}

function deleteNamespace(name: string): void {
  ip('netns', 'delete', name);
}

function batch(namespace: string, lines: readonly string[]): void {
  execFileSync('ip', ['-n', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

function ip(...args: string[]): void {
  execFileSync('ip', args);
}
