import { assert, Fault, Ids, messageOf } from '#base';
import { resolverAddress } from '#model';
import { FargateFacts } from './endpoints/fargate-facts.ts';
import { Faults } from './endpoints/faults/answer.ts';
import { StatsWatch } from './endpoints/stats.ts';
import { TaskEndpoints } from './endpoints/task-endpoints.ts';
import { CommandSessions } from './exec/sessions.ts';
import { findHost, type Host } from './host/find.ts';
import { HostState } from './host-state/host-state.ts';
import {
  closePatienceMs,
  createTimeoutMs,
  engineBackoff,
  gatherMs,
  registrationBackoff,
  relistMs,
  reportBackoff,
  reportLanes,
  startLanesPerCpu,
  startTimeoutMs,
  telemetryPeriodMs,
  usageLanes,
} from './limits.ts';
import { AcsChannel } from './link/acs.ts';
import { stayConnected } from './link/connections.ts';
import { CredentialStore } from './link/credentials.ts';
import { register } from './link/register.ts';
import { TaskReporter } from './link/reporter.ts';
import { TcsChannel } from './link/tcs.ts';
import type { AgentDeps, AgentOptions } from './options.ts';
import { mostSpares } from './sandboxes/decide.ts';
import { checkCluster, explainedRefusal } from './state/foreign.ts';
import type { AgentIdentity, SavedState } from './state/store.ts';
import { instanceLabel } from './task/container-body.ts';
import { TaskEngine } from './task/engine.ts';
import type { TaskEngineOptions } from './task/engine-options.ts';
import { cleanImagesRegularly } from './task/image-clean-up.ts';
import type { EngineTask } from './task/state.ts';
import { RuntimeWatch } from './task/watch.ts';
import { UsageWatch } from './usage/usage-watch.ts';

/** A running agent. Disposing of it leaves every container running. */
export interface Agent extends AsyncDisposable {
  /** Resolves once registered. */
  readonly containerInstanceArn: Promise<string>;
  /** Resolves when the agent cannot go on, with the reason; it must be disposed of then. */
  readonly failed: Promise<Fault>;
  readonly tasks: Iterable<EngineTask>;
}

/**
 * Starts the agent of one host. Returns once the tasks of an earlier run are taken up again (or, for a new host, once
 * its engine was found); registration goes on behind. `signal` ends the wait for the engine. Throws Fault `StateFormat`, `ForeignState`, `EngineVersion`.
 */
