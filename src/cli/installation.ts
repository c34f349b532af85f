import type { Files, Machine, Processes } from './ports.ts';

/**
 * An installation is a data directory, mode 0700:
 *
 *     store/             the control plane's state
 *     logs/              log events
 *     audit.jsonl        who opened which session of ECS Exec, 0600
 *     credentials.json   root keys of the first accounts, 0600
 *     ca.pem             the certificate to trust of load balancers with certificates of ACM
 *     server.json        where the running server answers; written when it is ready, removed when it ends
 *     server.pid         the server's process, from its first moment on
 *     server.log         what a server in the background says
 *     agent/             this machine's agent: its state
 *     file-systems/      EFS file systems of this host
 *     snapshots/         snapshots of managed EBS volumes
 *     agent.pid          the agent's process
 *     agent.log          what it says
 *     engine.pid         the Docker Engine, when it was started by us
 *     engine.log         what that engine says
 */
export interface InstallationPaths {
  readonly dataDir: string;
  readonly store: string;
  readonly logs: string;
  readonly audit: string;
  readonly credentials: string;
  /** What clients trust of certificates that the installation issued. */
  readonly authority: string;
  readonly serverState: string;
  readonly serverPid: string;
  readonly serverLog: string;
  readonly agent: string;
  /** What the agent must not forget, its container instance's ARN among it. */
  readonly agentState: string;
  readonly fileSystems: string;
  readonly snapshots: string;
  readonly agentPid: string;
  readonly agentLog: string;
  readonly enginePid: string;
  readonly engineLog: string;
}

export function installationPaths(dataDir: string): InstallationPaths {
  return {
    dataDir,
    store: `${dataDir}/store`,
    logs: `${dataDir}/logs`,
    audit: `${dataDir}/audit.jsonl`,
    credentials: `${dataDir}/credentials.json`,
    authority: `${dataDir}/ca.pem`,
    serverState: `${dataDir}/server.json`,
    serverPid: `${dataDir}/server.pid`,
    serverLog: `${dataDir}/server.log`,
    agent: `${dataDir}/agent`,
    agentState: `${dataDir}/agent/agent.json`,
    fileSystems: `${dataDir}/file-systems`,
    snapshots: `${dataDir}/snapshots`,
    agentPid: `${dataDir}/agent.pid`,
    agentLog: `${dataDir}/agent.log`,
    enginePid: `${dataDir}/engine.pid`,
    engineLog: `${dataDir}/engine.log`,
  };
}

/** Modes of what an installation holds. */
export const directoryMode = 0o700;
export const secretFileMode = 0o600;

/**
 * The data directory: the flag, `ROADSTEAD_DATA_DIR`, `$XDG_DATA_HOME/roadstead`, root's `/var/lib/roadstead`, and for
 * everyone else `~/.local/share/roadstead`.
 */
export function defaultDataDir(
  env: Readonly<Record<string, string | undefined>>,
  machine: Pick<Machine, 'userId' | 'homeDirectory'>,
): string {
  const own = env['ROADSTEAD_DATA_DIR'];
  if (own !== undefined && own !== '') return own;
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification: a relative path is to be ignored.
  if (xdg?.startsWith('/')) return `${xdg}/roadstead`;
  return machine.userId === 0 ? '/var/lib/roadstead' : `${machine.homeDirectory}/.local/share/roadstead`;
}

