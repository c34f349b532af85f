import { instantFromMs, rfc3339Exact } from '#base';
import type { PayloadContainer, PayloadInterface, PayloadTask } from '#wire/link';
import { pauseImage } from '../runtime/pause-image.ts';
import type { ContainerDetails } from '../runtime/port.ts';
import { cpuShares } from '../task/container-body.ts';
import { atLeast, definitionOf, type EngineContainer, type EngineTask, networkHolder } from '../task/state.ts';
import { shownIdOf } from './subject.ts';

/** The generation of the endpoint: each shows what the one before did, and more. */
export type Generation = 2 | 3 | 4;

type Json = Readonly<Record<string, unknown>>;

/**
 * One container as the metadata endpoint shows it. What is not there is absent, never null. `details` is what the engine
 * says of it, when it was created. Sources: "Task metadata available for tasks on EC2", "… on Fargate".
 */
export function presentContainer(
  task: EngineTask,
  container: EngineContainer,
  details: ContainerDetails | undefined,
  generation: Generation,
): Json {
  const definition = definitionOf(task, container.name);
  const fargate = task.payload.launchType === 'FARGATE';
  const stopped = atLeast(container, 'STOPPED');
  return compact({
    DockerId: shownIdOf(task, container) ?? '',
    Name: container.name,
    DockerName: fargate ? container.name : container.runtimeName,
    Image: definition?.image ?? pauseImage,
    ImageID: details?.imageId ?? '',
    Ports: portsOf(task.payload, definition, networkHolder(task, container.name) ?? container, generation),
    Labels: details === undefined ? undefined : labelsOf(task, details),
    DesiredStatus: desiredOf(task, container),
    KnownStatus: knownOf(task, container),
    ExitCode: stopped ? container.exitCode : undefined,
    Limits: limitsOf(task.payload, definition),
    CreatedAt: timeOf(details?.createdAtMs),
    StartedAt: timeOf(details?.startedAtMs),
    FinishedAt: stopped ? timeOf(details?.finishedAtMs) : undefined,
    Type: container.internal ? 'CNI_PAUSE' : 'NORMAL',
    Health: healthOf(definition, container, details),
    Volumes: volumesOf(details),
    ...(generation === 4 ? newest(definition, container, details) : {}),
    Networks: networksOf(task.payload, details, generation),
  });
}

function newest(
  definition: PayloadContainer | undefined,
  container: EngineContainer,
  details: ContainerDetails | undefined,
): Json {
  const { logDriver, logOptions } = details ?? {};
  return {
    LogDriver: logDriver === '' ? undefined : logDriver,
    LogOptions: logOptions === undefined || Object.keys(logOptions).length === 0 ? undefined : logOptions,
    ContainerARN: definition?.containerArn,
    RestartCount: definition?.restartPolicy?.enabled === true ? container.restartCount : undefined,
  };
}

/** An awsvpc task's container has every port it names; elsewhere it has those of the host that it was given. */
function portsOf(
  { networkMode }: PayloadTask,
  definition: PayloadContainer | undefined,
  { networkBindings }: EngineContainer,
  generation: Generation,
): readonly Json[] | undefined {
  const mappings =
    networkMode === 'awsvpc'
      ? (definition?.portMappings ?? []).map((mapping) => ({ ...mapping, hostPort: mapping.containerPort }))
      : networkBindings;
  const ports = mappings.flatMap((mapping) => {
    const { containerPort, hostPort, protocol } = mapping;
    if (containerPort === undefined) return [];
    const shown = { ContainerPort: containerPort, Protocol: protocol ?? 'tcp', HostPort: hostPort };
    const bindIp = 'bindIP' in mapping ? mapping.bindIP : undefined;
    return [compact(generation === 4 ? { ...shown, HostIp: bindIp } : shown)];
  });
  return ports.length === 0 ? undefined : ports;
}

