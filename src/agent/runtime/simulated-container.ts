import type {
  ContainerBody,
  ContainerDetails,
  ContainerFacts,
  ContainerSummary,
  RuntimeHealth,
  StatsSample,
} from './port.ts';

/** How a simulated container behaves once started; by default it runs until it is stopped. */
export interface SimulatedBehaviour {
  /** Ends by itself this long after its start, with `exitCode` (default 0). */
  readonly endsAfterMs?: number;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  /** Takes this long to end after the stop signal, then with 143; longer than the grace means SIGKILL and 137. */
  readonly stopsAfterMs?: number;
  /** The start call itself fails with this text. */
  readonly startError?: string;
  /** Becomes healthy (or not) this long after its start. */
  readonly health?: { readonly afterMs: number; readonly status: 'healthy' | 'unhealthy' };
}

/** A container of the simulated engine. */
export interface SimulatedContainer {
  readonly id: string;
  readonly name: string;
  readonly body: ContainerBody;
  readonly behaviour: SimulatedBehaviour;
  state: 'created' | 'running' | 'exited';
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  health: RuntimeHealth;
  readonly createdAtMs: number;
  startedAtMs?: number;
  finishedAtMs?: number;
  /** +1 with each start, so that a timer of an earlier run does nothing. */
  run: number;
}

/** What an inspect says of it. */
export function factsOf(container: SimulatedContainer): ContainerFacts {
  return {
    id: container.id,
    name: container.name,
    labels: container.body.Labels,
    state: container.state,
    pid: container.pid,
    exitCode: container.exitCode,
    oomKilled: container.oomKilled,
    error: '',
    health: container.health,
    ...(container.startedAtMs === undefined ? {} : { startedAtMs: container.startedAtMs }),
    ...(container.finishedAtMs === undefined ? {} : { finishedAtMs: container.finishedAtMs }),
  };
}

/** The rest of what an inspect says. */
export function detailsOf(container: SimulatedContainer): ContainerDetails {
  const { id, name, body, createdAtMs, startedAtMs, finishedAtMs } = container;
  return {
    id,
    name,
    imageId: `sha256:${'0'.repeat(64)}`,
    createdAtMs,
    labels: body.Labels,
    addresses: { ipv4: bridgeAddresses(container), ipv6: [] },
    mounts: [],
    logDriver: 'json-file',
    logOptions: {},
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
  };
}

/** On the engine's own network, while it runs. */
function bridgeAddresses({ body, state, pid }: SimulatedContainer): readonly string[] {
  return state === 'running' && body.HostConfig['NetworkMode'] === 'bridge' ? [`172.17.0.${pid % 254}`] : [];
}

export function summaryOf({ id, name, body, state }: SimulatedContainer): ContainerSummary {
  return { id, name, labels: body.Labels, state };
}

/** A tenth of a processor, 16 MiB, and a little traffic, for as long as it runs. */
export function sampleOf({ id, name, startedAtMs = 0 }: SimulatedContainer, nowMs: number): StatsSample {
  const ranMs = nowMs - startedAtMs;
  const none = { rx_packets: 0, rx_errors: 0, rx_dropped: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 };
  return {
    id,
    name: `/${name}`,
    pids_stats: { current: 1 },
    cpu_stats: { cpu_usage: { total_usage: ranMs * 1e5 } },
    memory_stats: { usage: 20 * 1024 ** 2, stats: { inactive_file: 4 * 1024 ** 2 } },
    networks: { eth0: { ...none, rx_bytes: ranMs, tx_bytes: ranMs * 2 } },
    blkio_stats: { io_service_bytes_recursive: [{ op: 'write', value: ranMs * 4 }] },
  };
}

/** Whether it has a label: `name`, or `name=value`. */
export function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf('=');
  if (equals < 0) return label in labels;
  return labels[label.slice(0, equals)] === label.slice(equals + 1);
}
