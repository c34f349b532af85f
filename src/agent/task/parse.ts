import type { Ids } from '#base';
import { shortId } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';
import { isResolvable } from './dependencies.ts';
import { routerFirst, routerProblem } from './firelens/router.ts';
import { logProblem } from './log-config.ts';
import { proxyNameOf, proxyProblem, withProxy } from './service-connect/attachment.ts';
import { type EngineContainer, type EngineTask, pauseName } from './state.ts';

/** A task of a payload, or why it cannot be run. */
export type ParsedTask =
  | { readonly ok: true; readonly task: EngineTask }
  | { readonly ok: false; readonly taskArn: string; readonly reason: string };

const networkModes = ['awsvpc', 'bridge', 'host', 'none'];
const volumeTypes = ['host', 'docker', 'efs', 'attachment'];
/** Older senders say "none given" with an empty text. */
const pidModes = ['', 'host', 'task'];
const ipcModes = ['', 'host', 'task', 'none'];

/**
 * Takes a payload's task in. What the agent cannot run is refused with ECS's `UnrecogniedTaskError` (spelt so) or
 * `TaskDependencyError`, which becomes the reason of the task's STOPPED report.
 */
export function parseTask(raw: PayloadTask, ids: Ids): ParsedTask {
  const refuse = (reason: string): ParsedTask => ({ ok: false, taskArn: raw.arn, reason });
  const problem = problemOf(raw);
  if (problem !== undefined) return refuse(`UnrecogniedTaskError: Error loading task - ${problem}`);
  const payload = normalised(raw);
  if (!isResolvable(payload.containers)) {
    return refuse(`TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${raw.arn}`);
  }
  const containers = payload.containers.map((container) => newContainer(payload, container, ids));
  const internal = needsHolder(payload) ? [newPause(payload, ids)] : [];
  const holders = heldNetworks(payload).map((name) => newHolder(payload, name, ids));
  return { ok: true, task: { ...newTask(payload, [...internal, ...holders, ...containers]), ...credentialIds(raw) } };
}

/** A refused task: nothing of it runs, and its STOPPED report is all there is to do. */
export function refusedTask(raw: PayloadTask, reason: string): EngineTask {
  const payload = { ...withoutCredentials(raw), containers: [], volumes: [] };
  return { ...newTask(payload, []), desired: 'STOPPED', reached: 'STOPPED', tornDown: true, reason };
}

/** Role credentials stay in memory: they are never part of what is stored. */
export function withoutCredentials(raw: PayloadTask): PayloadTask {
  const { roleCredentials: _role, executionRoleCredentials: _execution, ...payload } = raw;
  return payload;
}

function newTask(payload: PayloadTask, containers: readonly EngineContainer[]): EngineTask {
  return {
    taskArn: payload.arn,
    payload,
    desired: payload.desiredStatus,
    admitted: false,
    prepared: false,
    networkAttached: false,
    tornDown: false,
    containers,
    taskVolumes: {},
    reached: 'NONE',
  };
}

/** The ids alone: what they open stays in memory. */
function credentialIds(raw: PayloadTask): Pick<EngineTask, 'credentialsId' | 'executionCredentialsId'> {
  const { roleCredentials: role, executionRoleCredentials: execution } = raw;
  return {
    ...(role === undefined ? {} : { credentialsId: role.credentialsId }),
    ...(execution === undefined ? {} : { executionCredentialsId: execution.credentialsId }),
  };
}

/** One container holds every namespace that the others share: network, processes, IPC. */
function needsHolder({ networkMode, pidMode, ipcMode }: PayloadTask): boolean {
  return networkMode === 'awsvpc' || pidMode === 'task' || ipcMode === 'task';
}

/** In bridge mode containers beside a proxy have networks of their own, that the agent leads to the proxy's. */
function heldNetworks(payload: PayloadTask): readonly string[] {
  if (payload.networkMode !== 'bridge' || proxyNameOf(payload) === undefined) return [];
  const isCutOff = ({ dockerConfig: { config } }: PayloadContainer): boolean =>
    (JSON.parse(config || '{}') as { readonly NetworkDisabled?: boolean }).NetworkDisabled === true;
  return payload.containers.filter((container) => !isCutOff(container)).map(({ name }) => name);
}

/** Another sender may leave out what is empty. */
function normalised(raw: PayloadTask): PayloadTask {
  return {
    ...withoutCredentials(raw),
    networkMode: raw.networkMode ?? 'bridge',
    volumes: raw.volumes ?? [],
    containers: routerFirst(withProxy(raw)).map((container) => ({
      ...container,
      cpu: container.cpu ?? 0,
      memory: container.memory ?? 0,
      environment: container.environment ?? {},
      portMappings: container.portMappings ?? [],
      mountPoints: container.mountPoints ?? [],
      volumesFrom: container.volumesFrom ?? [],
      links: container.links ?? [],
      dockerConfig: container.dockerConfig ?? { version: '1.24', config: '{}', hostConfig: '{}' },
    })),
  };
}

