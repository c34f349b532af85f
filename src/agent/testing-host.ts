import { afterMs, Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import type { PayloadTask } from '#wire/link';
import { type Agent, startAgent } from './agent.ts';
import type { TaskCgroups, TaskLimits } from './host/cgroups.ts';
import type { HostGpus } from './host/gpus.ts';
import type { LogRouters, RouterFiles, RouterPaths } from './host/log-routers.ts';
import type { TaskInterface, TaskNetwork } from './host/network.ts';
import type { SecretSource } from './host/secrets.ts';
import type { ProxyContainer, ProxyProgram, ProxyRoutes, TaskProxies } from './host/task-proxies.ts';
import type { HostPart } from './host-state/part.ts';
import { MemoryHostStateStore } from './host-state/store.ts';
import type { AgentDeps, AgentOptions, EndpointDeps } from './options.ts';
import { SimulatedRuntime, type SimulatedRuntimeOptions } from './runtime/simulated.ts';
import { MemoryStateStore } from './state/store.ts';
import { SimulatedBlockVolumes, SimulatedFileSystems } from './storage/testing.ts';
import type { EngineContainer, EngineTask } from './task/state.ts';
import { payloadTask, ScriptedControlPlane } from './testing.ts';

/** Interfaces in memory: which namespace holds which. */
export class SimulatedNetwork implements TaskNetwork {
  readonly attached = new Map<string, { readonly address: string; readonly pid: number }>();
  failure: Error | undefined;
  /** Held back until this resolves. */
  ready: Promise<void> = Promise.resolve();

  async probe(): Promise<{ available: boolean; problems: readonly string[] }> {
    return { available: true, problems: [] };
  }

  async attach({ interfaceId, address }: TaskInterface, pid: number): Promise<void> {
    await this.ready;
    if (this.failure !== undefined) throw this.failure;
    this.attached.set(interfaceId, { address, pid });
  }

  async detach(interfaceId: string): Promise<void> {
    this.attached.delete(interfaceId);
  }

  async reconcile(expected: readonly string[]): Promise<void> {
    for (const id of this.attached.keys()) if (!expected.includes(id)) this.attached.delete(id);
  }

  async removeAll(): Promise<void> {
    this.attached.clear();
  }
}

/** Control groups in memory. */
export class SimulatedCgroups implements TaskCgroups {
  readonly groups = new Map<string, TaskLimits>();

  async probe(): Promise<{ available: boolean; problems: readonly string[] }> {
    return { available: true, problems: [] };
  }

  async create(taskId: string, limits: TaskLimits): Promise<void> {
    this.groups.set(taskId, limits);
  }

  parentOf(taskId: string): string {
    return `/ecs/${taskId}`;
  }

  async remove(taskId: string): Promise<void> {
    this.groups.delete(taskId);
  }

  async removeAll(): Promise<void> {
    this.groups.clear();
  }

  async removeParent(): Promise<void> {}
}

/** Files of log routers in memory, by task. */
export class SimulatedRouters implements LogRouters {
  readonly files = new Map<string, RouterFiles>();

  async probe(): Promise<{ available: boolean; problems: readonly string[] }> {
    return { available: true, problems: [] };
  }

  async write(taskId: string, files: RouterFiles): Promise<void> {
    this.files.set(taskId, files);
  }

  pathsOf(taskId: string): RouterPaths {
    const folder = `/firelens/${taskId}`;
    return {
      configuration: `${folder}/fluent.conf`,
      external: `${folder}/external.conf`,
      sockets: folder,
      socket: `${folder}/fluent.sock`,
    };
  }

  async remove(taskId: string): Promise<void> {
    this.files.delete(taskId);
  }

  async keepOnly(isKept: (taskId: string) => boolean): Promise<void> {
    for (const taskId of this.files.keys()) if (!isKept(taskId)) this.files.delete(taskId);
  }
}

/** Service Connect proxies in memory, and as the host part that announces them. What they do is written down. */
export class SimulatedProxies implements TaskProxies {
  readonly calls: string[] = [];
  readonly containers = new Map<string, ProxyContainer>();
  readonly routes: ProxyRoutes[] = [];
  /** Held back until these resolve. */
  told: Promise<void> = Promise.resolve();
  serving: Promise<void> = Promise.resolve();
  failure: Error | undefined;
  readonly part: HostPart = {
    family: 'mesh',
    kinds: [],
    probe: async () => ({ available: true, problems: [] }),
    attributes: async () => [{ name: 'ecs.capability.service-connect-v1' }],
    start: () => ({ apply: async () => {}, [Symbol.asyncDispose]: async () => {} }),
  };

  async prepare(): Promise<ProxyProgram> {
    await this.told;
    if (this.failure !== undefined) throw this.failure;
    return { command: ['/usr/sbin/haproxy', '-W'], user: '101:102', binds: ['/usr:/usr:ro'] };
  }

  async route(routes: ProxyRoutes): Promise<void> {
    this.calls.push('route');
    this.routes.push(routes);
  }

  async serve(taskArn: string, container: ProxyContainer): Promise<void> {
    await this.serving;
    this.calls.push('serve');
    this.containers.set(taskArn, container);
  }

  async drain(): Promise<void> {
    this.calls.push('drain');
  }

  async end(taskArn: string): Promise<void> {
    this.calls.push('end');
    this.containers.delete(taskArn);
  }

  async keepOnly(isKept: (taskId: string) => boolean): Promise<void> {
    for (const arn of this.containers.keys()) {
      if (!isKept(arn.slice(arn.lastIndexOf('/') + 1))) this.containers.delete(arn);
    }
  }

  takeCounted(): [] {
    return [];
  }
}

/** A host with a simulated engine under a clock that stands still unless a test moves it. */
export class SimulatedHost {
  readonly clock = new ManualClock(instantFromMs(1_760_000_000_000));
  readonly random: SeededRandom;
  readonly ids: Ids;
  readonly runtime: SimulatedRuntime;
  readonly network = new SimulatedNetwork();
  readonly cgroups = new SimulatedCgroups();
  readonly fileSystems = new SimulatedFileSystems();
  readonly blockVolumes = new SimulatedBlockVolumes();
  readonly routers = new SimulatedRouters();
  readonly state = new MemoryStateStore();
  readonly controlPlane: ScriptedControlPlane;
  readonly busyPorts = new Set<number>();
  gpus: HostGpus = { ids: [] };
  /** Containers of which leftovers of the engine's were ended, by id. */
  readonly leftoversEnded: string[] = [];
  /** Absent: the host serves no in-task endpoints. */
  endpoints: EndpointDeps | undefined;
  /** Absent: tasks have no Service Connect. */
  proxies: SimulatedProxies | undefined;
  readonly hostState = new MemoryHostStateStore();
  /** Absent: the agent cannot fetch values. */
  secrets: SecretSource | undefined;
  agent: Agent | undefined;

  constructor(options: SimulatedRuntimeOptions = {}, seed = 1) {
    this.random = new SeededRandom(seed);
    this.ids = new Ids(this.random);
    this.runtime = new SimulatedRuntime(options, { clock: this.clock, random: this.random });
    this.controlPlane = new ScriptedControlPlane({ clock: this.clock, ids: this.ids });
  }

  /** `link` stands for the scripted control plane. */
  async start(
    options: Partial<AgentOptions> = {},
    signal?: AbortSignal,
    link: Pick<AgentDeps, 'api' | 'connect'> = { api: this.controlPlane, connect: this.controlPlane.connect },
  ): Promise<void> {
    const starting = startAgent(
      {
        cluster: 'default',
        region: 'us-east-1',
        agentVersion: '0.0.0-test',
        reservedMemoryMiB: 0,
        reservedTcpPorts: [22],
        reservedUdpPorts: [],
        portRange: { first: 40_000, last: 40_009 },
        attributes: [{ name: 'stack', value: 'test' }],
        external: false,
        pullBehaviour: 'default',
        stopTimeoutMs: 30_000,
        cleanupWaitMs: 600_000,
        ...options,
      },
      {
        runtime: this.runtime,
        state: this.state,
        ...link,
        clock: this.clock,
        random: this.random,
        log: silentLogger,
        portProbe: { isFree: async (port) => !this.busyPorts.has(port) },
        findGpus: async () => this.gpus,
        network: this.network,
        routers: this.routers,
        cgroups: () => this.cgroups,
        fileSystems: this.fileSystems,
        blockVolumes: this.blockVolumes,
        endLeftover: async (containerId) => void this.leftoversEnded.push(containerId),
        ...(this.endpoints === undefined ? {} : { endpoints: this.endpoints }),
        ...(this.secrets === undefined ? {} : { secrets: this.secrets }),
        ...(this.proxies === undefined
          ? {}
          : { proxies: this.proxies, hostState: { store: this.hostState, parts: [this.proxies.part] } }),
      },
      signal,
    );
    const settled = starting.then(
      (agent) => {
        this.agent = agent;
      },
      () => {},
    );
    await this.pass(0);
    await settled;
    await starting;
    await this.pass(0);
  }

  /** The process ends without a word; what it had begun still happens. */
  async crash(): Promise<void> {
    const ending = this.agent?.[Symbol.asyncDispose]();
    this.agent = undefined;
    await this.pass(5000);
    await ending;
  }

  /** Lets time pass, and everything happen that is due on the way. */
  async pass(durationMs: number): Promise<void> {
    const end = afterMs(this.clock.now(), durationMs);
    for (;;) {
      await turns();
      const next = this.clock.nextTimerAt();
      if (next === undefined || next > end) break;
      this.clock.advanceTo(next);
    }
    this.clock.advanceTo(end);
    await turns();
  }

  /** Sends tasks and lets the agent work on them for a second. */
  async run(...tasks: readonly PayloadTask[]): Promise<string> {
    const messageId = this.controlPlane.assign(...tasks);
    await this.pass(1000);
    return messageId;
  }

  task(taskArn: string): EngineTask | undefined {
    return [...(this.agent?.tasks ?? [])].find((task) => task.taskArn === taskArn);
  }

  container(taskArn: string, name = 'app'): EngineContainer | undefined {
    return this.task(taskArn)?.containers.find((container) => container.name === name);
  }

  /** The names of running containers of the engine, without what makes them unique. */
  async running(): Promise<string[]> {
    const all = await this.runtime.listContainers([]);
    return all.filter(({ state }) => state === 'running').map(({ name }) => name.replace(/-[0-9a-f]{20}$/, ''));
  }
}

/** Promises that wait for nothing but each other settle within a few turns of the event loop. */
async function turns(): Promise<void> {
  for (let i = 0; i < 8; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A host whose agent has started. */
export async function startedHost(
  runtime: SimulatedRuntimeOptions = {},
  seed = 1,
  options: Partial<AgentOptions> = {},
): Promise<SimulatedHost> {
  const host = new SimulatedHost(runtime, seed);
  await host.start(options);
  return host;
}

/** A task with an interface of its own. */
export function awsvpcTask(host: Pick<SimulatedHost, 'ids'>, over: Partial<PayloadTask> = {}): PayloadTask {
  const eni = {
    attachmentArn: 'arn:aws:ecs:us-east-1:000000000000:attachment/default/1',
    ec2Id: `eni-${host.ids.hex(17)}`,
    macAddress: '0a:00:00:00:00:01',
    index: 0,
    interfaceAssociationProtocol: 'default',
    ipv4Addresses: [{ privateAddress: '172.31.0.10', primary: true }],
    subnetGatewayIpv4Address: '172.31.0.1/20',
    privateDnsName: 'ip-172-31-0-10.ec2.internal',
  };
  return payloadTask(host.ids, {}, { networkMode: 'awsvpc', elasticNetworkInterfaces: [eni], ...over });
}
