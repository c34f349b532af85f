import { assert, type Clock, Fault, Ids, msFromInstant, type Random, sleep } from '#base';
import type {
  ContainerBody,
  ContainerDetails,
  ContainerFacts,
  ContainerRuntime,
  ContainerSummary,
  EngineInfo,
  EngineVersion,
  ExecProcess,
  ExecSpec,
  ImageFacts,
  PullOptions,
  RuntimeEventAction,
  RuntimeHealth,
  StatsOptions,
  StatsSample,
  VolumeSpec,
  WatchOptions,
} from './port.ts';
import { simulatedProcess } from './simulated-exec.ts';

/** How a simulated container behaves once started; by default it runs until it is stopped. */
export interface SimulatedBehaviour {
  /** Ends by itself this long after its start, with `exitCode` (default 0). */
  readonly endsAfterMs?: number;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  /** Takes this long to end after the stop signal, then with 143; longer than the grace means SIGKILL and 137. */
  readonly stopsAfterMs?: number;
  /** The start call itself fails with this text. */
  readonly startError?: string;
  /** Becomes healthy (or not) this long after its start. */
  readonly health?: { readonly afterMs: number; readonly status: 'healthy' | 'unhealthy' };
}

export interface SimulatedRuntimeOptions {
  readonly cpuCount?: number;
  readonly memoryBytes?: number;
  /** Whether containers can be given GPUs. */
  readonly gpus?: boolean;
  /** `json-file` alone by default. */
  readonly logDrivers?: readonly string[];
  readonly createMs?: number;
  readonly startMs?: number;
  /** Between the start of a container and the answer to the call. */
  readonly startAnswerMs?: number;
  readonly pullMs?: number;
  /** Images the engine has; others are pulled from `registry`. */
  readonly images?: readonly string[];
  /** Images a pull finds; `undefined` lets every pull succeed. */
  readonly registry?: readonly string[];
  readonly behaviour?: (name: string, body: ContainerBody) => SimulatedBehaviour;
}

interface SimulatedContainer {
  readonly id: string;
  readonly name: string;
  readonly body: ContainerBody;
  readonly behaviour: SimulatedBehaviour;
  state: 'created' | 'running' | 'exited';
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  health: RuntimeHealth;
  readonly createdAtMs: number;
  startedAtMs?: number;
  finishedAtMs?: number;
  /** +1 with each start, so that a timer of an earlier run does nothing. */
  run: number;
}

/** A container engine in memory, under a given clock. `outage` and `restart` break it on purpose. */
export class SimulatedRuntime implements ContainerRuntime {
  readonly #options: SimulatedRuntimeOptions;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #images = new Set<string>();
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #volumes = new Map<string, VolumeSpec>();
  readonly #watchers = new Set<{ readonly options: WatchOptions; readonly end: () => void }>();
  #nextPid = 1000;
  #up = true;
  /** Calls that change something, in order: `create <name>`, `start <name>` and so on. */
  readonly journal: string[] = [];

  constructor(options: SimulatedRuntimeOptions, deps: { readonly clock: Clock; readonly random: Random }) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#ids = new Ids(deps.random);
    for (const image of options.images ?? []) this.#images.add(image);
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  async version(): Promise<EngineVersion> {
    this.#assertUp();
    return { engine: 'Docker', version: '0.0.0-simulated', apiVersion: '1.41' };
  }

  async info(): Promise<EngineInfo> {
    this.#assertUp();
    return {
      cpuCount: this.#options.cpuCount ?? 4,
      memoryBytes: this.#options.memoryBytes ?? 8 * 1024 ** 3,
      architecture: 'x86_64',
      cgroupDriver: 'none',
      cgroupVersion: 2,
      healthChecks: true,
      logDrivers: this.#options.logDrivers ?? ['json-file'],
      volumeDrivers: ['local'],
      gpus: this.#options.gpus ?? false,
    };
  }