function problemOf(raw: PayloadTask): string | undefined {
  if (raw.desiredStatus !== 'RUNNING' && raw.desiredStatus !== 'STOPPED') {
    return `Unrecognized task status: ${raw.desiredStatus as string}`;
  }
  if (raw.networkMode !== undefined && !networkModes.includes(raw.networkMode)) {
    return `unsupported network mode: ${raw.networkMode}`;
  }
  if (!Array.isArray(raw.containers) || raw.containers.length === 0) return 'task has no containers';
  const names = raw.containers.map(({ name }) => name);
  if (new Set(names).size < names.length) return 'container names are not unique';
  if (raw.proxyConfiguration !== undefined) return 'task uses proxyConfiguration, which this agent cannot do';
  const association = (raw.associations ?? []).find(({ type }) => type !== 'gpu');
  if (association !== undefined) return `task uses a ${association.type} device, which this agent cannot do`;
  if (raw.pidMode !== undefined && !pidModes.includes(raw.pidMode)) return `unsupported pid mode: ${raw.pidMode}`;
  if (raw.ipcMode !== undefined && !ipcModes.includes(raw.ipcMode)) return `unsupported ipc mode: ${raw.ipcMode}`;
  const volume = (raw.volumes ?? []).find(({ type }) => type !== undefined && !volumeTypes.includes(type));
  if (volume !== undefined) return `volume ${volume.name} is of type ${volume.type}, which this agent cannot do`;
  const problem = interfaceProblem(raw) ?? raw.containers.map((each) => containerProblem(raw, each)).find(Boolean);
  return problem ?? proxyProblem(raw) ?? routerProblem(raw.containers);
}

function interfaceProblem(raw: PayloadTask): string | undefined {
  if (raw.networkMode !== 'awsvpc') return undefined;
  const [eni] = raw.elasticNetworkInterfaces ?? [];
  if (eni === undefined) return 'awsvpc task without a network interface';
  if (eni.macAddress === '' || eni.ec2Id === '') return 'network interface without an id or address';
  if (eni.ipv4Addresses.length === 0) return 'network interface without an IPv4 address';
  return /^[\d.]+\/\d+$/.test(eni.subnetGatewayIpv4Address)
    ? undefined
    : `invalid subnet gateway ${eni.subnetGatewayIpv4Address}`;
}

function containerProblem(raw: PayloadTask, container: PayloadContainer): string | undefined {
  const hasImage = container.image !== '' || container.name === proxyNameOf(raw);
  if (container.name === '' || !hasImage) return 'container without a name or image';
  for (const { protocol, containerPortRange } of container.portMappings ?? []) {
    if (protocol !== 'tcp' && protocol !== 'udp') return `unrecognized protocol ${protocol as string}`;
    if (containerPortRange !== undefined && portRange(containerPortRange) === undefined) {
      return `invalid port range ${containerPortRange}`;
    }
  }
  for (const { sourceVolume } of container.mountPoints ?? []) {
    if (!(raw.volumes ?? []).some(({ name }) => name === sourceVolume)) {
      return `container ${container.name} mounts unknown volume ${sourceVolume}`;
    }
  }
  const mounted = (container.secrets ?? []).find(({ type }) => type === 'MOUNT_POINT');
  if (mounted !== undefined)
    return `container ${container.name} mounts the secret ${mounted.name}, which this agent cannot do`;
  for (const text of [container.dockerConfig?.config, container.dockerConfig?.hostConfig]) {
    if (text !== undefined && !isJsonObject(text)) return `container ${container.name} has an unreadable docker config`;
  }
  return logProblem(raw, container);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** `first-last` as two numbers; `undefined` when it is no range. */
export function portRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  return match === null || first < 1 || last > 65_535 || first > last ? undefined : { first, last };
}

function newContainer(payload: PayloadTask, container: PayloadContainer, ids: Ids): EngineContainer {
  return blankContainer({
    name: container.name,
    internal: false,
    essential: container.essential,
    runtimeName: runtimeName(payload, container.name, ids),
    endpointId: ids.uuid(),
  });
}

function newPause(payload: PayloadTask, ids: Ids): EngineContainer {
  const name = runtimeName(payload, 'internalecspause', ids);
  return {
    ...blankContainer({ name: pauseName, internal: true, essential: true, runtimeName: name }),
    known: 'PULLED',
  };
}

function newHolder(payload: PayloadTask, holds: string, ids: Ids): EngineContainer {
  const name = runtimeName(payload, `internalecspause-${holds}`, ids);
  const identity = { name: `${pauseName}-${holds}`, internal: true, essential: true, runtimeName: name };
  return { ...blankContainer(identity), holds, known: 'PULLED' };
}

function blankContainer(
  identity: Pick<EngineContainer, 'name' | 'internal' | 'essential' | 'runtimeName' | 'endpointId'>,
): EngineContainer {
  return { ...identity, known: 'NONE', networkBindings: [], restartCount: 0, health: 'UNKNOWN' };
}

/** `ecs-<family>-<revision>-<container>-<20 hex>`, the name with only what Docker allows. */
function runtimeName(payload: PayloadTask, container: string, ids: Ids): string {
  const name = container.replace(/[^A-Za-z0-9-]/g, '');
  const family = (payload.family ?? '').replace(/[^A-Za-z0-9_.-]/g, '') || shortId(payload.arn);
  return `ecs-${family}-${payload.version}-${name}-${ids.hex(20)}`;
}
