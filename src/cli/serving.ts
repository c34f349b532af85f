import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import {
  directoryMode,
  findProcess,
  installationPaths,
  readCredentials,
  readPid,
  readServerState,
  writePid,
} from './installation.ts';
import type { Invocation } from './invocation.ts';
import type { AgentRequest, CommandLineDeps, LogLevel, MetricsReaders, ServerConfig } from './ports.ts';

/** The listening options of `up`, `demo` and `server`; absent means the default, or what already runs. */
export interface ListenOptions {
  readonly host?: string;
  readonly port?: number;
  readonly region?: string;
  readonly logLevel: LogLevel;
  readonly metrics: MetricsReaders;
  /** Seconds. */
  readonly healthyAfter?: number;
  readonly eventsKept?: number;
  readonly quota?: Readonly<Record<string, number>>;
  readonly publicAddresses?: readonly string[];
  /** Absent: wherever others than this machine's processes can ask. */
  readonly throttle?: 'on' | 'off';
}

export const defaultHost = '127.0.0.1';
export const defaultPort = 4566;
const defaultRegion = 'us-east-1';

/** The settings a new server starts with. The region stays what it was: ARNs in the store name it. */
export async function serverConfig(
  { deps, common }: Invocation,
  options: ListenOptions,
  joinFargatePool: boolean,
): Promise<ServerConfig> {
  const credentials = await readCredentials(deps.files, common.paths);
  return {
    dataDir: common.paths.dataDir,
    host: options.host ?? defaultHost,
    port: options.port ?? defaultPort,
    region: options.region ?? credentials?.endpointRegion ?? defaultRegion,
    logLevel: options.logLevel,
    joinFargatePool,
    metricsReaders: options.metrics,
    quotas: options.quota ?? {},
    throttle: options.throttle === undefined ? !isLoopback(options.host ?? defaultHost) : options.throttle === 'on',
    controllers: options.healthyAfter === undefined ? {} : { healthySettleMs: options.healthyAfter * 1000 },
    ...(options.eventsKept === undefined ? {} : { eventsKept: options.eventsKept }),
    ...(options.publicAddresses === undefined ? {} : { publicAddresses: options.publicAddresses }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** The base URL of a server; an address that means "all of them" is reached over loopback from here. */
export function serverUrl(config: Pick<ServerConfig, 'host' | 'port'>): string {
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host === '::' ? '::1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
}

/** What running a part of Roadstead in this process needs of the world. */
export type ForegroundDeps = Pick<CommandLineDeps, 'files' | 'processes' | 'locks' | 'runners' | 'signal'>;

/**
 * Runs the server here until it is told to stop. One server at a time may use a data directory: a second one is
 * refused with exit code 9.
 */
export async function serveInForeground(config: ServerConfig, deps: ForegroundDeps): Promise<void> {
  const paths = installationPaths(config.dataDir);
  await deps.files.makeDirectory(paths.dataDir, directoryMode);
  const lock = await deps.locks.acquire(`server ${paths.dataDir}`);
  if (lock === undefined) throw await inUse(config.dataDir, deps);
  try {
    await writePid(deps.files, paths.serverPid, deps.processes.pid);
    await deps.runners.server(config, deps.signal);
  } catch (error) {
    // Told to stop while starting or waiting: that is how a server ends.
    if (!deps.signal.aborted) throw error;
  } finally {
    await deps.files.remove(paths.serverPid);
    await deps.files.remove(paths.serverState);
    await lock[Symbol.asyncDispose]();
  }
}

/** Runs this machine's agent here until it is told to stop. One agent at a time per data directory. */
export async function runAgentInForeground(request: AgentRequest, deps: ForegroundDeps): Promise<void> {
  const paths = installationPaths(request.dataDir);
  await deps.files.makeDirectory(paths.dataDir, directoryMode);
  const lock = await deps.locks.acquire(`agent ${paths.dataDir}`);
  if (lock === undefined) {
    throw new Failure('another agent is using this data directory', {
      exitCode: exitCodes.inUse,
      why: `${paths.dataDir} is in use by process ${(await readPid(deps.files, paths.agentPid)) ?? 'unknown'}`,
      next: 'stop it first, or choose another directory with --data-dir',
    });
  }
  try {
    await writePid(deps.files, paths.agentPid, deps.processes.pid);
    await deps.runners.agent(request, deps.signal);
  } catch (error) {
    if (!deps.signal.aborted) throw error;
  } finally {
    await deps.files.remove(paths.agentPid);
    await lock[Symbol.asyncDispose]();
  }
}

async function inUse(dataDir: string, deps: ForegroundDeps): Promise<Failure> {
  const paths = installationPaths(dataDir);
  const pid = await findProcess(deps, paths, 'server');
  const state = await readServerState(deps.files, paths);
  const where = state === undefined ? '' : `, at ${state.url}`;
  return new Failure('another Roadstead server is using this data directory', {
    exitCode: exitCodes.inUse,
    why: `${dataDir} is in use by process ${pid ?? 'unknown'}${where}`,
    next: 'use that one, stop it with roadstead down, or choose another directory with --data-dir',
  });
}

/** A part of Roadstead as a process of its own, with settings that are ready to run with. */
export type Part =
  | { readonly role: 'server'; readonly settings: ServerConfig }
  | { readonly role: 'agent'; readonly settings: AgentRequest };

/**
 * The arguments that start a part without the command line around it: `server {…}`, `agent {…}`. A long-lived process
 * need not carry commands and their help.
 */
export function partArguments<R extends Part['role']>(
  role: R,
  settings: Extract<Part, { readonly role: R }>['settings'],
): string[] {
  return [role, JSON.stringify(settings)];
}

/** The C library's allocator keeps memory for every thread by default: two shares serve main thread and disk as well. */
export const allocatorSettings = { MALLOC_ARENA_MAX: '2' } as const;

/**
 * Node.js's own flags for a part. The collector is exposed for what starting leaves behind. An agent makes little garbage
 * and computes little: a small nursery saves 6 MiB, no optimising compiler 7 MiB.
 */
export const partFlags = {
  server: ['--expose-gc'],
  agent: ['--expose-gc', '--max-semi-space-size=1', '--no-opt', '--no-maglev'],
} as const;

/** The part that arguments ask for; `undefined` when they are a user's. */
export function partFrom([role, settings, ...more]: readonly string[]): Part | undefined {
  if ((role !== 'server' && role !== 'agent') || settings?.startsWith('{') !== true || more.length > 0)
    return undefined;
  return { role, settings: JSON.parse(settings) };
}

/** Runs a part here until it is told to stop. */
export function runPart(part: Part, deps: ForegroundDeps): Promise<void> {
  return part.role === 'server' ? serveInForeground(part.settings, deps) : runAgentInForeground(part.settings, deps);
}
