import { assert } from '#base';
import type { NetworkBinding } from '#model';
import type { PayloadContainer, PayloadInterface, PayloadTask } from '#wire/link';
import { endpointEnvironment } from '../endpoints/environment.ts';
import { pauseImage } from '../runtime/pause-image.ts';
import type { ContainerBody } from '../runtime/port.ts';
import type { InterfaceNames } from '../sandboxes/series.ts';
import type { ContainerValues } from '../secrets/task-values.ts';
import { type RoutingContext, routingParts } from './firelens/container.ts';
import { gpuIdsOf } from './ledger.ts';
import { logConfigOf } from './log-config.ts';
import { aliasesOf } from './service-connect/attachment.ts';
import {
  type EngineContainer,
  type EngineTask,
  findContainer,
  hasInterface,
  networkHolder,
  pauseContainer,
} from './state.ts';

/** The label that tells whose a container is when several agents share one engine. */
export const instanceLabel = 'roadstead.container-instance-arn';
export const taskArnLabel = 'com.amazonaws.ecs.task-arn';
export const containerNameLabel = 'com.amazonaws.ecs.container-name';

export interface BodyContext {
  readonly containerInstanceArn: string;
  /** As the agent was given it: a name or an ARN. */
  readonly cluster: string;
  readonly region: string;
  /** In-task endpoints are served on this host. */
  readonly endpoints?: boolean;
  /** Who answers for names to containers without an interface of their task's. */
  readonly nameServers?: readonly string[];
  /** The engine can limit what a container writes. */
  readonly storageLimits?: boolean;
  /** The task's own cgroup as the engine's CgroupParent. */
  readonly cgroupParent?: string;
  /** Of the task's log router. */
  readonly routing?: RoutingContext;
  /** What was fetched for the container. */
  readonly values?: ContainerValues;
}

/** Docker refuses a limit below 6 MiB (since 20.10), so a smaller one is raised. */
const smallestMemoryBytes = 6 * 1024 ** 2;

/** The ContainerCreate body of a container of the task. `bindings` are the host ports chosen for it. */
export function containerBody(
  task: EngineTask,
  definition: PayloadContainer,
  container: EngineContainer,
  bindings: readonly NetworkBinding[],
  context: BodyContext,
): ContainerBody {
  const { payload } = task;
  const joinsNetwork = payload.networkMode === 'awsvpc' || networkHolder(task, container.name) !== undefined;
  const routing = routingParts(payload, definition, context.routing);
  const { ExposedPorts, ...config } = overlay(
    {
      Image: definition.image,
      ...(definition.command === undefined ? {} : { Cmd: definition.command }),
      ...(definition.entryPoint === undefined ? {} : { Entrypoint: definition.entryPoint }),
      Env: environmentOf(task, definition, container, context, routing.environment),
      ExposedPorts: Object.fromEntries(exposedPorts(definition).map((port) => [port, {}])),
    },
    parsed(definition.dockerConfig.config),
  );
  const hostConfig = overlay(
    {
      Binds: [...bindsOf(task, definition), ...routing.binds],
      ...(payload.networkMode === 'bridge' && !joinsNetwork ? { PortBindings: portBindings(bindings) } : {}),
      ...(definition.links.length === 0 ? {} : { Links: linksOf(task, definition) }),
      ...(definition.volumesFrom.length === 0 ? {} : { VolumesFrom: volumesFromOf(task, definition) }),
      ...(definition.memory > 0 ? { Memory: Math.max(definition.memory * 1024 ** 2, smallestMemoryBytes) } : {}),
      CpuShares: cpuShares(definition.cpu),
      ...storageLimit(payload, context),
      ...deviceRequests(gpuIdsOf(payload, definition.name)),
      NetworkMode: 'bridge',
      ...(joinsNetwork ? {} : nameServersOf(payload, context)),
    },
    joinsNetwork ? withoutNames(definition) : parsed(definition.dockerConfig.hostConfig),
  );
  const LogConfig =
    routing.logConfig ?? logConfigOf(hostConfig['LogConfig'], definition, task, context.values?.logOptions);
  const labels = { ...(config.Labels as Record<string, string> | undefined), ...labelsOf(payload, container, context) };
  return {
    ...config,
    // Docker refuses to expose ports of a namespace that is another container's.
    ...(joinsNetwork ? {} : { ExposedPorts }),
    Image: definition.image,
    Labels: labels,
    HostConfig: {
      ...hostConfig,
      ...(LogConfig === undefined ? {} : { LogConfig }),
      ...forcedHostConfig(task, container, context),
    },
  };
}

/** What names are to whoever joins a network is settled by its holder. */
function withoutNames({ dockerConfig }: PayloadContainer): Record<string, unknown> {
  const { ExtraHosts: _hosts, Dns: _servers, DnsSearch: _search, ...rest } = parsed(dockerConfig.hostConfig);
  return rest;
}