  async inspectImage(reference: string): Promise<ImageFacts | undefined> {
    this.#assertUp();
    if (!this.#images.has(reference)) return undefined;
    const digest = `sha256:${'0'.repeat(64)}`;
    return { id: digest, repoDigests: [`${reference.replace(/:[^:/]*$/, '')}@${digest}`], environment: [] };
  }

  async pullImage(reference: string, options: PullOptions): Promise<void> {
    this.#assertUp();
    await this.#wait(this.#options.pullMs, options.signal);
    this.#assertUp();
    if (this.#options.registry !== undefined && !this.#options.registry.includes(reference)) {
      throw new Fault(
        'NotFound',
        `Error response from daemon: pull access denied for ${reference}, repository does not exist`,
      );
    }
    this.journal.push(`pull ${reference}`);
    this.#images.add(reference);
  }

  async importImage(_tar: Uint8Array, reference: string): Promise<void> {
    this.#assertUp();
    this.#images.add(reference);
  }

  async loadImage(): Promise<void> {
    this.#assertUp();
  }

  async removeImage(reference: string): Promise<void> {
    this.#assertUp();
    this.#images.delete(reference);
  }

  async createContainer(name: string, body: ContainerBody): Promise<string> {
    this.#assertUp();
    await this.#wait(this.#options.createMs);
    this.#assertUp();
    if (!this.#images.has(body.Image)) {
      throw new Fault('NotFound', `Error response from daemon: No such image: ${body.Image}`);
    }
    if (this.#find(name) !== undefined) {
      throw new Fault('Conflict', `Error response from daemon: Conflict. The container name "/${name}" is in use`);
    }
    const id = this.#ids.hex(64);
    const behaviour = this.#options.behaviour?.(name, body) ?? {};
    this.#containers.set(id, {
      id,
      name,
      body,
      behaviour,
      state: 'created',
      pid: 0,
      exitCode: 0,
      oomKilled: false,
      health: 'none',
      createdAtMs: msFromInstant(this.#clock.now()),
      run: 0,
    });
    this.journal.push(`create ${name}`);
    return id;
  }

