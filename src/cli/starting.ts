import type { PlatformHost } from '#wire/aws';
import { installationConnection } from './connection.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';
import { type EngineFacts, requireEngine } from './engine/engine-facts.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { readHealth } from './health.ts';
import { directoryMode, findProcess, readServerState, type ServerState } from './installation.ts';
import type { Invocation } from './invocation.ts';
import type { ServerConfig } from './ports.ts';
import { allocatorSettings, type ListenOptions, partArguments, partFlags, serverConfig, serverUrl } from './serving.ts';
import { waitFor } from './waiting.ts';

const readyTimeoutMs = 60_000;
const readyIntervalMs = 50;
const hostTimeoutMs = 30_000;
const hostIntervalMs = 200;
/** A log beyond this is set aside at the next start; one older log is kept. */
const logLimitBytes = 20 * 1024 * 1024;

export interface Started {
  readonly alreadyRunning: boolean;
  readonly url: string;
  readonly region: string;
  readonly version: string;
  readonly pid: number;
  readonly controlPlane: ControlPlane;
  /** This machine as a host; absent when it was not to be one. */
  readonly host?: PlatformHost;
  readonly engine?: EngineFacts;
}

export interface StartOptions extends ListenOptions {
  /** Whether this machine is to run tasks. */
  readonly node: boolean;
  /** The engine, where it has been looked at already. */
  readonly engine?: EngineFacts;
}

/** Starts the server (and this machine's agent) in the background unless they run already; returns when both work. */
export async function ensureStarted(invocation: Invocation, options: StartOptions): Promise<Started> {
  const { node } = options;
  const { deps, common, steps } = invocation;
  const running = await runningServer(invocation);
  if (running !== undefined) refuseOtherSettings(running.state, options);
  const engine =
    options.engine ?? (node ? await steps.run('docker', (say) => requireEngine(deps.engine, say)) : undefined);
  const state = await steps.run('control plane', async (say) => {
    const ready = running === undefined ? await startServer(invocation, options) : await answering(invocation, running);
    say(`${ready.url}  region ${ready.region}${running === undefined ? '' : ', already running'}`);
    return ready;
  });
  const connection = await installationConnection(deps.files, common.paths);
  const controlPlane = await openControlPlane(connection, common, deps);
  const host = node ? await steps.run('node', (say) => waitForHost(invocation, controlPlane, say)) : undefined;
  return {
    alreadyRunning: running !== undefined,
    url: state.url,
    region: state.region,
    version: state.version,
    pid: state.pid,
    controlPlane,
    ...(host === undefined ? {} : { host }),
    ...(engine === undefined ? {} : { engine }),
  };
}

interface RunningServer {
  readonly pid: number;
  /** Absent while it is still starting. */
  readonly state: ServerState | undefined;
}

/** The living server of the installation. */
export async function runningServer({ deps, common }: Invocation): Promise<RunningServer | undefined> {
  const pid = await findProcess(deps, common.paths, 'server');
  if (pid === undefined) return undefined;
  return { pid, state: await readServerState(deps.files, common.paths) };
}

/** A second `up` may repeat the settings or leave them out; it cannot change them. */
function refuseOtherSettings(state: ServerState | undefined, options: ListenOptions): void {
  if (state === undefined) return;
  const url = new URL(state.url);
  const wanted = new URL(
    serverUrl({ host: options.host ?? url.hostname, port: options.port ?? Number(url.port || 80) }),
  );
  const differences = [
    ...(wanted.host === url.host ? [] : [`it listens on ${url.host}, not ${wanted.host}`]),
    ...(options.region === undefined || options.region === state.region
      ? []
      : [`its region is ${state.region}, not ${options.region}`]),
    ...(options.healthyAfter === undefined || options.healthyAfter === (state.healthyAfter ?? options.healthyAfter)
      ? []
      : [`a task is healthy after ${state.healthyAfter} s, not ${options.healthyAfter} s`]),
    ...(options.throttle === undefined || state.throttle === undefined || (options.throttle === 'on') === state.throttle
      ? []
      : [`requests are ${state.throttle ? '' : 'not '}throttled`]),
    ...Object.entries(options.quota ?? {}).flatMap(([name, most]) =>
      state.quotas === undefined || state.quotas[name] === most
        ? []
        : [`its quota ${name} is ${state.quotas[name] ?? "AWS's"}, not ${most}`],
    ),
  ];
  if (differences.length === 0) return;
  throw new Failure('Roadstead is already running with other settings', {
    exitCode: exitCodes.inUse,
    why: `process ${state.pid}: ${differences.join('; ')}`,
    next: 'roadstead down, then up again; or another installation with --data-dir',
  });
}