/** Tasks with an interface have their VPC's servers, by the container that holds it; those without a network none. */
function nameServersOf(
  { networkMode }: PayloadTask,
  { nameServers }: BodyContext,
): { readonly Dns?: readonly string[] } {
  const asksHost = networkMode === 'bridge' || networkMode === 'host';
  return asksHost && nameServers !== undefined ? { Dns: nameServers } : {};
}

/** The body of the container that holds the namespaces: no network of Docker's, the interface's names. */
export function pauseBody(task: EngineTask, container: EngineContainer, context: BodyContext): ContainerBody {
  const { payload } = task;
  const base = holderBody(interfaceIn(payload), labelsOf(payload, container, context), aliasesOf(payload));
  return {
    ...base,
    HostConfig: {
      ...base.HostConfig,
      ...(payload.ipcMode === 'task' ? { IpcMode: 'shareable', ...sharedMemory(payload) } : {}),
      ...(context.cgroupParent === undefined ? {} : { CgroupParent: context.cgroupParent }),
    },
  };
}

/** The body of what holds one container's network: on the engine's bridge, with the container's ports and names. */
export function networkHolderBody(
  task: EngineTask,
  holder: EngineContainer,
  definition: PayloadContainer,
  bindings: readonly NetworkBinding[],
  context: BodyContext,
): ContainerBody {
  const { payload } = task;
  const { ExtraHosts = [], Dns, DnsSearch } = parsed(definition.dockerConfig.hostConfig);
  return {
    Image: pauseImage,
    Labels: labelsOf(payload, holder, context),
    ExposedPorts: Object.fromEntries(exposedPorts(definition).map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: 'bridge',
      PortBindings: portBindings(bindings),
      ExtraHosts: [...(ExtraHosts as readonly string[]), ...aliasesOf(payload)],
      ...nameServersOf(payload, context),
      ...(Dns === undefined ? {} : { Dns }),
      ...(DnsSearch === undefined ? {} : { DnsSearch }),
      LogConfig: { Type: 'none' },
      ...(context.cgroupParent === undefined ? {} : { CgroupParent: context.cgroupParent }),
    },
  };
}

/** What a holder is before anything of its task but the interface's names and addresses is in it. */
export function holderBody(
  eni: InterfaceNames | undefined,
  labels: Readonly<Record<string, string>>,
  aliases: readonly string[] = [],
): ContainerBody {
  return {
    Image: pauseImage,
    ...(eni === undefined ? {} : { Hostname: eni.privateDnsName }),
    Labels: labels,
    HostConfig: { NetworkMode: 'none', ...namesOf(eni, aliases), LogConfig: { Type: 'none' } },
  };
}

export function interfaceIn(payload: PayloadTask): PayloadInterface | undefined {
  if (!hasInterface({ payload })) return undefined;
  const [eni] = payload.elasticNetworkInterfaces ?? [];
  assert(eni !== undefined, 'awsvpc task without an interface');
  return eni;
}

function namesOf(eni: InterfaceNames | undefined, aliases: readonly string[]): Record<string, unknown> {
  if (eni === undefined) return {};
  return {
    ExtraHosts: [`${eni.privateDnsName}:${primaryAddress(eni) ?? ''}`, ...aliases],
    Dns: eni.domainNameServers ?? [],
    DnsSearch: eni.domainName ?? [],
  };
}

export function primaryAddress({ ipv4Addresses }: InterfaceNames): string | undefined {
  return (ipv4Addresses.find(({ primary }) => primary) ?? ipv4Addresses[0])?.privateAddress;
}

/** A shared /dev/shm is as large as the largest that a container asks for. */
function sharedMemory({ containers }: PayloadTask): { ShmSize?: number } {
  const sizes = containers.map(({ dockerConfig }) => Number(parsed(dockerConfig.hostConfig)['ShmSize'] ?? 0));
  const largest = Math.max(...sizes);
  return largest > 0 ? { ShmSize: largest } : {};
}

/** Docker's own resolver answers nobody in a shared namespace; the task's cgroup is the agent's to choose. */
function forcedHostConfig(task: EngineTask, container: EngineContainer, context: BodyContext): Record<string, unknown> {
  const { payload } = task;
  const joined = (holder: EngineContainer | undefined): string => `container:${holder?.runtimeId ?? ''}`;
  const ofHolder = joined(pauseContainer(task));
  const own = networkHolder(task, container.name);
  const other = payload.networkMode === 'bridge' ? undefined : payload.networkMode;
  const namespace = (mode: string | undefined): string | undefined => (mode === 'task' ? ofHolder : mode);
  const pid = namespace(payload.pidMode);
  const ipc = namespace(payload.ipcMode);
  const network = own !== undefined ? joined(own) : hasInterface(task) ? ofHolder : other;
  return {
    ...(pid ? { PidMode: pid } : {}),
    ...(ipc ? { IpcMode: ipc } : {}),
    ...(network === undefined ? {} : { NetworkMode: network }),
    ...(context.cgroupParent === undefined ? {} : { CgroupParent: context.cgroupParent }),
  };
}

