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
  StatsOptions,
  StatsSample,
  VolumeSpec,
  WatchOptions,
} from './port.ts';
import {
  detailsOf,
  factsOf,
  hasLabel,
  type SimulatedBehaviour,
  type SimulatedContainer,
  sampleOf,
  summaryOf,
} from './simulated-container.ts';
import { simulatedProcess } from './simulated-exec.ts';

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
    return container === undefined ? undefined : factsOf(container);
  }

  async describeContainer(id: string): Promise<ContainerDetails | undefined> {
    this.#assertUp();
    const container = this.#find(id);
    return container === undefined ? undefined : detailsOf(container);
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

  async sampleStats(id: string): Promise<StatsSample | undefined> {
    this.#assertUp();
    const container = this.#find(id);
    return container?.state === 'running' ? sampleOf(container, msFromInstant(this.#clock.now())) : undefined;
  }

  async listContainers(labels: readonly string[]): Promise<readonly ContainerSummary[]> {
    this.#assertUp();
    return [...this.#containers.values()]
      .filter((container) => labels.every((label) => hasLabel(container.body.Labels, label)))
      .map(summaryOf);
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
