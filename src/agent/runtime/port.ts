/**
 * The container engine as a port. Two implementations pass `runtime.suite.ts`: Docker Engine and a simulated one.
 *
 * Every call may throw a `Fault`: `EngineUnavailable` (retryable: the engine does not answer), `NotFound`, `Conflict`
 * (a name in use, a state that forbids the call) or `EngineError` (the engine refused). A refusal's message starts with
 * `Error response from daemon: `, as the texts of ECS's reasons do. A call with a signal rejects with its reason when
 * aborted; the engine may go on with it.
 */
export interface ContainerRuntime {
  version(): Promise<EngineVersion>;
  info(): Promise<EngineInfo>;

  /** `undefined` when the engine does not have the image. */
  inspectImage(reference: string): Promise<ImageFacts | undefined>;
  /** Resolves when the image is there. Rejects with the signal's reason when aborted. */
  pullImage(reference: string, options: PullOptions): Promise<void>;
  /** Makes an image from the tar archive of a root file system. */
  importImage(tar: Uint8Array, reference: string, changes: readonly string[]): Promise<void>;
  /** Loads an archive written by `docker save`. */
  loadImage(tar: Uint8Array): Promise<void>;
  /** Nothing happens when the image is gone already. */
  removeImage(reference: string): Promise<void>;

  createContainer(name: string, body: ContainerBody, signal?: AbortSignal): Promise<string>;
  /** Nothing happens when it runs already. */
  startContainer(id: string, signal?: AbortSignal): Promise<void>;
  /** The stop signal, then SIGKILL after `timeoutSeconds`; resolves when it has ended. */
  stopContainer(id: string, timeoutSeconds: number, signal?: AbortSignal): Promise<void>;
  killContainer(id: string, signal: string): Promise<void>;
  /** With its anonymous volumes, killing it when it still runs. Nothing happens when it is gone already. */
  removeContainer(id: string): Promise<void>;
  /** By id or name; `undefined` when there is none. */
  inspectContainer(idOrName: string): Promise<ContainerFacts | undefined>;
  /** What only a description of the container is asked for; `undefined` when there is none. */
  describeContainer(id: string): Promise<ContainerDetails | undefined>;
  /** Bytes of its file system: its image's, and what was written over it. `undefined` when there is none. */
  containerSize(id: string): Promise<number | undefined>;
  /**
   * Gives a sample of what a running container uses now and about every second after, in the members of the Docker
   * Engine API. Resolves once subscribed; `ended` resolves when the stream has ended, for whatever reason.
   */
  watchStats(options: StatsOptions): Promise<{ readonly ended: Promise<void> }>;
  /** One sample without any before it to compare with; `undefined` when the container does not run. */
  sampleStats(id: string): Promise<StatsSample | undefined>;
  /** Running or not. A label is `name` or `name=value`; all must match. */
  listContainers(labels: readonly string[]): Promise<readonly ContainerSummary[]>;

  /**
   * Subscribes to the events of the containers with a label. Resolves once subscribed; `ended` resolves when the stream
   * has ended, for whatever reason. An event may come twice.
   */
  watchEvents(options: WatchOptions): Promise<{ readonly ended: Promise<void> }>;

  /** Starts one more process in a running container. Its output comes once `output` is read. */
  exec(containerId: string, spec: ExecSpec): Promise<ExecProcess>;

  createVolume(volume: VolumeSpec): Promise<void>;
  hasVolume(name: string): Promise<boolean>;
  /** Nothing happens when the volume is gone already. */
  removeVolume(name: string): Promise<void>;
  listVolumes(labels: readonly string[]): Promise<readonly string[]>;

  /** Gives up connections and timers; calls under way fail. */
  close(): void;
}

export interface EngineVersion {
  /** Who speaks Docker's API there. */
  readonly engine: 'Docker' | 'Podman';
  readonly version: string;
  /** The version both sides speak, e.g. `1.41`. */
  readonly apiVersion: string;
}

