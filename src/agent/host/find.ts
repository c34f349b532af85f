import { backoffMs, Fault, type Logger, messageOf, sleep } from '#base';
import { capabilities, offeredLogDrivers } from '../capabilities.ts';
import type { EndpointHost } from '../endpoints/port.ts';
import type { HostPart } from '../host-state/part.ts';
import { engineBackoff } from '../limits.ts';
import type { Attribute } from '../link/control-plane.ts';
import type { AgentDeps, AgentOptions } from '../options.ts';
import { ensurePauseImage } from '../runtime/pause-image.ts';
import type { EngineInfo, EngineVersion } from '../runtime/port.ts';
import type { BlockVolumes, FileSystems } from '../storage/port.ts';
import type { TaskCgroups } from './cgroups.ts';
import type { HostGpus } from './gpus.ts';
import type { LogRouters } from './log-routers.ts';
import type { TaskNetwork } from './network.ts';
import { type ValueService, valueServices } from './secrets.ts';
import { limitsContainerStorage } from './storage-limits.ts';
import type { TaskProxies } from './task-proxies.ts';

/** The host, as found at start. */
export interface Host {
  readonly info: EngineInfo;
  readonly dockerVersion: string;
  readonly attributes: readonly Attribute[];
  readonly network?: TaskNetwork;
  readonly cgroups?: TaskCgroups;
  readonly gpuIds: readonly string[];
  /** The ephemeral storage of Fargate tasks has its size as a limit. */
  readonly storageLimits: boolean;
  readonly endpoints?: EndpointHost;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
  readonly routers?: LogRouters;
  readonly proxies?: TaskProxies;
  /** What it can be beside its tasks. */
  readonly parts: readonly HostPart[];
}

/** Waits for the engine, then asks what the host can do. */
export async function findHost(options: AgentOptions, deps: AgentDeps, signal: AbortSignal): Promise<Host> {
  const { runtime, clock, random, log } = deps;
  for (let attempt = 0; ; attempt++) {
    try {
      const version = await runtime.version();
      const info = await runtime.info();
      tellShortfalls(version, info, log);
      const holder = await hasHolder(deps, info.architecture);
      const network = await usable('task interfaces', log, options.external || !holder ? undefined : deps.network);
      const cgroups = await usable('task limits', log, deps.cgroups?.(info));
      const gpus = await usableGpus(deps, info);
      const endpoints = await usable('in-task endpoints and roles', log, deps.endpoints?.host);
      const onlyHere = <T>(part: T | undefined): T | undefined => (options.external ? undefined : part);
      const fileSystems = await usable('EFS volumes', log, onlyHere(deps.fileSystems));
      const blockVolumes = await usable('managed EBS volumes', log, onlyHere(deps.blockVolumes));
      const routers = await usable('log routers', log, routersFor(deps, info));
      const parts = await usableParts(deps, network !== undefined);
      const faults = await usable('fault injection', log, endpoints === undefined ? undefined : deps.endpoints?.faults);
      const found = capabilities({
        apiVersion: version.apiVersion,
        info,
        logDrivers: offeredLogDrivers(info.logDrivers, options.logDrivers, endpoints !== undefined),
        taskNetwork: network !== undefined,
        sharedNamespaces: holder,
        values: usableValues(deps),
        taskLimits: cgroups !== undefined,
        taskRoles: endpoints !== undefined && (options.taskRoles ?? true),
        hostNetworkRoles: options.hostNetworkRoles ?? true,
        faultInjection: faults !== undefined,
        fileSystems: fileSystems !== undefined,
        blockVolumes: blockVolumes !== undefined,
        logRouters: routers !== undefined,
        external: options.external,
        hostState: parts.map(({ family }) => family),
        commands: deps.connectSession !== undefined,
        ...(gpus.driverVersion === undefined ? {} : { gpuDriverVersion: gpus.driverVersion }),
      });
      const pool = options.pool === undefined ? [] : [{ name: 'roadstead.pool', value: options.pool }];
      return {
        info,
        dockerVersion: version.version,
        attributes: [...found, ...pool, ...(await attributesOf(parts))],
        storageLimits: await canLimitStorage(options, deps, info),
        gpuIds: gpus.ids,
        parts,
        ...(network === undefined ? {} : { network }),
        ...(cgroups === undefined ? {} : { cgroups }),
        ...(endpoints === undefined ? {} : { endpoints }),
        ...(fileSystems === undefined ? {} : { fileSystems }),
        ...(blockVolumes === undefined ? {} : { blockVolumes }),
        ...(routers === undefined ? {} : { routers }),
        ...(parts.some(({ family }) => family === 'mesh') && deps.proxies !== undefined
          ? { proxies: deps.proxies }
          : {}),
      };
    } catch (error) {
      if (!(error instanceof Fault) || !error.retryable) throw error;
      log.warn('the container engine does not answer', { error: messageOf(error) });
      await sleep(clock, backoffMs(engineBackoff, attempt, random), signal);
    }
  }
}