async function answering(invocation: Invocation, running: RunningServer): Promise<ServerState> {
  const { files, processes } = invocation.deps;
  const ready = await waitUntilReady(invocation, running.pid, () => !processes.isAlive(running.pid));
  if (ready !== undefined) return ready;
  const log = await files.tail(invocation.common.paths.serverLog, 5);
  throw new Failure('the running server does not answer', {
    exitCode: exitCodes.timedOut,
    why: [`process ${running.pid} has not become ready`, ...log].join('\n'),
    next: 'roadstead down, then up again',
  });
}

async function startServer(invocation: Invocation, options: StartOptions): Promise<ServerState> {
  const { deps, common } = invocation;
  const config = await serverConfig(invocation, options, options.node);
  if (!(await deps.http.canListen(config.host, config.port))) throw portTaken(config);
  await deps.files.makeDirectory(common.paths.dataDir, directoryMode);
  await setAsideLongLog(invocation, common.paths.serverLog);
  const child = await deps.processes.startDetached(
    deps.machine.nodePath,
    [...partFlags.server, deps.machine.programPath, ...partArguments('server', config)],
    {
      logPath: common.paths.serverLog,
      env: allocatorSettings,
    },
  );
  const ready = await waitUntilReady(invocation, child.pid, () => child.exitCode() !== undefined);
  if (ready !== undefined) return ready;
  const exitCode = child.exitCode();
  // Somebody else's `up` was quicker: theirs is as good as ours.
  const other = exitCode === exitCodes.inUse ? await runningServer(invocation) : undefined;
  return other === undefined ? notStarted(invocation, exitCode) : answering(invocation, other);
}

async function notStarted({ deps, common }: Invocation, exitCode: number | undefined): Promise<never> {
  const { serverLog } = common.paths;
  const outcome = exitCode === undefined ? 'it is not ready yet; its last words:' : `it ended with status ${exitCode}:`;
  throw new Failure('the server did not start', {
    exitCode: exitCode === undefined ? exitCodes.timedOut : exitCode === exitCodes.inUse ? exitCode : exitCodes.failed,
    why: [outcome, ...(await deps.files.tail(serverLog, 8))].join('\n'),
    next: `read ${serverLog}, or run roadstead up --foreground`,
  });
}

function portTaken(config: ServerConfig): Failure {
  return new Failure(`cannot listen on ${config.host}:${config.port}`, {
    exitCode: exitCodes.inUse,
    why: 'the port is in use by another program, or the address is not of this machine',
    next: `choose another with --port, or find the program: ss -ltnp 'sport = :${config.port}'`,
  });
}

/** The state that this very process has written, once it answers as well; an earlier server's file says nothing. */
function waitUntilReady(
  { deps, common }: Invocation,
  pid: number,
  hasEnded: () => boolean,
): Promise<ServerState | undefined> {
  const wait = { timeoutMs: readyTimeoutMs, intervalMs: readyIntervalMs, signal: deps.signal };
  let ended = false;
  return waitFor(deps.clock, wait, async () => {
    if (ended) return null;
    const state = await readServerState(deps.files, common.paths);
    if (state?.pid === pid) {
      const health = await readHealth(deps.http, state.url, deps.signal);
      if (health?.status === 'ready' && health.pid === pid) return state;
    }
    ended = hasEnded();
    return undefined;
  }).then((state) => state ?? undefined);
}

async function waitForHost(
  invocation: Invocation,
  controlPlane: ControlPlane,
  say: (detail: string) => void,
): Promise<PlatformHost> {
  const { deps, common } = invocation;
  const wait = { timeoutMs: hostTimeoutMs, intervalMs: hostIntervalMs, signal: deps.signal };
  const host = await waitFor(deps.clock, wait, async () => {
    const { hosts } = await controlPlane.roadstead('DescribePlatform', {});
    return hosts.find((candidate) => candidate.pool === 'fargate' && candidate.agentConnected);
  });
  if (host === undefined) {
    throw new Failure('this machine did not join as a host', {
      exitCode: exitCodes.timedOut,
      why: ['its agent has not connected; its last words:', ...(await deps.files.tail(common.paths.agentLog, 5))].join(
        '\n',
      ),
      next: `roadstead doctor, or read ${common.paths.agentLog}; the control plane stays up`,
    });
  }
  const memory = (host.memoryMiB / 1024).toFixed(1);
  say(`this machine: ${host.cpuUnits / 1024} vCPU, ${memory} GiB, registered as ${host.instanceId}`);
  return host;
}

async function setAsideLongLog({ deps }: Invocation, path: string): Promise<void> {
  if (((await deps.files.size(path)) ?? 0) > logLimitBytes) await deps.files.rename(path, `${path}.1`);
}
