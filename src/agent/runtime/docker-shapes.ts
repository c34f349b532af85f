import type {
  ContainerDetails,
  ContainerFacts,
  ContainerSummary,
  RuntimeEvent,
  RuntimeEventAction,
  RuntimeHealth,
} from './port.ts';

/** The members of the Docker Engine API's answers that are read, and what they mean here. */
export interface DockerVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  readonly Components?: readonly { readonly Name: string }[];
}

export interface DockerInfo {
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Architecture: string;
  readonly CgroupDriver?: string;
  readonly CgroupVersion?: string;
  /** Of storage; its facts are pairs of name and value. */
  readonly Driver?: string;
  readonly DriverStatus?: readonly (readonly string[])[] | null;
  readonly DockerRootDir?: string;
  /** `name=apparmor` and further pairs, with commas. */
  readonly SecurityOptions?: readonly string[] | null;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
  readonly Plugins?: { readonly Log?: readonly string[]; readonly Volume?: readonly string[] };
}

export interface DockerImage {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null;
  readonly Config?: { readonly Env?: readonly string[] | null } | null;
}

export interface DockerContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  /** Only where it was asked for. */
  readonly SizeRootFs?: number;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly HostConfig?: {
    readonly LogConfig?: { readonly Type?: string; readonly Config?: Readonly<Record<string, string>> | null } | null;
  };
  readonly Mounts?:
    | readonly { readonly Name?: string; readonly Source?: string; readonly Destination?: string }[]
    | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<
      Record<string, { readonly IPAddress?: string; readonly GlobalIPv6Address?: string } | null>
    > | null;
  };
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly ExitCode: number; readonly Output: string }[] | null;
    } | null;
  };
}

export interface DockerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly State: string;
}

export interface DockerEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly time: number;
  readonly timeNano?: number;
}

export interface DockerProgress {
  readonly status?: string;
  readonly progress?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

export function containerFacts(container: DockerContainer): ContainerFacts {
  const { State } = container;
  const startedAtMs = instantOf(State.StartedAt);
  const finishedAtMs = instantOf(State.FinishedAt);
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    labels: container.Config.Labels ?? {},
    state: stateOf(State.Status),
    pid: State.Running ? State.Pid : 0,
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    error: State.Error,
    health: healthOf(State.Health?.Status),
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
  };
}

export function containerDetails(container: DockerContainer): ContainerDetails {
  const { State, HostConfig, Mounts, NetworkSettings } = container;
  const startedAtMs = instantOf(State.StartedAt);
  const finishedAtMs = State.Running ? undefined : instantOf(State.FinishedAt);
  const networks = Object.values(NetworkSettings?.Networks ?? {});
  const check = State.Health?.Log?.at(-1);
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    imageId: container.Image,
    createdAtMs: instantOf(container.Created) ?? 0,
    labels: container.Config.Labels ?? {},
    addresses: {
      ipv4: networks.flatMap((network) => network?.IPAddress || []),
      ipv6: networks.flatMap((network) => network?.GlobalIPv6Address || []),
    },
    mounts: (Mounts ?? []).map(({ Name, Source = '', Destination = '' }) => ({
      ...(Name === undefined || Name === '' ? {} : { name: Name }),
      source: Source,
      destination: Destination,
    })),
    logDriver: HostConfig?.LogConfig?.Type ?? '',
    logOptions: HostConfig?.LogConfig?.Config ?? {},
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
    ...(check === undefined ? {} : { health: { exitCode: check.ExitCode, output: check.Output } }),
  };
}

export function containerSummary(summary: DockerSummary): ContainerSummary {
  return {
    id: summary.Id,
    name: (summary.Names[0] ?? '').replace(/^\//, ''),
    labels: summary.Labels ?? {},
    state: stateOf(summary.State),
  };
}

const actions: Readonly<Record<string, RuntimeEventAction>> = {
  start: 'start',
  die: 'die',
  oom: 'oom',
  destroy: 'destroy',
  // podman's word for it.
  remove: 'destroy',
  health_status: 'health',
};

/** An event's attributes are the container's labels beside a few of Docker's own. `undefined`: of no interest. */
export function runtimeEvent(event: DockerEvent): RuntimeEvent | undefined {
  const action = actions[event.Action.split(':', 1)[0] ?? ''];
  if (event.Type !== 'container' || action === undefined) return undefined;
  return {
    action,
    containerId: event.Actor.ID,
    labels: event.Actor.Attributes ?? {},
    atMs: event.timeNano === undefined ? event.time * 1000 : Math.floor(event.timeNano / 1e6),
  };
}

function stateOf(status: string): ContainerSummary['state'] {
  if (status === 'created') return 'created';
  return status === 'running' || status === 'paused' || status === 'restarting' ? 'running' : 'exited';
}

function healthOf(status: string | undefined): RuntimeHealth {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}

/** The engine writes year 1 for "never". */
function instantOf(text: string): number | undefined {
  // oxlint-disable-next-line no-restricted-globals -- reads a timestamp of the engine's, not the time
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}