/** What the engine's kind alone keeps from tasks; what was tried and failed says so itself. */
function tellShortfalls({ engine, version }: EngineVersion, info: EngineInfo, log: Logger): void {
  const kind = { engine: `${engine} ${version}` };
  if (!info.healthChecks) log.warn('this engine runs no health checks: tasks that have one are not placed here', kind);
  if (info.security?.includes('rootless') === true) {
    log.warn('this engine is not root’s: containers reach no device, and ports below 1024 may be refused', kind);
  }
}

/** The engine hands output to a log router by a driver of its own. */
function routersFor({ routers }: Pick<AgentDeps, 'routers'>, { logDrivers }: EngineInfo): LogRouters | undefined {
  return logDrivers.includes('fluentd') ? routers : undefined;
}

/** The services whose values tasks can be given; why not those of the others is said once. */
function usableValues({ secrets, log }: Pick<AgentDeps, 'secrets' | 'log'>): readonly ValueService[] {
  if (secrets === undefined) return [];
  const asked = valueServices.map((service) => ({ service, problem: secrets.missing(service) }));
  const problems = asked.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) log.info('this host cannot give tasks all secrets and environment files', { problems });
  return asked.flatMap(({ service, problem }) => (problem === undefined ? [service] : []));
}

/** The host's GPUs, if its engine can give them to containers. */
async function usableGpus({ findGpus, log }: Pick<AgentDeps, 'findGpus' | 'log'>, info: EngineInfo): Promise<HostGpus> {
  const gpus = (await findGpus?.()) ?? { ids: [] };
  if (gpus.ids.length === 0) return { ids: [] };
  if (info.gpus === true) return gpus;
  log.warn('this host has GPUs that its engine cannot give to containers: the runtime nvidia is not set up', {
    gpuIds: gpus.ids,
  });
  return { ids: [] };
}

/** Said once by a host of the pool that cannot: only its tasks ask for it. */
async function canLimitStorage(
  { pool }: AgentOptions,
  { readMounts, log }: AgentDeps,
  info: EngineInfo,
): Promise<boolean> {
  const limits = readMounts !== undefined && limitsContainerStorage(info, await readMounts());
  if (!limits && pool === 'fargate') {
    log.warn('the size of ephemeral storage is not enforced on this host', {
      needed: 'overlay2 on an XFS mounted with pquota, btrfs or zfs',
      driver: info.storage?.driver,
      backing: info.storage?.backing,
    });
  }
  return limits;
}

/** Whether namespaces can be held for tasks: the image of their holder is made now, so that no task waits for it. */
async function hasHolder({ runtime, log }: Pick<AgentDeps, 'runtime' | 'log'>, architecture: string): Promise<boolean> {
  try {
    await ensurePauseImage(runtime, architecture);
    return true;
  } catch (error) {
    if (!(error instanceof Fault) || error.retryable) throw error;
    log.warn('this host cannot hold namespaces for tasks', { error: messageOf(error) });
    return false;
  }
}

const partNames: Readonly<Record<HostPart['family'], string>> = {
  network: 'security groups and a network over several hosts',
  names: 'names of the cloud map',
  balancing: 'load balancers',
  mesh: 'Service Connect',
};

async function usableParts(
  { hostState, log }: Pick<AgentDeps, 'hostState' | 'log'>,
  taskNetwork: boolean,
): Promise<readonly HostPart[]> {
  const found: HostPart[] = [];
  for (const part of hostState?.parts ?? []) {
    // A proxy is of a task with an interface.
    if (part.family === 'mesh' && !taskNetwork) continue;
    const able = await usable(partNames[part.family], log, part);
    if (able !== undefined) found.push(able);
  }
  return found;
}

async function attributesOf(parts: readonly HostPart[]): Promise<readonly Attribute[]> {
  const all: Attribute[] = [];
  for (const part of parts) all.push(...((await part.attributes?.()) ?? []));
  return all;
}

async function usable<T extends { probe(): Promise<{ available: boolean; problems: readonly string[] }> }>(
  what: string,
  log: Logger,
  part: T | undefined,
): Promise<T | undefined> {
  if (part === undefined) return undefined;
  const { available, problems } = await part.probe();
  if (available && problems.length > 0) log.warn(`${what}: less than all of it`, { problems });
  if (available) return part;
  log.warn(`this host cannot give ${what}`, { problems });
  return undefined;
}
