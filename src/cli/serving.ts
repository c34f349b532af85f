import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { directoryMode, findProcess, readCredentials, readServerState, writePid } from './installation.ts';
import type { Invocation } from './invocation.ts';
import type { LogLevel, MetricsReaders, ServerConfig } from './ports.ts';

/** The listening options of `up`, `demo` and `server`; absent means the default, or what already runs. */
export interface ListenOptions {
  readonly host?: string;
  readonly port?: number;
  readonly region?: string;
  readonly logLevel: LogLevel;
  readonly metrics: MetricsReaders;
  /** Seconds. */
  readonly healthyAfter?: number;
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
    controllers: options.healthyAfter === undefined ? {} : { healthySettleMs: options.healthyAfter * 1000 },
  };
}

/** The base URL of a server; an address that means "all of them" is reached over loopback from here. */
export function serverUrl(config: Pick<ServerConfig, 'host' | 'port'>): string {
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host === '::' ? '::1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
}

/**
 * Runs the server here until it is told to stop. One server at a time may use a data directory: a second one is
 * refused with exit code 9.
 */
export async function serveInForeground(invocation: Invocation, config: ServerConfig): Promise<void> {
  const { deps, common } = invocation;
  const { paths } = common;
  await deps.files.makeDirectory(paths.dataDir, directoryMode);
  const lock = await deps.locks.acquire(`server ${paths.dataDir}`);
  if (lock === undefined) throw await inUse(invocation);
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

async function inUse({ deps, common }: Invocation): Promise<Failure> {
  const pid = await findProcess(deps, common.paths, 'server');
  const state = await readServerState(deps.files, common.paths);
  const where = state === undefined ? '' : `, at ${state.url}`;
  return new Failure('another Roadstead server is using this data directory', {
    exitCode: exitCodes.inUse,
    why: `${common.paths.dataDir} is in use by process ${pid ?? 'unknown'}${where}`,
    next: 'use that one, stop it with roadstead down, or choose another directory with --data-dir',
  });
}
