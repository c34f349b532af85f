import type { Clock } from '#base';
import type { DataConnection, TerminalSize } from '#wire/session';

/** The outside world as the command line sees it. `adapters/` has the real ones; tests may bring their own. */

export interface Files {
  /** The text, or `undefined` when there is no such file. */
  read(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Replaces the file at once and whole: a reader sees the old text or the new, never a part. */
  write(path: string, text: string, mode: number): Promise<void>;
  /** Removes the file or the folder with all in it; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes the folder and its parents; a folder that exists keeps its owner and gets the mode. */
  makeDirectory(path: string, mode: number): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Size in bytes; `undefined` when there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** The last lines of a text file, at most `count`. */
  tail(path: string, count: number): Promise<string[]>;
  /** Bytes free for this user on the file system of the nearest existing parent. */
  freeBytes(path: string): Promise<number | undefined>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** `capture` collects the output, `stderr` lets the user see it there, `inherit` leaves the streams alone. */
  readonly output?: 'capture' | 'stderr' | 'inherit' | 'capture-and-stderr';
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** The exit status; 127 when there is no such command, 128 + n when it ended by signal n. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Processes {
  /** Our own. */
  readonly pid: number;
  /** False only when it has ended wholly: its files and sockets are closed. */
  isAlive(pid: number): boolean;
  /** The arguments a process was started with; `undefined` when it is gone. */
  commandLine(pid: number): Promise<readonly string[] | undefined>;
  /** True when the signal was delivered. */
  signal(pid: number, name: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): boolean;
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Starts a process that outlives us, both its streams appended to the log. `exited` settles if it ends while we look. */
  startDetached(command: string, args: readonly string[], options: DetachedOptions): Promise<DetachedProcess>;
  /** The path of a command on PATH (and in the sbin folders, which a user's PATH may lack). */
  which(name: string): Promise<string | undefined>;
}

export interface DetachedOptions {
  readonly logPath: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface DetachedProcess {
  readonly pid: number;
  /** The exit status once it has ended; `undefined` while it runs. */
  exitCode(): number | undefined;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Http {
  /** Rejects with a Fault (`Unreachable`, `TimedOut`) when no answer comes. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Whether a server could listen there now. */
  canListen(host: string, port: number): Promise<boolean>;
}

/** The Docker Engine API, as far as setting up, showing and cleaning need it. */
export interface Engine {
  /** `unix:///var/run/docker.sock`, or what DOCKER_HOST says. */
  readonly address: string;
  /** Rejects with a Fault: `EngineAbsent` (nothing there), `EngineDenied` (no permission), `EngineFailed`. */
  send(method: string, path: string, body?: Uint8Array): Promise<HttpResponse>;
}

export interface Terminal {
  writeOut(text: string): void;
  writeError(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errorIsTerminal: boolean;
  readInput(): Promise<string>;
}

/** The user's side of a command that runs elsewhere: bytes in, bytes out. */
export interface Console {
  /** Whether input and output both are a terminal. */
  readonly isTerminal: boolean;
  /** What is typed or piped in, until `stop`; with `raw` key by key, Ctrl-C among them. */
  readInput(options: { readonly raw: boolean }): ConsoleInput;
  /** Resolves when more may be written. */
  writeOut(bytes: Uint8Array): Promise<void>;
  writeError(bytes: Uint8Array): Promise<void>;
  /** Of the terminal; `undefined` where there is none. */
  size(): TerminalSize | undefined;
  /** Gives what ends the listening. */
  onResize(listener: () => void): () => void;
}

export interface ConsoleInput {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The terminal is again as it was. */
  stop(): void;
}

/** Opens a session's websocket. Rejects with a Fault. */
export type OpenChannel = (url: string) => Promise<DataConnection>;

/** Held from start to end by the one process that may use a data directory in a role. */
export interface Locks {
  /** `undefined` when another living process holds it; the kernel frees it however that process ends. */
  acquire(name: string): Promise<AsyncDisposable | undefined>;
}

/** What `server` runs with. */
export interface ServerConfig {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly logLevel: LogLevel;
  /** Also keep an agent of the Fargate pool running on this machine. */
  readonly joinFargatePool: boolean;
  /** What is absent has the control plane's own default. */
  readonly controllers: {
    /** How long an agent may be away before services replace its tasks. */
    readonly lostAfterMs?: number;
    /** How long a task waits for an instance of its capacity provider. */
    readonly provisioningWaitMs?: number;
    /** How long a task without health checks must run before a deployment counts on it. */
    readonly healthySettleMs?: number;
  };
  readonly metricsReaders: MetricsReaders;
  /** ECS events that are kept; absent has the control plane's own default. */
  readonly eventsKept?: number;
  /** Quotas other than AWS's, by their names in docs/operations.md. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Whether accounts are held to AWS's request rates. */
  readonly throttle: boolean;
  /** CIDR blocks of the addresses of the outside; absent has the control plane's own default. */
  readonly publicAddresses?: readonly string[];
}

/** Who may read `/metrics`: processes of this machine, everybody who reaches the port, nobody. */
export type MetricsReaders = 'local' | 'any' | 'none';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What `agent` was asked for; what is absent comes from the agent's environment variables, then the installation. */
export interface AgentRequest {
  /** The installation's; the agent's state is in a folder of its own inside. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly pool?: 'fargate';
  readonly cluster?: string;
  readonly endpoint?: string;
  readonly region?: string;
  /** Where other hosts reach this one's part of the network. */
  readonly underlayAddress?: string;
}

export interface CleanHostRequest {
  /** The installation whose agent's containers, devices and rules are meant. */
  readonly dataDir: string;
}

/** What a clean host no longer has. */
export interface CleanHostResult {
  readonly containers: number;
}

/** An EFS file system of this host. */
export interface StoredFileSystem {
  readonly fileSystemId: string;
  /** Absent, and no `nfs`: a folder of the installation. */
  readonly directory?: string;
  readonly nfs?: { readonly server: string; readonly path: string };
  readonly accessPoints: readonly StoredAccessPoint[];
}

export interface StoredAccessPoint {
  readonly accessPointId: string;
  readonly path: string;
  readonly posixUser?: { readonly uid: number; readonly gid: number };
}

/** A managed EBS volume on this host. */
export interface StoredVolume {
  readonly volumeId: string;
  readonly backend: 'loop' | 'directory';
  readonly sizeGiB: number;
  readonly filesystemType?: string;
  readonly taskArn: string;
  readonly volumeName: string;
  /** Its task has ended and left it. */
  readonly kept?: true;
}

export interface StoredSnapshot {
  readonly snapshotId: string;
  readonly volumeId: string;
  readonly sizeGiB: number;
  readonly filesystemType?: string;
}

/** What an installation keeps for tasks on this host's disk. Throws Fault `Storage` with what is wrong. */
export interface HostStorage {
  createFileSystem(wanted: Partial<Omit<StoredFileSystem, 'accessPoints'>>): Promise<StoredFileSystem>;
  listFileSystems(): Promise<readonly StoredFileSystem[]>;
  deleteFileSystem(fileSystemId: string): Promise<void>;
  /** `permissions` of a root that has to be made. */
  addAccessPoint(
    fileSystemId: string,
    wanted: Partial<Omit<StoredAccessPoint, 'accessPointId'>> & { readonly permissions?: number },
  ): Promise<StoredAccessPoint>;
  listVolumes(): Promise<readonly StoredVolume[]>;
  deleteVolume(volumeId: string): Promise<void>;
  snapshotVolume(volumeId: string): Promise<StoredSnapshot>;
  listSnapshots(): Promise<readonly StoredSnapshot[]>;
  deleteSnapshot(snapshotId: string): Promise<void>;
}

/** The long-running parts and the host's clean-up, loaded only when asked for. */
export interface Runners {
  readonly server: (config: ServerConfig, signal: AbortSignal) => Promise<void>;
  readonly agent: (request: AgentRequest, signal: AbortSignal) => Promise<void>;
  readonly cleanHost: (request: CleanHostRequest) => Promise<CleanHostResult>;
  /** Of the installation with this data directory. */
  readonly hostStorage: (dataDir: string) => Promise<HostStorage>;
}

/** Facts of the machine and of this program that never change while it runs. */
export interface Machine {
  readonly platform: string;
  readonly architecture: string;
  readonly userId: number;
  readonly homeDirectory: string;
  readonly nodeVersion: string;
  /** This Node's binary. */
  readonly nodePath: string;
  /** The checkout. */
  readonly rootPath: string;
  /** The entry point that this process was started with. */
  readonly programPath: string;
  /** Roadstead's version. */
  readonly version: string;
  readonly utf8: boolean;
}

/** Names of DNS. */
export interface Names {
  /** What the server answers, a text for each record; rejects with Node.js's codes, `ENOTFOUND` and `ENODATA` among them. */
  lookUp(server: string, name: string, type: string): Promise<readonly string[]>;
}

export interface CommandLineDeps {
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  readonly http: Http;
  readonly engine: Engine;
  readonly terminal: Terminal;
  readonly console: Console;
  readonly openChannel: OpenChannel;
  readonly locks: Locks;
  readonly names: Names;
  readonly machine: Machine;
  readonly runners: Runners;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted, with an Interrupted, when the user wants the command to end. */
  readonly signal: AbortSignal;
}