export interface AccountKeys {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `credentials.json`: made by the server at its first start. */
export interface InstallationCredentials {
  readonly endpointRegion: string;
  readonly accounts: {
    /** The user's account. */
    readonly default: AccountKeys;
    /** Roadstead's own, in which the hosts of the Fargate pool are registered. */
    readonly platform: AccountKeys;
  };
}

/** `server.json`. */
export interface ServerState {
  readonly pid: number;
  readonly url: string;
  readonly region: string;
  readonly version: string;
  /** Epoch seconds. */
  readonly startedAt: number;
  /** Seconds that a task must run before a deployment counts on it. An earlier version does not say. */
  readonly healthyAfter?: number;
  /** Quotas other than AWS's, and whether requests are throttled. An earlier version does not say. */
  readonly quotas?: Readonly<Record<string, number>>;
  readonly throttle?: boolean;
}

type ReadFiles = Pick<Files, 'read'>;
type WriteFiles = Pick<Files, 'write'>;

/** `undefined` when the installation has none yet, or the file is not what it should be. */
export async function readCredentials(
  files: ReadFiles,
  paths: InstallationPaths,
): Promise<InstallationCredentials | undefined> {
  const content = await readJson(files, paths.credentials);
  const accounts = content?.['accounts'];
  if (typeof content?.['endpointRegion'] !== 'string' || !isObject(accounts)) return undefined;
  const [own, platform] = [accountKeys(accounts['default']), accountKeys(accounts['platform'])];
  if (own === undefined || platform === undefined) return undefined;
  return { endpointRegion: content['endpointRegion'], accounts: { default: own, platform } };
}

export async function writeCredentials(
  files: WriteFiles,
  paths: InstallationPaths,
  credentials: InstallationCredentials,
): Promise<void> {
  await files.write(paths.credentials, `${JSON.stringify(credentials, null, 2)}\n`, secretFileMode);
}

export async function readServerState(files: ReadFiles, paths: InstallationPaths): Promise<ServerState | undefined> {
  const content = await readJson(files, paths.serverState);
  if (content === undefined) return undefined;
  const { pid, url, region, version, startedAt, healthyAfter, quotas, throttle } = content;
  if (typeof pid !== 'number' || typeof url !== 'string' || typeof region !== 'string') return undefined;
  const settings = {
    ...(typeof healthyAfter === 'number' ? { healthyAfter } : {}),
    ...(isObject(quotas) ? { quotas: quotas as Readonly<Record<string, number>> } : {}),
    ...(typeof throttle === 'boolean' ? { throttle } : {}),
  };
  return { pid, url, region, version: String(version), startedAt: Number(startedAt), ...settings };
}

export async function writeServerState(files: WriteFiles, paths: InstallationPaths, state: ServerState): Promise<void> {
  await files.write(paths.serverState, `${JSON.stringify(state, null, 2)}\n`, secretFileMode);
}

/** Which container instance this data directory's agent is; `undefined` before it has registered. */
export async function readContainerInstanceArn(
  files: ReadFiles,
  paths: InstallationPaths,
): Promise<string | undefined> {
  const arn = (await readJson(files, paths.agentState))?.['containerInstanceArn'];
  return typeof arn === 'string' ? arn : undefined;
}

export type Role = 'server' | 'agent';

export async function writePid(files: WriteFiles, path: string, pid: number): Promise<void> {
  await files.write(path, `${pid}\n`, secretFileMode);
}

/** The process a pid file names; `undefined` without a file. Whether it lives, and is ours, is another question. */
export async function readPid(files: ReadFiles, path: string): Promise<number | undefined> {
  const pid = Number((await files.read(path))?.trim());
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

/**
 * The living process of a role, `undefined` when there is none. A pid file may outlive its process and the number may
 * be another program's by then: it counts only when its command line is this program in that role.
 */
export async function findProcess(
  deps: { readonly files: ReadFiles; readonly processes: Pick<Processes, 'commandLine'> },
  paths: InstallationPaths,
  role: Role,
): Promise<number | undefined> {
  const written = await readPid(deps.files, role === 'server' ? paths.serverPid : paths.agentPid);
  const pid = written ?? (role === 'server' ? (await readServerState(deps.files, paths))?.pid : undefined);
  if (pid === undefined) return undefined;
  const commandLine = await deps.processes.commandLine(pid);
  return commandLine !== undefined && isRoadstead(commandLine, role) ? pid : undefined;
}

/** Whether a command line is this program's, in that role: `node …/main/cli.ts server {…}`. */
export function isRoadstead(commandLine: readonly string[], role: Role): boolean {
  const program = commandLine.findIndex((argument) => /(^|\/)(main\/cli\.ts|roadstead(\.mjs)?)$/.test(argument));
  if (program < 0) return false;
  const rest = commandLine.slice(program + 1);
  return role === 'agent' ? rest.includes('agent') : rest.includes('server') || rest.includes('up');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readJson(files: ReadFiles, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await files.read(path);
  if (text === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(text);
    return isObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function accountKeys(value: unknown): AccountKeys | undefined {
  if (!isObject(value)) return undefined;
  const { accountId, accessKeyId, secretAccessKey } = value;
  if (typeof accountId !== 'string' || typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    return undefined;
  }
  return { accountId, accessKeyId, secretAccessKey };
}
