import { type ContainerDefinition, containerSize, networkModeOf, shortId } from '#model';
import type { PayloadContainer } from '#wire/link';
import type { ContainerFacts } from './container-facts.ts';

const mebibyte = 1024 * 1024;
const nanosecondsPerSecond = 1_000_000_000;

/**
 * The parts of a container that travel as Docker's own JSON. Only what the definition says is in them: the agent lays
 * them over what it builds itself, and an array there replaces its own.
 */
export function compileDockerConfig(
  container: ContainerDefinition,
  facts: ContainerFacts,
): PayloadContainer['dockerConfig'] {
  return {
    version: engineVersionFor(container),
    config: JSON.stringify(containerConfig(container)),
    hostConfig: JSON.stringify(hostConfig(container, facts)),
  };
}

/** The lowest Docker API version that knows everything the container uses. Source: Docker Engine API history. */
function engineVersionFor(container: ContainerDefinition): string {
  if (container.healthCheck?.startPeriod !== undefined) return '1.29';
  return container.linuxParameters?.initProcessEnabled === undefined ? '1.24' : '1.25';
}

/** Docker's ContainerConfig; members that are undefined leave the JSON text. */
function containerConfig(container: ContainerDefinition): object {
  return {
    User: container.user,
    WorkingDir: container.workingDirectory,
    Hostname: container.hostname,
    Tty: container.pseudoTerminal,
    OpenStdin: container.interactive,
    Labels: container.dockerLabels,
    NetworkDisabled: container.disableNetworking,
    Healthcheck: healthCheck(container),
  };
}

/** HealthCheck in seconds becomes Docker's in nanoseconds. Defaults: interval 30, timeout 5, retries 3. */
function healthCheck(container: ContainerDefinition): object | undefined {
  const check = container.healthCheck;
  if (check?.command === undefined) return undefined;
  if (check.command[0] === 'NONE') return { Test: ['NONE'] };
  return {
    Test: check.command,
    Interval: (check.interval ?? 30) * nanosecondsPerSecond,
    Timeout: (check.timeout ?? 5) * nanosecondsPerSecond,
    Retries: check.retries ?? 3,
    StartPeriod: check.startPeriod === undefined ? undefined : check.startPeriod * nanosecondsPerSecond,
  };
}

/** Docker's HostConfig. In awsvpc mode the agent chooses the network; otherwise Docker must be told. */
function hostConfig(container: ContainerDefinition, facts: ContainerFacts): object {
  const { task, definition } = facts;
  const mode = networkModeOf(definition);
  const reservation = containerSize(container, task.overrides).memoryReservationMiB;
  return {
    NetworkMode: mode === 'awsvpc' ? undefined : mode,
    MemoryReservation: reservation === undefined ? undefined : reservation * mebibyte,
    Privileged: container.privileged,
    ReadonlyRootfs: container.readonlyRootFilesystem,
    Dns: filled(container.dnsServers),
    DnsSearch: filled(container.dnsSearchDomains),
    ExtraHosts: filled(container.extraHosts?.map((entry) => `${entry.hostname ?? ''}:${entry.ipAddress ?? ''}`)),
    SecurityOpt: filled(container.dockerSecurityOptions?.map(securityOption)),
    Sysctls: sysctls(container),
    Ulimits: filled(ulimits(container)),
    LogConfig: logConfig(container, facts),
    ...linuxParameters(container, facts),
  };
}

function linuxParameters(container: ContainerDefinition, { task }: ContainerFacts): object {
  const linux = container.linuxParameters;
  if (linux === undefined) return {};
  const memoryMiB = containerSize(container, task.overrides).memoryMiB;
  // Docker counts memory and swap together, and takes a swappiness only beside a swap limit, as ECS does.
  const swap = linux.maxSwap;
  return {
    CapAdd: filled(linux.capabilities?.add),
    CapDrop: filled(linux.capabilities?.drop),
    Devices: filled(
      linux.devices?.map((device) => ({
        PathOnHost: device.hostPath,
        PathInContainer: device.containerPath ?? device.hostPath,
        CgroupPermissions: (device.permissions ?? ['read', 'write', 'mknod']).map((name) => name.charAt(0)).join(''),
      })),
    ),
    Init: linux.initProcessEnabled,
    ShmSize: linux.sharedMemorySize === undefined ? undefined : linux.sharedMemorySize * mebibyte,
    Tmpfs: tmpfs(container),
    MemorySwap: swap === undefined || memoryMiB === undefined ? undefined : (memoryMiB + swap) * mebibyte,
    MemorySwappiness: swap === undefined ? undefined : linux.swappiness,
  };
}

function tmpfs(container: ContainerDefinition): Record<string, string> | undefined {
  const mounts = container.linuxParameters?.tmpfs ?? [];
  if (mounts.length === 0) return undefined;
  return Object.fromEntries(
    mounts.map((mount) => [
      mount.containerPath ?? '',
      [`size=${mount.size ?? 0}m`, ...(mount.mountOptions ?? [])].join(','),
    ]),
  );
}

function sysctls(container: ContainerDefinition): Record<string, string> | undefined {
  const controls = container.systemControls ?? [];
  if (controls.length === 0) return undefined;
  return Object.fromEntries(controls.map((control) => [control.namespace ?? '', control.value ?? '']));
}

/** What the definition asks for. Nothing is added for Fargate: not every host could grant 65535 open files. */
function ulimits(container: ContainerDefinition): object[] {
  return (container.ulimits ?? []).map((limit) => ({
    Name: String(limit.name),
    Soft: limit.softLimit,
    Hard: limit.hardLimit,
  }));
}

/** What a non-blocking driver may hold of a container's output, as ECS has it; the engine's own is 1m. */
const maxBufferSize = '10m';

/** ECS writes `label:user:USER` and `apparmor:PROFILE`; of the engine's separators that one is deprecated. */
function securityOption(option: string): string {
  return option.replace(/^(label|apparmor):/, '$1=');
}

/** LogConfiguration, options: `mode` is the account's unless said. Log routers get the options as they are. */
function withMode(options: Record<string, string>, driver: string, mode: string): void {
  if (driver === 'awsfirelens') return;
  options['mode'] ??= mode;
  if (options['mode'] === 'non-blocking') options['max-buffer-size'] ??= maxBufferSize;
}

/** awslogs: ECS names the stream `prefix/container/task id` and defaults the region to the task's; it writes here. */
function logConfig(
  container: ContainerDefinition,
  { task, logDriverMode, logsEndpoint }: ContainerFacts,
): object | undefined {
  const configuration = container.logConfiguration;
  if (configuration?.logDriver === undefined) return undefined;
  const options: Record<string, string> = { ...configuration.options };
  if (configuration.logDriver === 'awslogs') {
    options['awslogs-region'] ??= task.region;
    if (logsEndpoint !== undefined) options['awslogs-endpoint'] ??= logsEndpoint;
    const prefix = options['awslogs-stream-prefix'];
    delete options['awslogs-stream-prefix'];
    if (prefix !== undefined) options['awslogs-stream'] = `${prefix}/${container.name ?? ''}/${shortId(task.taskArn)}`;
  }
  withMode(options, configuration.logDriver, logDriverMode);
  return { Type: configuration.logDriver, Config: options };
}

/** An empty array would replace the agent's own; it is left out. */
function filled<T>(values: readonly T[] | undefined): readonly T[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