/** The users' own and ECS's: which agent runs a container is no business of the container's. */
function labelsOf({ payload, taskArn }: EngineTask, { labels }: ContainerDetails): Json {
  const shown = Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('roadstead.')));
  const cluster = 'com.amazonaws.ecs.cluster';
  const own = payload.launchType === 'FARGATE' && labels[cluster] !== undefined && taskArn !== '';
  return own ? { ...shown, [cluster]: payload.taskClusterArn } : shown;
}

function desiredOf(task: EngineTask, { internal }: EngineContainer): string {
  if (task.desired === 'STOPPED') return 'STOPPED';
  return internal ? 'RESOURCES_PROVISIONED' : 'RUNNING';
}

export function knownOf(task: EngineTask, { internal, known }: EngineContainer): string {
  return internal && known === 'RUNNING' && task.networkAttached ? 'RESOURCES_PROVISIONED' : known;
}

function limitsOf({ launchType }: PayloadTask, definition: PayloadContainer | undefined): Json | undefined {
  if (definition === undefined) return launchType === 'FARGATE' ? undefined : { CPU: 2, Memory: 0 };
  const { cpu, memory } = definition;
  return { CPU: cpuShares(cpu), ...(memory > 0 ? { Memory: memory } : {}) };
}

function healthOf(
  definition: PayloadContainer | undefined,
  container: EngineContainer,
  details: ContainerDetails | undefined,
): Json | undefined {
  if (definition?.healthCheckType === undefined) return undefined;
  const { health, healthSince } = container;
  const check = details?.health;
  return compact({
    status: health,
    statusSince: healthSince === undefined ? undefined : rfc3339Exact(healthSince),
    exitCode: check === undefined || check.exitCode === 0 ? undefined : check.exitCode,
    output: check?.output === '' ? undefined : check?.output,
  });
}

function volumesOf(details: ContainerDetails | undefined): readonly Json[] | undefined {
  if (details === undefined || details.mounts.length === 0) return undefined;
  return details.mounts.map(({ name, source, destination }) =>
    compact({ DockerName: name, Source: source, Destination: destination }),
  );
}

function networksOf(
  payload: PayloadTask,
  details: ContainerDetails | undefined,
  generation: Generation,
): readonly Json[] | undefined {
  const { networkMode } = payload;
  const [eni] = payload.elasticNetworkInterfaces ?? [];
  if (networkMode === 'awsvpc' && eni !== undefined) return [interfaceNetwork(eni, generation)];
  if (details === undefined) return undefined;
  const { ipv4, ipv6 } = details.addresses;
  return [
    compact({
      NetworkMode: networkMode,
      IPv4Addresses: ipv4.length === 0 ? undefined : ipv4,
      IPv6Addresses: ipv6.length === 0 ? undefined : ipv6,
    }),
  ];
}

function interfaceNetwork(eni: PayloadInterface, generation: Generation): Json {
  const plain = { NetworkMode: 'awsvpc', IPv4Addresses: eni.ipv4Addresses.map((each) => each.privateAddress) };
  if (generation !== 4) return plain;
  return compact({
    ...plain,
    AttachmentIndex: eni.index ?? 0,
    MACAddress: eni.macAddress,
    IPv4SubnetCIDRBlock: subnetOf(eni.subnetGatewayIpv4Address),
    DomainNameServers: filled(eni.domainNameServers),
    DomainNameSearchList: filled(eni.domainName),
    PrivateDNSName: eni.privateDnsName,
    SubnetGatewayIpv4Address: eni.subnetGatewayIpv4Address,
  });
}

/** `172.31.17.1/20` is in `172.31.16.0/20`. */
export function subnetOf(gateway: string): string {
  const [address = '', length = '32'] = gateway.split('/');
  const bytes = address.split('.').map(Number);
  const masked = bytes.map(
    (byte, index) => byte & (0xff << Math.max(0, Math.min(8, 8 * (index + 1) - Number(length)))),
  );
  return `${masked.join('.')}/${length}`;
}

function filled<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : rfc3339Exact(instantFromMs(ms));
}

/** Without what is undefined. */
export function compact(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
