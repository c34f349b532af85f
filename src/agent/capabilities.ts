import { capabilityOf, type HostStateFamily } from '#wire/link';
import type { ValueService } from './host/secrets.ts';
import type { Attribute } from './link/control-plane.ts';
import type { EngineInfo } from './runtime/port.ts';

export interface CapabilityFacts {
  readonly apiVersion: string;
  readonly info: Pick<EngineInfo, 'architecture' | 'volumeDrivers' | 'security' | 'healthChecks'>;
  /** Those offered: what the host's user chose, of what the engine has. */
  readonly logDrivers: readonly string[];
  /** Tasks can have an interface of their own. */
  readonly taskNetwork: boolean;
  /** Tasks can have roles, and those in the host's network too. */
  readonly taskRoles: boolean;
  readonly hostNetworkRoles: boolean;
  /** The network of a task can be made worse on purpose. */
  readonly faultInjection: boolean;
  /** The containers of a task can share their processes and IPC. */
  readonly sharedNamespaces: boolean;
  /** Tasks can have log routers; their files come from S3 where values do. */
  readonly logRouters: boolean;
  /** The services whose values tasks can be given. */
  readonly values: readonly ValueService[];
  /** Tasks can have limits as a whole. */
  readonly taskLimits: boolean;
  /** Tasks can have EFS volumes, and managed EBS volumes. */
  readonly fileSystems?: boolean;
  readonly blockVolumes?: boolean;
  readonly external: boolean;
  /** Commands can be run in its containers from outside. */
  readonly commands: boolean;
  /** What the host can be beside its tasks. */
  readonly hostState?: readonly HostStateFamily[];
  /** Of the driver, where tasks can have GPUs. */
  readonly gpuDriverVersion?: string;
}

/** Docker API versions that stand for a feature set; ECS lists no newer ones. */
const remoteApiVersions = [
  '1.17',
  '1.18',
  '1.19',
  '1.20',
  '1.21',
  '1.22',
  '1.23',
  '1.24',
  '1.25',
  '1.28',
  '1.29',
  '1.30',
  '1.32',
];

/**
 * What this host can do, by ECS's names: only what is really done. Placement holds a task definition's
 * `requiresAttributes` against these. Source: "Amazon ECS task definition parameters" and the agent's own names.
 */
export function capabilities(facts: CapabilityFacts): readonly Attribute[] {
  const docker = [
    'com.amazonaws.ecs.capability.privileged-container',
    ...remoteApiVersions
      .filter((version) => atMost(version, facts.apiVersion))
      .map((version) => `com.amazonaws.ecs.capability.docker-remote-api.${version}`),
    ...['selinux', 'apparmor']
      .filter((name) => facts.info.security?.includes(name) === true)
      .map((name) => `com.amazonaws.ecs.capability.${name}`),
    ...facts.logDrivers.map((driver) => `com.amazonaws.ecs.capability.logging-driver.${driver}`),
    ...(facts.logRouters ? ['com.amazonaws.ecs.capability.logging-driver.awsfirelens'] : []),
    ...(facts.taskRoles ? ['com.amazonaws.ecs.capability.task-iam-role'] : []),
    ...(facts.taskRoles && facts.hostNetworkRoles ? ['com.amazonaws.ecs.capability.task-iam-role-network-host'] : []),
  ];
  const ecs = [
    'full-sync',
    'container-ordering',
    ...(facts.info.healthChecks ? ['container-health-check'] : []),
    'container-restart-policy',
    'network.container-port-range',
    ...facts.info.volumeDrivers.map((driver) => `docker-plugin.${driver}`),
    ...facts.values.flatMap((service) => valueCapabilities[service]),
    ...(facts.taskLimits ? ['task-cpu-mem-limit', 'increased-task-cpu-limit'] : []),
    ...(facts.logDrivers.includes('awslogs') ? ['execution-role-awslogs'] : []),
    ...(facts.logRouters ? routerCapabilities : []),
    ...(facts.logRouters && facts.values.includes('s3') ? ['firelens.options.config.s3'] : []),
    ...(facts.taskNetwork ? ['task-eni'] : []),
    ...(facts.fileSystems === true && !facts.external ? ['efs', 'efsAuth'] : []),
    ...(facts.blockVolumes === true && !facts.external ? ['storage.ebs-task-volume-attach'] : []),
    ...(facts.faultInjection && !facts.external ? ['fault-injection'] : []),
    ...(facts.sharedNamespaces ? ['pid-ipc-namespace-sharing'] : []),
    ...(facts.commands ? ['execute-command'] : []),
    ...(facts.external ? ['external'] : []),
  ];
  return [
    ...[...docker, ...ecs.map((name) => `ecs.capability.${name}`)].map((name) => ({ name })),
    ...(facts.hostState ?? []).map((family) => ({ name: capabilityOf(family) })),
    ...gpuDriver(facts.gpuDriverVersion),
    { name: 'ecs.os-type', value: 'linux' },
    { name: 'ecs.os-family', value: 'LINUX' },
    { name: 'ecs.cpu-architecture', value: facts.info.architecture },
  ];
}

const routerCapabilities = [
  'firelens.fluentd',
  'firelens.fluentbit',
  'firelens.options.config.file',
  'firelens.non-root-user',
  'logging-driver.awsfirelens.log-driver-buffer-limit',
];
const valueCapabilities: Readonly<Record<ValueService, readonly string[]>> = {
  secretsmanager: [
    'private-registry-authentication.secretsmanager',
    'secrets.asm.environment-variables',
    'secrets.asm.bootstrap.log-driver',
  ],
  ssm: ['secrets.ssm.environment-variables', 'secrets.ssm.bootstrap.log-driver'],
  s3: ['env-files.s3'],
};

/** A driver's version is told twice, as an attribute with a value and as one without. */
function gpuDriver(version: string | undefined): readonly Attribute[] {
  if (version === undefined) return [];
  return [
    { name: `ecs.capability.nvidia-driver-version.${version}` },
    { name: 'ecs.capability.gpu-driver-version', value: version },
  ];
}

/**
 * The log drivers to offer: those asked for that the engine has, or all of the engine's that work here. awslogs signs with
 * the execution role, whose credentials this host must serve; what writes to other clouds signs in with nothing here.
 * `none` is always there.
 */
export function offeredLogDrivers(
  engine: readonly string[],
  asked: readonly string[] | undefined,
  roles: boolean,
): readonly string[] {
  const known = new Set([...engine, 'none']);
  if (!roles) known.delete('awslogs');
  if (asked !== undefined) return asked.filter((driver) => known.has(driver));
  return [...known].filter((driver) => driver !== 'gcplogs');
}

function atMost(version: string, limit: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [limitMajor = 0, limitMinor = 0] = limit.split('.').map(Number);
  return major < limitMajor || (major === limitMajor && minor <= limitMinor);
}
