import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type AgentDeps,
  type AgentOptions,
  cleanHost as cleanHostOf,
  createCgroups,
  createConnect,
  createConnectSession,
  createControlPlaneApi,
  createEndpointHost,
  createLogRouters,
  createSecretSource,
  createTaskApi,
  DockerRuntime,
  defaultRateLimit,
  dynamicPortRange,
  type EndpointHost,
  type EngineInfo,
  endLeftover,
  endpointPort,
  engineAddress,
  type HostPart,
  HostStateFiles,
  readChronyDrift,
  readInterfaces,
  StateFiles,
  startAgent,
  systemFaultCommands,
  systemGpus,
  systemPortProbe,
  type TaskCgroups,
  type ValueService,
} from '#agent';
import type { Clock, Logger } from '#base';
import { LinkLocalEndpoint, SystemCommands } from '#dataplane/fabric';
import { HostForwarder, LoopbackAddresses, NameServer, SocketSiblings, systemServers } from '#dataplane/names';
import {
  type CreateHostNetworkOptions,
  createHostNetwork,
  findUnderlayAddress,
  type HostNetwork,
} from '#dataplane/network';
import { internalDomain } from '#model';
import { diskFiles } from '../cli/adapters/files.ts';
import { installationPaths, readCredentials, readServerState } from '../cli/installation.ts';
import type { AgentRequest, CleanHostRequest, CleanHostResult } from '../cli/ports.ts';
import { balancingPart, cleanBalancing } from './balancing-part.ts';
import { type AgentConfig, readAgentConfig } from './config/agent-config.ts';
import { blockVolumesOf, fileSystemsOf } from './host-storage.ts';
import { cleanMesh, meshPart } from './mesh-part.ts';
import { dropStartupGarbage } from './startup-garbage.ts';
import { createLogger, SystemRandom } from './system.ts';
import { SystemClock } from './system-clock.ts';
import { roadsteadVersion } from './version.ts';

/**
 * Runs this machine's agent until `signal` is aborted; containers keep running. Settings that the request leaves open
 * come from the environment, then from the installation in the data directory. Throws the Fault that ended it before.
 */
export async function runAgent(request: AgentRequest, signal: AbortSignal): Promise<void> {
  const config = await configFor(request);
  const clock = new SystemClock();
  const runtime = new DockerRuntime({ address: engineAddress(config.dockerHost) }, { clock });
  const deps = { ...(await agentDeps(config, clock)), ...storageOf(request.dataDir, config) };
  try {
    await using agent = await startAgent(agentOptions(config), { runtime, clock, ...deps }, signal);
    dropStartupGarbage();
    const aborted = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const fault = await Promise.race([agent.failed, aborted]);
    if (fault !== undefined) throw fault;
  } finally {
    runtime.close();
  }
}

async function agentDeps(config: AgentConfig, clock: Clock): Promise<Omit<AgentDeps, 'runtime' | 'clock'>> {
  const { endpoint, region, credentials } = config;
  const log = createLogger({ level: config.logLevel, name: 'agent' });
  const secrets = createSecretSource({ endpoints: valueEndpoints(config) }, { clock });
  const underlayAddress = config.underlayAddress ?? (await findUnderlayAddress());
  const network = networkOf(
    config.dataDir,
    { clock, log },
    {
      securityGroups: config.securityGroups,
      judgesHost: config.judgesHost,
      ...(underlayAddress === undefined ? {} : { underlayAddress }),
    },
  );
  const mesh = meshPart(config, { clock, log });
  return {
    state: new StateFiles({ directory: config.dataDir }),
    hostState: {
      store: new HostStateFiles({ directory: config.dataDir }, { log }),
      parts: [...hostPartsOf(config, { clock, log }, network), ...(config.taskNetwork ? [mesh.part] : [])],
    },
    proxies: mesh.proxies,
    api: createControlPlaneApi({ endpoint, region, credentials }, { clock }),
    connect: createConnect({ region, credentials }, { clock }),
    connectSession: createConnectSession({ endpoint }),
    random: new SystemRandom(),
    log,
    portProbe: systemPortProbe,
    readMounts: () => readFile('/proc/self/mountinfo', 'utf8'),
    endLeftover,
    routers: createLogRouters({ directory: config.dataDir }),
    secrets,
    registryCredentials: (registry) => config.registryLogins[registry],
    ...(hasEndpoints(config, log) ? { endpoints: endpointDeps(config, { clock, log }) } : {}),
    ...(config.taskNetwork ? { network } : {}),
    ...(config.taskLimits ? { cgroups: cgroupsOf } : {}),
    ...(config.gpus ? { findGpus: () => systemGpus() } : {}),
  };
}

