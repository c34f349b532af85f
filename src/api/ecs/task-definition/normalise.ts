import {
  type Compatibility,
  type ContainerDefinition,
  type NetworkMode,
  networkModeOf,
  type PortMapping,
  type TaskDefinitionContent,
  type Volume,
} from '#model';
import type { ContainerInput, RegisterInput, VolumeInput } from './input.ts';
import { parseTaskCpu, parseTaskMemory } from './size.ts';
import { volumeKinds } from './volume-kinds.ts';

/**
 * Fills in what ECS fills in when it registers a definition, and puts the members in the order it answers them.
 * What is not valid is left as it was given: the rules refuse it. Source: RegisterTaskDefinition's answers, observed.
 */
export function normaliseTaskDefinition(input: RegisterInput): TaskDefinitionContent {
  const requiresCompatibilities = [...new Set(input.requiresCompatibilities ?? [])];
  const networkMode = input.networkMode ?? defaultNetworkMode(requiresCompatibilities);
  const effectiveMode = networkModeOf(networkMode === undefined ? {} : { networkMode });
  const content: Record<keyof TaskDefinitionContent, unknown> = {
    family: input.family,
    containerDefinitions: input.containerDefinitions.map((container) => normaliseContainer(container, effectiveMode)),
    taskRoleArn: textOrAbsent(input.taskRoleArn),
    executionRoleArn: textOrAbsent(input.executionRoleArn),
    networkMode,
    volumes: (input.volumes ?? []).map(normaliseVolume),
    placementConstraints: input.placementConstraints ?? [],
    requiresCompatibilities: requiresCompatibilities.length === 0 ? undefined : requiresCompatibilities,
    cpu: sizeText(input.cpu, parseTaskCpu),
    memory: sizeText(input.memory, parseTaskMemory),
    pidMode: input.pidMode,
    ipcMode: input.ipcMode,
    proxyConfiguration: input.proxyConfiguration,
    ephemeralStorage: input.ephemeralStorage,
    runtimePlatform: input.runtimePlatform,
    enableFaultInjection: input.enableFaultInjection,
  };
  return withoutAbsent(content) as unknown as TaskDefinitionContent;
}

/** "Task definition differences for Amazon ECS Managed Instances": awsvpc is the default there. */
function defaultNetworkMode(required: readonly Compatibility[]): NetworkMode | undefined {
  const managedOnly = required.length > 0 && required.every((type) => type === 'MANAGED_INSTANCES');
  return managedOnly ? 'awsvpc' : undefined;
}