function labelsOf(payload: PayloadTask, container: EngineContainer, context: BodyContext): Record<string, string> {
  return {
    [taskArnLabel]: payload.arn,
    [containerNameLabel]: container.name,
    'com.amazonaws.ecs.task-definition-family': payload.family,
    'com.amazonaws.ecs.task-definition-version': payload.version,
    'com.amazonaws.ecs.cluster': context.cluster,
    [instanceLabel]: context.containerInstanceArn,
  };
}

/**
 * Environment files, over them the definition's variables, over all secrets. Both region variables, unless a file, the
 * definition or the image sets either; where the in-task endpoints and the log router are.
 */
function environmentOf(
  task: EngineTask,
  definition: PayloadContainer,
  container: EngineContainer,
  { region, endpoints, values }: BodyContext,
  routed: Readonly<Record<string, string>>,
): string[] {
  const environment = { ...values?.files, ...definition.environment };
  const hasRegion =
    'AWS_REGION' in environment || 'AWS_DEFAULT_REGION' in environment || container.imageHasRegion === true;
  const added = hasRegion ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region };
  const told = { ...environment, ...values?.secrets };
  const inTask = endpoints === true ? endpointEnvironment(task, container, told) : {};
  const all = { ...environment, ...added, ...inTask, ...routed, ...values?.secrets };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

function exposedPorts(definition: PayloadContainer): string[] {
  return definition.portMappings.flatMap(({ containerPort, containerPortRange, protocol }) => {
    const [first, last] = endsOf(containerPortRange, containerPort);
    return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
  });
}

function portBindings(bindings: readonly NetworkBinding[]): Record<string, { HostPort: string }[]> {
  const ports: Record<string, { HostPort: string }[]> = {};
  for (const binding of bindings) {
    const [containerFirst, containerLast] = endsOf(binding.containerPortRange, binding.containerPort);
    const [hostFirst] = endsOf(binding.hostPortRange, binding.hostPort);
    for (let port = containerFirst; port <= containerLast; port++) {
      const key = `${port}/${binding.protocol ?? 'tcp'}`;
      (ports[key] ??= []).push({ HostPort: String(hostFirst + port - containerFirst) });
    }
  }
  return ports;
}

function endsOf(range: string | undefined, port: number | undefined): readonly [number, number] {
  if (range === undefined) return [port ?? 0, port ?? 0];
  const [first, last] = range.split('-').map(Number);
  return [first ?? 0, last ?? 0];
}

function bindsOf(task: EngineTask, definition: PayloadContainer): string[] {
  return definition.mountPoints.map(({ sourceVolume, containerPath, readOnly }) => {
    const volume = task.payload.volumes.find(({ name }) => name === sourceVolume);
    const made = task.taskVolumes[sourceVolume] ?? task.volumePaths?.[sourceVolume];
    const source = made ?? volume?.host?.sourcePath ?? sourceVolume;
    return `${source}:${containerPath}${readOnly ? ':ro' : ''}`;
  });
}

function linksOf(task: EngineTask, definition: PayloadContainer): string[] {
  return definition.links.map((link) => {
    const [name = link, alias] = link.split(':');
    return `${findContainer(task, name)?.runtimeName ?? name}:${alias ?? name}`;
  });
}

function volumesFromOf(task: EngineTask, definition: PayloadContainer): string[] {
  return definition.volumesFrom.map(({ sourceContainer, readOnly }) => {
    const source = findContainer(task, sourceContainer);
    return `${source?.runtimeId ?? sourceContainer}${readOnly ? ':ro' : ''}`;
  });
}

/** Fargate's ephemeral storage; the engine's word counts in units of 1024. */
function storageLimit(
  { launchType, ephemeralStorageGiB: size }: PayloadTask,
  { storageLimits }: BodyContext,
): { StorageOpt?: { readonly size: string } } {
  const limited = launchType === 'FARGATE' && storageLimits === true && size !== undefined;
  return limited ? { StorageOpt: { size: `${size}G` } } : {};
}

/** GPUs by their ids, of the engine's own driver for them. */
function deviceRequests(gpuIds: readonly string[]): { DeviceRequests?: readonly object[] } {
  if (gpuIds.length === 0) return {};
  return { DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: gpuIds, Capabilities: [['gpu']] }] };
}

/** 0 and 1 mean the least a container can have. */
export function cpuShares(cpu: number): number {
  return Math.min(Math.max(cpu, 2), 262_144);
}

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
}

/** Lays one JSON object over another: maps merge, everything else replaces. `null` leaves what is there. */
export function overlay(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) continue;
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? overlay(below, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