/** The services among them that the control plane itself answers for: they are found where it is. */
const servedValues: readonly ValueService[] = [];

function valueEndpoints({ endpoint, valueEndpoints: said }: AgentConfig): AgentConfig['valueEndpoints'] {
  return { ...Object.fromEntries(servedValues.map((service) => [service, endpoint])), ...said };
}

/**
 * Stops and removes the containers of this data directory's agent, and all that was made for them. The agent must not
 * be running.
 */
export async function cleanHost(request: CleanHostRequest): Promise<CleanHostResult> {
  const directory = agentDirectory(request.dataDir);
  const log = createLogger({ level: 'warn', name: 'agent' });
  const clock = new SystemClock();
  const { identity } = await new StateFiles({ directory }).load();
  const containerInstanceArn = identity?.containerInstanceArn;
  const network = networkOf(directory, { clock, log });
  await cleanBalancing({ dataDir: directory }, { clock, log, network });
  await cleanNames(directory, clock);
  // An agent that never registered has made nothing.
  if (containerInstanceArn === undefined) return { containers: 0 };
  const runtime = new DockerRuntime({ address: engineAddress(process.env['DOCKER_HOST']) }, { clock });
  try {
    const cleaned = await cleanHostOf(
      { containerInstanceArn, stopTimeoutMs: cleanStopTimeoutMs },
      {
        runtime,
        log,
        network,
        cgroups: cgroupsOf,
        ...storageOf(request.dataDir, { dataDir: directory, region: '' }),
        routers: createLogRouters({ directory }),
        endpoints: endpointHostOf({ owner: directory, rateLimit: defaultRateLimit }, { clock, log }),
      },
    );
    await cleanMesh({ dataDir: directory }, { clock, log });
    return cleaned;
  } finally {
    runtime.close();
  }
}

/** What tasks have on this host's disk: volumes are one agent's alone, file systems and snapshots the installation's. */
function storageOf(
  dataDir: string,
  { dataDir: agent, region }: Pick<AgentConfig, 'dataDir' | 'region'>,
): Required<Pick<AgentDeps, 'fileSystems' | 'blockVolumes'>> {
  const { fileSystems, snapshots } = installationPaths(dataDir);
  return {
    fileSystems: fileSystemsOf({ agent, fileSystems, region }),
    blockVolumes: blockVolumesOf({ agent, snapshots }),
  };
}

/** Between the stop signal and SIGKILL when a whole host is cleaned. */
const cleanStopTimeoutMs = 10_000;

