import { type Clock, Fault, msFromInstant } from '#base';
import { dockerExec } from './docker-exec.ts';
import { type EngineAddress, EngineHttp, readLines } from './docker-http.ts';
import {
  containerDetails,
  containerFacts,
  containerSummary,
  type DockerContainer,
  type DockerEvent,
  type DockerImage,
  type DockerInfo,
  type DockerProgress,
  type DockerSummary,
  type DockerVersion,
  runtimeEvent,
} from './docker-shapes.ts';
import { architectureOf, isPodman, logDriversOf, namespacesFor, sampleOf } from './podman.ts';
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
  StatsOptions,
  StatsSample,
  VolumeSpec,
  WatchOptions,
} from './port.ts';

/** The range of Docker Engine API versions this client is written for. */
const oldestApi = '1.41';
const newestApi = '1.55';

/**
 * The API version both sides speak: the newer end of what they share. Throws Fault `EngineVersion` when there is none.
 * An engine that names no minimum accepts every older version.
 */
export function negotiateApiVersion(engineNewest: string, engineOldest: string | undefined): string {
  const version = compareVersions(engineNewest, newestApi) < 0 ? engineNewest : newestApi;
  const tooOld = compareVersions(version, oldestApi) < 0;
  if (tooOld || (engineOldest !== undefined && compareVersions(version, engineOldest) < 0)) {
    throw new Fault(
      'EngineVersion',
      `The container engine speaks API ${engineOldest ?? '?'} to ${engineNewest}; ${oldestApi} to ${newestApi} is needed`,
    );
  }
  return version;
}

function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

/** Docker Engine over its HTTP API. The version is agreed on at the first call, and again after the engine was away. */
export class DockerRuntime implements ContainerRuntime {
  readonly #http: EngineHttp;
  readonly #clock: Clock;
  #negotiated: Promise<EngineVersion> | undefined;

  constructor(options: { readonly address: EngineAddress }, deps: { readonly clock: Clock }) {
    this.#http = new EngineHttp(options.address);
    this.#clock = deps.clock;
  }

  close(): void {
    this.#http.close();
  }