function textOrAbsent(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function sizeText(text: string | undefined, parse: (text: string) => number | undefined): string | undefined {
  if (text === undefined) return undefined;
  const amount = parse(text);
  return amount === undefined ? text : String(amount);
}

/** The members of a container in the order of an answer. */
const containerOrder = [
  'name',
  'image',
  'repositoryCredentials',
  'cpu',
  'memory',
  'memoryReservation',
  'links',
  'portMappings',
  'essential',
  'restartPolicy',
  'entryPoint',
  'command',
  'environment',
  'environmentFiles',
  'mountPoints',
  'volumesFrom',
  'linuxParameters',
  'secrets',
  'dependsOn',
  'startTimeout',
  'stopTimeout',
  'versionConsistency',
  'hostname',
  'user',
  'workingDirectory',
  'disableNetworking',
  'privileged',
  'readonlyRootFilesystem',
  'dnsServers',
  'dnsSearchDomains',
  'extraHosts',
  'dockerSecurityOptions',
  'interactive',
  'pseudoTerminal',
  'dockerLabels',
  'ulimits',
  'logConfiguration',
  'healthCheck',
  'systemControls',
  'resourceRequirements',
  'firelensConfiguration',
  'credentialSpecs',
] as const satisfies readonly (keyof ContainerDefinition)[];

/** Fails the type check when a member of the shape is missing from the order. */
type Unordered = Exclude<keyof ContainerDefinition, (typeof containerOrder)[number]>;
const everyMemberHasItsPlace: [Unordered] extends [never] ? true : Unordered = true;

function normaliseContainer(container: ContainerInput, networkMode: NetworkMode): ContainerDefinition {
  const filled = {
    ...(container as ContainerDefinition),
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((mapping) => normalisePort(mapping, networkMode)),
    essential: container.essential ?? true,
    environment: lastOfEachName(container.environment ?? []),
    mountPoints: [...(container.mountPoints ?? [])],
    volumesFrom: [...(container.volumesFrom ?? [])],
    healthCheck: normaliseHealthCheck(container.healthCheck),
    systemControls: [...(container.systemControls ?? [])],
  } satisfies ContainerDefinition;
  return everyMemberHasItsPlace ? inOrder(filled, containerOrder) : filled;
}

/** A variable given twice keeps its first place and its last value. */
function lastOfEachName(
  variables: readonly { readonly name?: string; readonly value?: string }[],
): { name?: string; value?: string }[] {
  const byName = new Map(variables.map(({ name = '', value = '' }) => [name, { name, value }]));
  return [...byName.values()];
}

/** PortMapping: a mapping to itself in awsvpc and host mode (0 counts as absent), 0 for any free port in bridge mode. */
function normalisePort(
  mapping: NonNullable<ContainerInput['portMappings']>[number],
  networkMode: NetworkMode,
): PortMapping {
  const { containerPort, hostPort, containerPortRange } = mapping;
  const mapsToItself = networkMode === 'awsvpc' || networkMode === 'host';
  const single = {
    containerPort,
    hostPort: mapsToItself && (hostPort ?? 0) === 0 ? containerPort : (hostPort ?? 0),
  };
  return withoutAbsent({
    ...(containerPortRange === undefined ? single : { containerPort, hostPort }),
    protocol: mapping.protocol === 'udp' ? 'udp' : 'tcp',
    name: mapping.name,
    appProtocol: mapping.appProtocol,
    containerPortRange,
  } satisfies PortMapping);
}

function normaliseHealthCheck(check: ContainerInput['healthCheck']): ContainerDefinition['healthCheck'] {
  if (check === undefined) return undefined;
  return withoutAbsent({
    command: [...check.command],
    interval: check.interval ?? 30,
    timeout: check.timeout ?? 5,
    retries: check.retries ?? 3,
    startPeriod: check.startPeriod,
  });
}

const volumeOrder = ['name', ...volumeKinds] as const satisfies readonly (keyof Volume)[];

/** Volume: one declared by nothing but its name is a host volume. */
function normaliseVolume(volume: VolumeInput): Volume {
  const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
  const bare =
    efs === undefined &&
    docker === undefined &&
    volume.s3filesVolumeConfiguration === undefined &&
    volume.fsxWindowsFileServerVolumeConfiguration === undefined &&
    volume.configuredAtLaunch !== true;
  return inOrder(
    {
      ...(volume as Volume),
      host: volume.host ?? (bare ? {} : undefined),
      dockerVolumeConfiguration:
        docker === undefined
          ? undefined
          : {
              ...docker,
              scope: docker.scope ?? 'task',
              autoprovision: docker.autoprovision ?? false,
              driver: docker.driver ?? 'local',
            },
      efsVolumeConfiguration:
        efs === undefined ? undefined : { ...efs, rootDirectory: textOrAbsent(efs.rootDirectory) ?? '/' },
    },
    volumeOrder,
  );
}

function inOrder<T extends object>(value: T, order: readonly (keyof T)[]): T {
  const result: Partial<T> = {};
  for (const member of order) {
    if (value[member] !== undefined) result[member] = value[member];
  }
  return result as T;
}

function withoutAbsent<T extends object>(value: T): T {
  return inOrder(value, Object.keys(value) as (keyof T)[]);
}