export interface EngineInfo {
  readonly cpuCount: number;
  readonly memoryBytes: number;
  /** `x86_64` or `arm64`. */
  readonly architecture: string;
  readonly cgroupDriver: 'cgroupfs' | 'systemd' | 'none';
  readonly cgroupVersion: 1 | 2;
  readonly logDrivers: readonly string[];
  readonly volumeDrivers: readonly string[];
  /** Docker runs `healthCheck` itself; podman leaves that to timers of systemd. */
  readonly healthChecks: boolean;
  /** What confines containers there: `seccomp`, `apparmor`, `selinux`; `rootless` where it is not root's engine. */
  readonly security?: readonly string[];
  /** How the engine keeps containers' files, and where. `backing`: the file system of that place, as the engine names it. */
  readonly storage?: { readonly driver: string; readonly directory: string; readonly backing?: string };
  /** Containers can be given GPUs: NVIDIA's container toolkit is set up. */
  readonly gpus?: boolean;
}

export interface ImageFacts {
  readonly id: string;
  /** `repository@sha256:…` for each registry the image is known from; empty for one made on this host. */
  readonly repoDigests: readonly string[];
  /** `NAME=value`. */
  readonly environment: readonly string[];
}

export interface PullOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (status: string) => void;
  /** The registry's. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** Docker's ContainerCreate body, PascalCase. */
export interface ContainerBody {
  readonly Image: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

export type RuntimeHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

export interface ContainerFacts {
  readonly id: string;
  /** Without a leading slash. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'created' | 'running' | 'exited';
  /** Of the main process; 0 when it does not run. */
  readonly pid: number;
  /** Meaningful only when exited. */
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** What the engine says went wrong; often empty. */
  readonly error: string;
  readonly health: RuntimeHealth;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
}

/** A container as its own processes may be told of it. */
export interface ContainerDetails {
  readonly id: string;
  readonly name: string;
  /** `sha256:…`. */
  readonly imageId: string;
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** On the engine's own networks. */
  readonly addresses: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] };
  readonly mounts: readonly { readonly name?: string; readonly source: string; readonly destination: string }[];
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  /** The latest answer of the health check. */
  readonly health?: { readonly exitCode: number; readonly output: string };
}

export interface StatsOptions {
  readonly id: string;
  readonly onSample: (sample: StatsSample) => void;
  readonly signal: AbortSignal;
}

/** The Docker Engine API's ContainerStats, handed on as it came. */
export type StatsSample = Readonly<Record<string, unknown>>;

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'created' | 'running' | 'exited';
}

export type RuntimeEventAction = 'start' | 'die' | 'oom' | 'destroy' | 'health';

export interface RuntimeEvent {
  readonly action: RuntimeEventAction;
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly atMs: number;
}

export interface WatchOptions {
  readonly label: string;
  readonly onEvent: (event: RuntimeEvent) => void;
  readonly signal: AbortSignal;
}

export interface ExecSpec {
  readonly command: readonly string[];
  /** A user of the container, by name or number. */
  readonly user: string;
  /** Added to the container's; `NAME=value`. */
  readonly environment: readonly string[];
  /** With a terminal all output is one stream. */
  readonly terminal: boolean;
}

export interface ExecOutput {
  readonly stream: 'output' | 'error';
  readonly bytes: Uint8Array;
}

/** A process that `exec` started. */
export interface ExecProcess {
  /** Until it ends. What is not read waits in the engine. */
  readonly output: AsyncIterable<ExecOutput>;
  /** Resolves when the engine has taken it. */
  write(bytes: Uint8Array): Promise<void>;
  endInput(): void;
  /** Of its terminal. */
  resize(columns: number, rows: number): Promise<void>;
  /** Once the output has ended; `undefined` when the engine cannot tell. */
  exitCode(): Promise<number | undefined>;
  /** Ends it, whatever it does; nothing happens when it has ended already. */
  kill(): Promise<void>;
}

export interface VolumeSpec {
  readonly name: string;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}