  version(): Promise<EngineVersion> {
    this.#negotiated ??= this.#negotiate().catch((error: unknown) => {
      this.#negotiated = undefined;
      throw error;
    });
    return this.#negotiated;
  }

  async info(): Promise<EngineInfo> {
    const { engine } = await this.version();
    const info = await this.#json<DockerInfo>('GET', '/info');
    const driver = info.CgroupDriver;
    return {
      cpuCount: info.NCPU,
      memoryBytes: info.MemTotal,
      architecture: architectureOf(info.Architecture),
      cgroupDriver: driver === 'cgroupfs' || driver === 'systemd' ? driver : 'none',
      cgroupVersion: info.CgroupVersion === '2' ? 2 : 1,
      logDrivers: logDriversOf(info.Plugins?.Log ?? []),
      volumeDrivers: info.Plugins?.Volume ?? [],
      healthChecks: engine === 'Docker' || driver === 'systemd',
      security: (info.SecurityOptions ?? []).flatMap((text) => /(?:^|,)name=([^,]+)/.exec(text)?.[1] ?? []),
      ...storageOf(info),
      gpus: info.Runtimes !== undefined && info.Runtimes !== null && 'nvidia' in info.Runtimes,
    };
  }

  async inspectImage(reference: string): Promise<ImageFacts | undefined> {
    await this.version();
    const image = await this.#http.find<DockerImage>({ method: 'GET', path: `/images/${imagePath(reference)}/json` });
    if (image === undefined) return undefined;
    return { id: image.Id, repoDigests: image.RepoDigests ?? [], environment: image.Config?.Env ?? [] };
  }

  async pullImage(reference: string, options: PullOptions): Promise<void> {
    await this.version();
    const { name, tag } = splitReference(reference);
    const response = await this.#http.open({
      method: 'POST',
      path: `/images/create?${new URLSearchParams({ fromImage: name, tag }).toString()}`,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.credentials === undefined
        ? {}
        : { headers: { 'x-registry-auth': registryAuth(options.credentials) } }),
    });
    await readProgress(response, options.onProgress);
  }

  async importImage(tar: Uint8Array, reference: string, changes: readonly string[]): Promise<void> {
    await this.version();
    // Name and tag in one: podman reads no tag beside them.
    const query = new URLSearchParams({ fromSrc: '-', repo: reference });
    for (const change of changes) query.append('changes', change);
    const headers = { 'content-type': 'application/x-tar' };
    const path = `/images/create?${query.toString()}`;
    await readProgress(await this.#http.open({ method: 'POST', path, bytes: tar, headers }));
  }

  async loadImage(tar: Uint8Array): Promise<void> {
    await this.version();
    const headers = { 'content-type': 'application/x-tar' };
    await readProgress(await this.#http.open({ method: 'POST', path: '/images/load?quiet=1', bytes: tar, headers }));
  }

  removeImage(reference: string): Promise<void> {
    return this.#deleteIfThere(`/images/${imagePath(reference)}?noprune=false`);
  }

  async createContainer(name: string, body: ContainerBody, signal?: AbortSignal): Promise<string> {
    const { engine } = await this.version();
    const path = `/containers/create?name=${encodeURIComponent(name)}`;
    const spoken = engine === 'Podman' ? namespacesFor(body) : body;
    return (await this.#json<{ Id: string }>('POST', path, spoken, signal)).Id;
  }

  async startContainer(id: string, signal?: AbortSignal): Promise<void> {
    await this.#text('POST', `/containers/${id}/start`, undefined, signal);
  }

  async stopContainer(id: string, timeoutSeconds: number, signal?: AbortSignal): Promise<void> {
    const seconds = Math.max(0, Math.round(timeoutSeconds));
    await this.#text('POST', `/containers/${id}/stop?t=${seconds}`, undefined, signal);
  }

  async killContainer(id: string, signal: string): Promise<void> {
    await this.#text('POST', `/containers/${id}/kill?signal=${signal}`);
  }

  removeContainer(id: string): Promise<void> {
    return this.#deleteIfThere(`/containers/${id}?force=1&v=1`);
  }

  async inspectContainer(idOrName: string): Promise<ContainerFacts | undefined> {
    const container = await this.#container(idOrName);
    return container === undefined ? undefined : containerFacts(container);
  }

  async describeContainer(id: string): Promise<ContainerDetails | undefined> {
    const container = await this.#container(id);
    return container === undefined ? undefined : containerDetails(container);
  }

  async containerSize(id: string): Promise<number | undefined> {
    return (await this.#container(id, '?size=1'))?.SizeRootFs;
  }

  async watchStats({ id, onSample, signal }: StatsOptions): Promise<{ readonly ended: Promise<void> }> {
    await this.version();
    const response = await this.#http.open({ method: 'GET', path: `/containers/${id}/stats?stream=1`, signal });
    const reading = readLines(response, (line) => onSample(sampleOf(JSON.parse(line) as StatsSample)));
    return { ended: reading.catch(() => {}) };
  }

  async sampleStats(id: string): Promise<StatsSample | undefined> {
    await this.version();
    // Without `one-shot` the engine would wait a second for another to compare with.
    const path = `/containers/${id}/stats?stream=0&one-shot=1`;
    const sample = await this.#http.find<StatsSample>({ method: 'GET', path });
    const { read } = (sample ?? {}) as { readonly read?: string };
    // Year 1: it does not run.
    return read === undefined || read.startsWith('0001-') ? undefined : sample;
  }

  async listContainers(labels: readonly string[]): Promise<readonly ContainerSummary[]> {
    const query = new URLSearchParams({ all: '1', filters: JSON.stringify({ label: labels }) });
    return (await this.#json<DockerSummary[]>('GET', `/containers/json?${query.toString()}`)).map(containerSummary);
  }

  async watchEvents(options: WatchOptions): Promise<{ readonly ended: Promise<void> }> {
    await this.version();
    // The engine subscribes a moment after it sent the head of its answer: `since` covers the gap.
    const since = String(Math.floor(msFromInstant(this.#clock.now()) / 1000) - 1);
    const filters = JSON.stringify({ type: ['container'], label: [options.label] });
    const path = `/events?${new URLSearchParams({ since, filters }).toString()}`;
    const response = await this.#http.open({ method: 'GET', path, signal: options.signal });
    const reading = readLines(response, (line) => {
      const event = runtimeEvent(JSON.parse(line) as DockerEvent);
      if (event !== undefined) options.onEvent(event);
    });
    const ended = reading.catch(() => {
      this.#negotiated = undefined;
    });
    return { ended };
  }

  async exec(containerId: string, spec: ExecSpec): Promise<ExecProcess> {
    await this.version();
    return dockerExec({ http: this.#http, clock: this.#clock }, containerId, spec);
  }

  async createVolume(volume: VolumeSpec): Promise<void> {
    const body = { Name: volume.name, Driver: volume.driver, DriverOpts: volume.driverOptions, Labels: volume.labels };
    await this.#text('POST', '/volumes/create', body);
  }

  async hasVolume(name: string): Promise<boolean> {
    await this.version();
    const path = `/volumes/${encodeURIComponent(name)}`;
    return (await this.#http.find({ method: 'GET', path })) !== undefined;
  }

  removeVolume(name: string): Promise<void> {
    return this.#deleteIfThere(`/volumes/${encodeURIComponent(name)}`);
  }

  async listVolumes(labels: readonly string[]): Promise<readonly string[]> {
    const path = `/volumes?filters=${encodeURIComponent(JSON.stringify({ label: labels }))}`;
    const answer = await this.#json<{ Volumes?: { Name: string }[] | null }>('GET', path);
    return (answer.Volumes ?? []).map((volume) => volume.Name);
  }

  async #container(idOrName: string, query = ''): Promise<DockerContainer | undefined> {
    await this.version();
    const path = `/containers/${encodeURIComponent(idOrName)}/json${query}`;
    return this.#http.find<DockerContainer>({ method: 'GET', path });
  }

  async #negotiate(): Promise<EngineVersion> {
    this.#http.useVersion(undefined);
    const found = await this.#http.json<DockerVersion>({ method: 'GET', path: '/version' });
    const apiVersion = negotiateApiVersion(found.ApiVersion, found.MinAPIVersion);
    this.#http.useVersion(apiVersion);
    return { engine: isPodman(found) ? 'Podman' : 'Docker', version: found.Version, apiVersion };
  }

  async #text(method: string, path: string, json?: unknown, signal?: AbortSignal): Promise<string> {
    await this.version();
    const body = json === undefined ? {} : { json };
    return this.#http.text({ method, path, ...body, ...(signal === undefined ? {} : { signal }) });
  }

  async #json<T>(method: string, path: string, json?: unknown, signal?: AbortSignal): Promise<T> {
    return JSON.parse(await this.#text(method, path, json, signal)) as T;
  }

  async #deleteIfThere(path: string): Promise<void> {
    try {
      await this.#text('DELETE', path);
    } catch (error) {
      // "removal of container … is already in progress" is a conflict, and as good as done.
      const gone = error instanceof Fault && (error.code === 'NotFound' || /already in progress/.test(error.message));
      if (!gone) throw error;
    }
  }
}

/** `repository` and `tag` (or digest) as ImageCreate wants them; without either, `latest`. */
export function splitReference(reference: string): { readonly name: string; readonly tag: string } {
  const at = reference.indexOf('@');
  if (at >= 0) return { name: reference.slice(0, at).replace(/:[^:/]+$/, ''), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  if (colon > reference.lastIndexOf('/')) return { name: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  return { name: reference, tag: 'latest' };
}

/** base64url with its padding: without it the engine reads nothing, and says nothing. */
function registryAuth(credentials: NonNullable<PullOptions['credentials']>): string {
  const text = Buffer.from(JSON.stringify(credentials)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

function imagePath(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/');
}

/** Reads a progress stream; an error in it is thrown as Fault `EngineError`, its text as the engine gave it. */
async function readProgress(
  response: Parameters<typeof readLines>[0],
  onProgress: (status: string) => void = () => {},
): Promise<void> {
  let failure: string | undefined;
  await readLines(response, (line) => {
    const progress = JSON.parse(line) as DockerProgress;
    failure ??= progress.errorDetail?.message ?? progress.error;
    if (progress.status !== undefined) onProgress(progress.status);
  });
  if (failure !== undefined) throw new Fault('EngineError', failure);
}

function storageOf({ Driver, DriverStatus, DockerRootDir }: DockerInfo): Pick<EngineInfo, 'storage'> {
  if (Driver === undefined || DockerRootDir === undefined) return {};
  const backing = DriverStatus?.find(([name]) => name === 'Backing Filesystem')?.[1];
  return { storage: { driver: Driver, directory: DockerRootDir, ...(backing === undefined ? {} : { backing }) } };
}