async function configFor(request: AgentRequest): Promise<AgentConfig> {
  const { env } = process;
  const { pool, cluster } = request;
  const installation = await installationFacts(request);
  const endpoint = request.endpoint ?? (namesEndpoint(env) ? undefined : installation.endpoint);
  const region = request.region ?? env['AWS_DEFAULT_REGION'] ?? env['AWS_REGION'] ?? installation.region;
  // The environment may hold a user's keys; a host of the pool signs as Roadstead itself wherever it can.
  const ownKeys = pool === 'fargate' || env['AWS_ACCESS_KEY_ID'] === undefined;
  return readAgentConfig(env, {
    logLevel: request.logLevel,
    ...(env['ECS_DATADIR'] === undefined ? { dataDir: agentDirectory(request.dataDir) } : {}),
    ...(pool === undefined ? {} : { pool }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(request.underlayAddress === undefined ? {} : { underlayAddress: request.underlayAddress }),
    ...(ownKeys && installation.keys !== undefined ? { credentials: installation.keys } : {}),
  });
}

interface InstallationFacts {
  readonly endpoint?: string;
  readonly region?: string;
  readonly keys?: AgentConfig['credentials'];
}

/** What an installation on this machine knows; nothing where only an agent is installed. */
async function installationFacts({ dataDir, pool }: AgentRequest): Promise<InstallationFacts> {
  const paths = installationPaths(dataDir);
  const state = await readServerState(diskFiles(), paths);
  const stored = await readCredentials(diskFiles(), paths);
  const account = pool === 'fargate' ? stored?.accounts.platform : stored?.accounts.default;
  const region = state?.region ?? stored?.endpointRegion;
  return {
    ...(state === undefined ? {} : { endpoint: state.url }),
    ...(region === undefined ? {} : { region }),
    ...(account === undefined
      ? {}
      : { keys: { accessKeyId: account.accessKeyId, secretAccessKey: account.secretAccessKey } }),
  };
}

function namesEndpoint(env: NodeJS.ProcessEnv): boolean {
  return ['AWS_ENDPOINT_URL_ECS', 'ECS_BACKEND_HOST', 'AWS_ENDPOINT_URL'].some((name) => (env[name] ?? '') !== '');
}

function agentDirectory(dataDir: string): string {
  return installationPaths(dataDir).agent;
}

function agentOptions(config: AgentConfig): AgentOptions {
  const { portRange, pool, cpuUnits, memoryMiB, logDrivers, imageCleanUp } = config;
  return {
    cluster: config.cluster,
    region: config.region,
    agentVersion: roadsteadVersion(),
    reservedMemoryMiB: config.reservedMemoryMiB,
    reservedTcpPorts: config.reservedTcpPorts,
    reservedUdpPorts: config.reservedUdpPorts,
    portRange: portRange ?? dynamicPortRange(),
    attributes: config.attributes,
    external: config.external,
    pullBehaviour: config.pullBehaviour,
    stopTimeoutMs: config.stopTimeoutMs,
    createTimeoutMs: config.createTimeoutMs,
    startTimeoutMs: config.startTimeoutMs,
    cleanupWaitMs: config.cleanupWaitMs,
    ...(config.usagePollMs === undefined ? {} : { usagePollMs: config.usagePollMs }),
    warmSandboxes: config.warmSandboxes,
    taskRoles: config.taskRoles,
    hostNetworkRoles: config.hostNetworkRoles,
    routersAsync: config.routersAsync,
    ...(pool === undefined ? {} : { pool }),
    ...(cpuUnits === undefined ? {} : { cpuUnits }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(logDrivers === undefined ? {} : { logDrivers }),
    ...(imageCleanUp === undefined ? {} : { imageCleanUp }),
  };
}

/** What this host may be beside its tasks. */
function hostPartsOf(
  { taskNetwork, region, dataDir }: AgentConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  network: HostNetwork,
): readonly HostPart[] {
  if (!taskNetwork) return [];
  const random = new SystemRandom();
  const commands = new SystemCommands();
  const forwarder = new HostForwarder({ servers: systemServers(clock), newId: () => random.uint32() >>> 16 });
  const addresses = new LoopbackAddresses({ commands });
  const siblings = siblingsOf(dataDir, clock);
  const names = { addresses, forwarder, siblings, random, clock, log };
  return [
    network,
    new NameServer({ domain: internalDomain(region) }, names),
    balancingPart({ dataDir }, { clock, log, network }),
  ];
}

/** The other agents of this host that answer for names. */
function siblingsOf(dataDir: string, clock: Clock): SocketSiblings {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return new SocketSiblings({ directory: '/run/roadstead/names', name }, clock);
}

/** The addresses at which names were answered go with the last agent. */
async function cleanNames(dataDir: string, clock: Clock): Promise<void> {
  if (await siblingsOf(dataDir, clock).leave()) return;
  await new LoopbackAddresses({ commands: new SystemCommands() }).removeAll();
}

/** Devices are marked with the data directory: it is one agent's alone. */
function networkOf(
  dataDir: string,
  deps: { readonly clock: Clock; readonly log: Logger },
  options: Omit<CreateHostNetworkOptions, 'owner'> = {},
): HostNetwork {
  return createHostNetwork({ owner: `roadstead:${dataDir}`, ...options }, deps);
}

function hasEndpoints({ insideTask }: AgentConfig, log: Logger): boolean {
  if (insideTask) {
    log.warn(
      'this machine is itself a task of ECS, which finds its own role at 169.254.170.2: its tasks get no endpoints',
    );
  }
  return !insideTask;
}

function endpointDeps(
  config: AgentConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): NonNullable<AgentDeps['endpoints']> {
  const { endpoint, region, credentials } = config;
  return {
    host: endpointHostOf(
      { owner: config.dataDir, rateLimit: config.metadataRateLimit, controlPlane: endpoint },
      { clock, log },
    ),
    api: createTaskApi({ endpoint, region, credentials }, { clock }),
    faults: systemFaultCommands,
    readInterfaces,
    readClockDrift: readChronyDrift,
  };
}

function endpointHostOf(
  options: Parameters<typeof createEndpointHost>[0],
  deps: { readonly clock: Clock; readonly log: Logger },
): EndpointHost {
  const address = new LinkLocalEndpoint({ port: endpointPort }, { commands: new SystemCommands() });
  return createEndpointHost(options, { ...deps, address });
}

function cgroupsOf({ cgroupDriver, cgroupVersion }: EngineInfo): TaskCgroups | undefined {
  return cgroupDriver === 'none' ? undefined : createCgroups({ driver: cgroupDriver, version: cgroupVersion });
}