  async startContainer(id: string): Promise<void> {
    this.#assertUp();
    await this.#wait(this.#options.startMs);
    this.#assertUp();
    const container = this.#get(id);
    if (container.state === 'running') return;
    const { behaviour } = container;
    if (behaviour.startError !== undefined) {
      throw new Fault('EngineError', `Error response from daemon: ${behaviour.startError}`);
    }
    container.state = 'running';
    container.run += 1;
    container.pid = this.#nextPid++;
    container.startedAtMs = msFromInstant(this.#clock.now());
    container.health = container.body.Healthcheck === undefined ? 'none' : 'starting';
    this.journal.push(`start ${container.name}`);
    this.#emit('start', container);
    const { run } = container;
    const later = (delayMs: number, act: () => void): void => {
      this.#clock.setTimer(delayMs, () => {
        if (container.run === run && container.state === 'running') act();
      });
    };
    if (behaviour.endsAfterMs !== undefined) {
      later(behaviour.endsAfterMs, () => this.#end(container, behaviour.exitCode ?? 0, behaviour.oomKilled ?? false));
    }
    const { health } = behaviour;
    if (health !== undefined) later(health.afterMs, () => this.#setHealth(container, health.status));
    await this.#wait(this.#options.startAnswerMs);
  }

  async stopContainer(id: string, timeoutSeconds: number): Promise<void> {
    this.#assertUp();
    const container = this.#get(id);
    if (container.state !== 'running') return;
    const stopsAfterMs = container.behaviour.stopsAfterMs ?? 0;
    const killed = stopsAfterMs > timeoutSeconds * 1000;
    this.journal.push(`stop ${container.name}`);
    await this.#wait(killed ? timeoutSeconds * 1000 : stopsAfterMs);
    this.#assertUp();
    if (container.state === 'running') this.#end(container, killed ? 137 : 143, false);
  }

  async killContainer(id: string): Promise<void> {
    this.#assertUp();
    const container = this.#get(id);
    if (container.state !== 'running') throw new Fault('Conflict', 'Error response from daemon: not running');
    this.#end(container, 137, false);
  }

  async removeContainer(id: string): Promise<void> {
    this.#assertUp();
    const container = this.#find(id);
    if (container === undefined) return;
    if (container.state === 'running') this.#end(container, 137, false);
    this.#containers.delete(container.id);
    this.journal.push(`remove ${container.name}`);
    this.#emit('destroy', container);
  }

  async inspectContainer(idOrName: string): Promise<ContainerFacts | undefined> {
    this.#assertUp();
    const container = this.#find(idOrName);
    if (container === undefined) return undefined;
    return {
      id: container.id,
      name: container.name,
      labels: container.body.Labels,
      state: container.state,
      pid: container.pid,
      exitCode: container.exitCode,
      oomKilled: container.oomKilled,
      error: '',
      health: container.health,
      ...(container.startedAtMs === undefined ? {} : { startedAtMs: container.startedAtMs }),
      ...(container.finishedAtMs === undefined ? {} : { finishedAtMs: container.finishedAtMs }),
    };
  }

  async describeContainer(id: string): Promise<ContainerDetails | undefined> {
    this.#assertUp();
    const container = this.#find(id);
    if (container === undefined) return undefined;
    const { name, body, createdAtMs, startedAtMs, finishedAtMs } = container;
    return {
      id: container.id,
      name,
      imageId: `sha256:${'0'.repeat(64)}`,
      createdAtMs,
      labels: body.Labels,
      addresses: { ipv4: this.#bridgeAddresses(container), ipv6: [] },
      mounts: [],
      logDriver: 'json-file',
      logOptions: {},
      ...(startedAtMs === undefined ? {} : { startedAtMs }),
      ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
    };
  }

  /** On the engine's own network, while it runs. */
  #bridgeAddresses({ body, state, pid }: SimulatedContainer): readonly string[] {
    return state === 'running' && body.HostConfig['NetworkMode'] === 'bridge' ? [`172.17.0.${pid % 254}`] : [];
  }

  async containerSize(id: string): Promise<number | undefined> {
    this.#assertUp();
    return this.#find(id) === undefined ? undefined : 1024 ** 2;
  }

  async watchStats({ id, onSample, signal }: StatsOptions): Promise<{ readonly ended: Promise<void> }> {
    this.#assertUp();
    const container = this.#get(id);
    const { run } = container;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const sample = (): void => {
      if (signal.aborted || container.run !== run || container.state !== 'running') return resolve();
      onSample({ id: container.id, name: `/${container.name}`, pids_stats: { current: 1 } });
      this.#clock.setTimer(1000, sample);
    };
    sample();
    return { ended };
  }

  /** A tenth of a processor, 16 MiB, and a little traffic, for as long as it runs. */
  async sampleStats(id: string): Promise<StatsSample | undefined> {
    this.#assertUp();
    const container = this.#find(id);
    if (container?.state !== 'running') return undefined;
    const ranMs = msFromInstant(this.#clock.now()) - (container.startedAtMs ?? 0);
    const none = { rx_packets: 0, rx_errors: 0, rx_dropped: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 };
    return {
      id: container.id,
      name: `/${container.name}`,
      pids_stats: { current: 1 },
      cpu_stats: { cpu_usage: { total_usage: ranMs * 1e5 } },
      memory_stats: { usage: 20 * 1024 ** 2, stats: { inactive_file: 4 * 1024 ** 2 } },
      networks: { eth0: { ...none, rx_bytes: ranMs, tx_bytes: ranMs * 2 } },
      blkio_stats: { io_service_bytes_recursive: [{ op: 'write', value: ranMs * 4 }] },
    };
  }

  async listContainers(labels: readonly string[]): Promise<readonly ContainerSummary[]> {
    this.#assertUp();
    return [...this.#containers.values()]
      .filter((container) => labels.every((label) => hasLabel(container.body.Labels, label)))
      .map((container) => ({
        id: container.id,
        name: container.name,
        labels: container.body.Labels,
        state: container.state,
      }));
  }

  async watchEvents(options: WatchOptions): Promise<{ readonly ended: Promise<void> }> {
    this.#assertUp();
    const ended = new Promise<void>((resolve) => {
      const watcher = { options, end: resolve };
      this.#watchers.add(watcher);
      options.signal.addEventListener('abort', () => {
        this.#watchers.delete(watcher);
        resolve();
      });
    });
    return { ended };
  }

  async exec(containerId: string, spec: ExecSpec): Promise<ExecProcess> {
    this.#assertUp();
    const container = this.#get(containerId);
    if (container.state !== 'running') {
      throw new Fault('Conflict', `Error response from daemon: Container ${containerId} is not running`);
    }
    this.journal.push(`exec ${container.name}: ${spec.command.join(' ')}`);
    return simulatedProcess(spec);
  }

  async createVolume(volume: VolumeSpec): Promise<void> {
    this.#assertUp();
    if (!this.#volumes.has(volume.name)) this.#volumes.set(volume.name, volume);
  }

  async hasVolume(name: string): Promise<boolean> {
    this.#assertUp();
    return this.#volumes.has(name);
  }

  async removeVolume(name: string): Promise<void> {
    this.#assertUp();
    this.#volumes.delete(name);
  }

  async listVolumes(labels: readonly string[]): Promise<readonly string[]> {
    this.#assertUp();
    return [...this.#volumes.values()]
      .filter((volume) => labels.every((label) => hasLabel(volume.labels, label)))
      .map((volume) => volume.name);
  }

  /** The body a container was created with, by a part of its name. */
  bodyOf(namePart: string): ContainerBody {
    return this.#byPart(namePart).body;
  }

  /** Ends a running container from outside, by a part of its name. */
  endContainer(namePart: string, exitCode: number, oomKilled = false): void {
    this.#end(this.#byPart(namePart), exitCode, oomKilled);
  }

  setHealth(namePart: string, status: 'healthy' | 'unhealthy'): void {
    this.#setHealth(this.#byPart(namePart), status);
  }

  /** The engine stops answering. Containers die with it unless `containersLive`. */
  outage(options: { readonly containersLive: boolean }): void {
    for (const container of this.#containers.values()) {
      if (options.containersLive || container.state !== 'running') continue;
      container.state = 'exited';
      container.exitCode = 137;
      container.run += 1;
      container.pid = 0;
      container.finishedAtMs = msFromInstant(this.#clock.now());
    }
    this.#up = false;
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  /** The engine answers again. */
  restart(): void {
    this.#up = true;
  }

  #setHealth(container: SimulatedContainer, status: 'healthy' | 'unhealthy'): void {
    container.health = status;
    this.#emit('health', container);
  }

  #end(container: SimulatedContainer, exitCode: number, oomKilled: boolean): void {
    container.state = 'exited';
    container.exitCode = exitCode;
    container.oomKilled = oomKilled;
    container.pid = 0;
    container.run += 1;
    container.finishedAtMs = msFromInstant(this.#clock.now());
    this.journal.push(`end ${container.name}`);
    if (oomKilled) this.#emit('oom', container);
    this.#emit('die', container);
  }

  #emit(action: RuntimeEventAction, container: SimulatedContainer): void {
    for (const { options } of this.#watchers) {
      if (!hasLabel(container.body.Labels, options.label)) continue;
      const atMs = msFromInstant(this.#clock.now());
      options.onEvent({ action, containerId: container.id, labels: container.body.Labels, atMs });
    }
  }

  #find(idOrName: string): SimulatedContainer | undefined {
    const byId = this.#containers.get(idOrName);
    if (byId !== undefined) return byId;
    for (const container of this.#containers.values()) if (container.name === idOrName) return container;
    return undefined;
  }

  #get(id: string): SimulatedContainer {
    const container = this.#find(id);
    if (container === undefined) throw new Fault('NotFound', `Error response from daemon: No such container: ${id}`);
    return container;
  }

  #byPart(namePart: string): SimulatedContainer {
    const found = [...this.#containers.values()].findLast((container) => container.name.includes(namePart));
    assert(found !== undefined, `no container named like ${namePart}`);
    return found;
  }

  async #wait(delayMs: number | undefined, signal?: AbortSignal): Promise<void> {
    if (delayMs !== undefined && delayMs > 0) await sleep(this.#clock, delayMs, signal);
  }

  #assertUp(): void {
    if (!this.#up) throw new Fault('EngineUnavailable', 'Cannot connect to the Docker daemon', { retryable: true });
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf('=');
  if (equals < 0) return label in labels;
  return labels[label.slice(0, equals)] === label.slice(equals + 1);
}