export async function startAgent(
  options: AgentOptions,
  deps: AgentDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<Agent> {
  const ids = new Ids(deps.random);
  const saved = await deps.state.load();
  const stopping = new AbortController();
  const identity = identityOf(saved, options, deps, ids);
  const host = await findHost(options, deps, signal);
  const run = new AgentRun(options, deps, { ids, host, identity, saved, stopping });
  return run.start();
}

function identityOf({ identity }: SavedState, options: AgentOptions, { state }: AgentDeps, ids: Ids): AgentIdentity {
  if (identity === undefined) {
    return { format: 1, cluster: options.cluster, instanceId: `i-${ids.hex(17)}`, latestSequence: -1 };
  }
  checkCluster(identity, options.cluster, state);
  return identity;
}

interface AgentStart {
  readonly ids: Ids;
  readonly host: Host;
  readonly identity: AgentIdentity;
  readonly saved: SavedState;
  readonly stopping: AbortController;
}

/** What exists once the container instance has its ARN, which labels every container. */
interface AgentParts {
  readonly engine: TaskEngine;
  readonly watch: RuntimeWatch;
  readonly reporter: TaskReporter;
  readonly telemetry: TcsChannel;
  readonly sessions: CommandSessions | undefined;
}

class AgentRun implements Agent {
  readonly containerInstanceArn: Promise<string>;
  readonly failed: Promise<Fault>;
  readonly #options: AgentOptions;
  readonly #deps: AgentDeps;
  readonly #start: AgentStart;
  readonly #credentials = new CredentialStore();
  readonly #work: Promise<void>[] = [];
  /** In-task endpoints, while they are served. */
  readonly #served = new AsyncDisposableStack();
  /** The host's attributes as the control plane has them. */
  #attributes: ReadonlyMap<string, string> = new Map();
  #faults: Faults | undefined;
  #reasserted: Promise<void> = Promise.resolve();
  #identity: AgentIdentity;
  #parts: AgentParts | undefined;
  #hostState: HostState | undefined;
  #registered: (arn: string) => void = () => {};
  #fail: (fault: Fault) => void = () => {};

  constructor(options: AgentOptions, deps: AgentDeps, start: AgentStart) {
    this.#options = options;
    this.#deps = deps;
    this.#start = start;
    this.#identity = start.identity;
    this.containerInstanceArn = new Promise((resolve) => {
      this.#registered = resolve;
    });
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  get tasks(): Iterable<EngineTask> {
    return this.#parts?.engine.tasks ?? [];
  }

  /** A host that was registered before takes its tasks up again whether or not the control plane answers. */
  async start(): Promise<Agent> {
    await this.#deps.state.saveIdentity(this.#identity);
    const known = this.#identity.containerInstanceArn;
    if (known !== undefined) await this.#startEngine(known);
    this.#spawn(this.#join());
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#start.stopping.abort(new Fault('Closed', 'the agent ends'));
    this.#parts?.sessions?.close();
    await this.#parts?.reporter.close();
    await Promise.allSettled(this.#work);
    await this.#parts?.engine.close(closePatienceMs);
    await this.#hostState?.[Symbol.asyncDispose]();
    await this.#reasserted;
    await this.#served.disposeAsync();
    await this.#deps.state.flush();
  }

  /** Registers, then stays connected. */
  async #join(): Promise<void> {
    const { signal } = this.#start.stopping;
    const deps = { ...this.#deps, ids: this.#start.ids };
    const instance = await register(this.#registration(), deps, signal).catch((error: unknown) => {
      throw explainedRefusal(error, this.#identity, this.#deps.state);
    });
    const { containerInstanceArn, attributes } = instance;
    this.#attributes = new Map(attributes.map(({ name, value = '' }) => [name, value]));
    if (this.#identity.containerInstanceArn === undefined) {
      this.#identity = { ...this.#identity, containerInstanceArn };
      await this.#deps.state.saveIdentity(this.#identity);
      await this.#startEngine(containerInstanceArn);
    }
    this.#deps.log.info('registered', { containerInstanceArn });
    this.#registered(containerInstanceArn);
    await this.#connect(containerInstanceArn, signal);
  }

  #registration(): Parameters<typeof register>[0] {
    const { host } = this.#start;
    const { instanceId, containerInstanceArn } = this.#identity;
    const { cluster, region, agentVersion, reservedTcpPorts, reservedUdpPorts } = this.#options;
    const first = containerInstanceArn === undefined;
    return {
      cluster,
      region,
      instanceId,
      agentVersion,
      reservedTcpPorts,
      reservedUdpPorts,
      ...this.#capacity(),
      ...(first ? {} : { containerInstanceArn }),
      gpuIds: host.gpuIds,
      attributes: [...(first ? this.#options.attributes : []), ...host.attributes],
      dockerVersion: host.dockerVersion,
      backoff: registrationBackoff,
    };
  }

  #capacity(): { readonly cpuUnits: number; readonly memoryMiB: number } {
    const { info } = this.#start.host;
    const memoryMiB = this.#options.memoryMiB ?? Math.floor(info.memoryBytes / 1024 ** 2);
    return {
      cpuUnits: this.#options.cpuUnits ?? info.cpuCount * 1024,
      memoryMiB: Math.max(0, memoryMiB - this.#options.reservedMemoryMiB),
    };
  }

  /** Resolves when the containers there are have been compared with the tasks there were. */
  async #startEngine(containerInstanceArn: string): Promise<void> {
    const { saved, stopping } = this.#start;
    const parts = this.#makeParts(containerInstanceArn);
    this.#parts = parts;
    this.#hostState = await this.#startHostState(containerInstanceArn);
    parts.engine.restore(saved);
    await this.#serveEndpoints(containerInstanceArn, parts.engine);
    for (const { taskArn } of saved.tasks) parts.reporter.changed(taskArn, 'now');
    await new Promise<void>((resolve) => {
      const watching = parts.watch.run(stopping.signal, resolve);
      this.#spawn(watching.finally(resolve));
    });
    const { imageCleanUp } = this.#options;
    if (imageCleanUp === undefined) return;
    const clean = (): Promise<readonly string[]> => parts.engine.cleanImages();
    this.#spawn(cleanImagesRegularly(imageCleanUp, { ...this.#deps, clean }, stopping.signal));
  }

  /** What was kept of the control plane's word is in effect without it. */
  async #startHostState(containerInstanceArn: string): Promise<HostState | undefined> {
    const { parts } = this.#start.host;
    const { hostState, clock, random, log } = this.#deps;
    if (hostState === undefined || parts.length === 0) return undefined;
    const { ids } = this.#start;
    return HostState.start({ containerInstanceArn, parts }, { store: hostState.store, clock, random, ids, log });
  }

  /** What processes in tasks may ask this agent; from before the first of them can run. */
  async #serveEndpoints(containerInstanceArn: string, engine: TaskEngine): Promise<void> {
    const { runtime, clock, log, endpoints } = this.#deps;
    const { host } = this.#start;
    if (endpoints === undefined || host.endpoints === undefined) return;
    this.#faults = new Faults({ commands: endpoints.faults, runtime, clock, log });
    const stats = this.#served.use(new StatsWatch({ runtime, readInterfaces: endpoints.readInterfaces, clock, log }));
    const handler = new TaskEndpoints({
      tasks: () => engine.tasks,
      credentials: this.#credentials,
      runtime,
      stats,
      fargate: new FargateFacts({ runtime, readClockDrift: endpoints.readClockDrift, clock }),
      api: endpoints.api,
      host: {
        cluster: this.#options.cluster,
        containerInstanceArn,
        attribute: (name) => this.#attributes.get(name),
      },
      faults: this.#faults,
      clock,
    });
    this.#served.use(await host.endpoints.serve(handler));
  }

  /** The engine was listed afresh, or is lost. */
  #engineIs(available: boolean, { engine, telemetry }: Pick<AgentParts, 'engine' | 'telemetry'>): void {
    telemetry.runtimeAvailable(available);
    const { endpoints } = this.#start.host;
    if (!available || endpoints === undefined) return;
    this.#faults?.keepOnly((taskArn) => engine.find(taskArn) !== undefined);
    // A firewall that was loaded anew, or a restarted engine, may have taken the way to the endpoints away.
    this.#reasserted = endpoints.reconcile().catch((error: unknown) => {
      this.#deps.log.warn('the way to the in-task endpoints could not be set', { error: messageOf(error) });
    });
  }

  #makeParts(containerInstanceArn: string): AgentParts {
    const { host, ids } = this.#start;
    const { api, clock, random, log } = this.#deps;
    const {
      network: _n,
      cgroups: _c,
      fileSystems: _f,
      blockVolumes: _b,
      routers: _r,
      proxies: _p,
      ...shared
    } = this.#deps;
    const engine: TaskEngine = new TaskEngine(this.#engineOptions(containerInstanceArn), {
      ...shared,
      ...(host.network === undefined ? {} : { network: host.network }),
      ...(host.cgroups === undefined ? {} : { cgroups: host.cgroups }),
      ...(host.fileSystems === undefined ? {} : { fileSystems: host.fileSystems }),
      ...(host.blockVolumes === undefined ? {} : { blockVolumes: host.blockVolumes }),
      ...(host.routers === undefined ? {} : { routers: host.routers }),
      ...(host.proxies === undefined ? {} : { proxies: host.proxies }),
      executionCredentials: (taskArn) => this.#credentials.ofTask(taskArn, 'TaskExecution'),
      onReport: (taskArn, urgency) => reporter.changed(taskArn, urgency),
      onHealth: () => telemetry.healthChanged(),
      onEngineLost: () => watch.engineLost(),
    });
    const reporter = new TaskReporter(
      { lanes: reportLanes, gatherMs, backoff: reportBackoff },
      {
        api,
        clock,
        random,
        log,
        pending: (taskArn) => engine.pendingReport(taskArn),
        delivered: (taskArn, report) => engine.reportDelivered(taskArn, report),
      },
    );
    const { cluster } = this.#options;
    const telemetry = new TcsChannel(
      { cluster, containerInstanceArn, periodMs: telemetryPeriodMs },
      { engine, clock, ids, ...this.#watchUsage(engine) },
    );
    const watch = new RuntimeWatch(
      { label: `${instanceLabel}=${containerInstanceArn}`, backoff: engineBackoff, relistMs },
      { ...shared, engine, onAvailability: (available) => this.#engineIs(available, { engine, telemetry }) },
    );
    return { engine, reporter, telemetry, watch, sessions: this.#makeSessions(engine) };
  }

  #watchUsage(engine: TaskEngine): { readonly usage?: UsageWatch } {
    const { usagePollMs: pollMs } = this.#options;
    if (pollMs === undefined) return {};
    const { runtime, endpoints, clock, log } = this.#deps;
    const readInterfaces = endpoints === undefined ? {} : { readInterfaces: endpoints.readInterfaces };
    const { cpuUnits } = this.#capacity();
    const { proxies, blockVolumes } = this.#start.host;
    const usage = new UsageWatch(
      { pollMs, lanes: usageLanes, cpuUnits },
      {
        runtime,
        tasks: () => engine.tasks,
        ...readInterfaces,
        ...(proxies === undefined ? {} : { proxies }),
        ...(blockVolumes === undefined ? {} : { blockVolumes }),
        clock,
        log,
      },
    );
    return { usage: this.#served.use(usage) };
  }

  #makeSessions(engine: TaskEngine): CommandSessions | undefined {
    const { connectSession: connect, runtime, clock, log } = this.#deps;
    if (connect === undefined) return undefined;
    const findTask = (taskArn: string): EngineTask | undefined => engine.find(taskArn);
    return new CommandSessions({ connect, runtime, findTask, clock, ids: this.#start.ids, log });
  }

  #engineOptions(containerInstanceArn: string): TaskEngineOptions {
    const { info } = this.#start.host;
    const { cluster, region, stopTimeoutMs, cleanupWaitMs, portRange, pullBehaviour, startLanes } = this.#options;
    const { registryCredentials } = this.#deps;
    return {
      containerInstanceArn,
      cluster,
      region,
      stopTimeoutMs,
      createTimeoutMs: this.#options.createTimeoutMs ?? createTimeoutMs,
      startTimeoutMs: this.#options.startTimeoutMs ?? startTimeoutMs,
      cleanupWaitMs,
      portRange,
      architecture: info.architecture,
      capacity: { ...this.#capacity(), gpuIds: this.#start.host.gpuIds },
      images: {
        behaviour: pullBehaviour,
        ...(registryCredentials === undefined ? {} : { credentials: registryCredentials }),
        ...(this.#options.imageCleanUp === undefined ? {} : { cleanUp: this.#options.imageCleanUp }),
      },
      endpoints: this.#start.host.endpoints !== undefined,
      ...(this.#answersNames() ? { nameServers: [resolverAddress] } : {}),
      storageLimits: this.#start.host.storageLimits,
      ...(this.#options.external ? {} : { instanceId: this.#identity.instanceId }),
      routersAsync: this.#options.routersAsync ?? true,
      startLanes: startLanes ?? Math.max(2, info.cpuCount * startLanesPerCpu),
      warmSandboxes: mostSpares(this.#options.warmSandboxes ?? 0, info.memoryBytes),
    };
  }

  #answersNames(): boolean {
    return this.#start.host.parts.some(({ family }) => family === 'names');
  }

  async #connect(containerInstanceArn: string, signal: AbortSignal): Promise<void> {
    const parts = this.#parts;
    assert(parts !== undefined, 'connects before its engine runs');
    const { engine, telemetry, reporter } = parts;
    const { cluster, agentVersion } = this.#options;
    const control = new AcsChannel({
      cluster,
      containerInstanceArn,
      ...(this.#hostState === undefined ? {} : { hostState: this.#hostState }),
      engine,
      credentials: this.#credentials,
      log: this.#deps.log,
      latestSequence: () => this.#identity.latestSequence,
      sawSequence: (sequence) => this.#sawSequence(sequence),
      startSession: (message) => void parts.sessions?.start(message),
      onHeartbeat: () => telemetry.sendInstanceStatus(),
    });
    const { dockerVersion } = this.#start.host;
    await stayConnected(
      { cluster, containerInstanceArn, agentVersion, dockerVersion },
      { ...this.#deps, control, telemetry, onConnected: () => reporter.retryNow() },
      signal,
    );
  }

  async #sawSequence(sequence: number): Promise<void> {
    if (!(sequence > this.#identity.latestSequence)) return;
    this.#identity = { ...this.#identity, latestSequence: sequence };
    await this.#deps.state.saveIdentity(this.#identity);
  }

  #spawn(work: Promise<void>): void {
    this.#work.push(
      work.catch((error: unknown) => {
        if (this.#start.stopping.signal.aborted) return;
        this.#deps.log.error('the agent cannot go on', { error: messageOf(error) });
        this.#fail(error instanceof Fault ? error : new Fault('Defect', messageOf(error), { cause: error }));
      }),
    );
  }
}
