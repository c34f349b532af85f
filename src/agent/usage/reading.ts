import type { Instant } from '#base';
import type { Interfaces } from '../endpoints/stats.ts';
import type { StatsSample } from '../runtime/port.ts';

/** What a container has used up to a moment. Counters count from its start, so that two readings give a difference. */
export interface UsageReading {
  readonly at: Instant;
  /** Of all processors together. */
  readonly cpuNanoseconds?: number;
  /** Without what the kernel keeps of files and can give back. */
  readonly memoryBytes?: number;
  readonly network?: NetworkCounters;
  /** Of block devices; absent where the kernel does not count. */
  readonly storage?: { readonly readBytes: number; readonly writeBytes: number };
}

export interface NetworkCounters {
  readonly rxBytes: number;
  readonly rxDropped: number;
  readonly rxErrors: number;
  readonly rxPackets: number;
  readonly txBytes: number;
  readonly txDropped: number;
  readonly txErrors: number;
  readonly txPackets: number;
}

/** The members of the Docker Engine API's ContainerStats that are read; an engine may leave any of them out. */
interface EngineStats {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: unknown } };
  readonly memory_stats?: { readonly usage?: unknown; readonly stats?: Readonly<Record<string, unknown>> };
  readonly networks?: Interfaces;
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?: readonly { readonly op?: unknown; readonly value?: unknown }[] | null;
  };
}

/**
 * The reading in a sample of the engine. `interfaces` stands for the container's own where its task's are elsewhere;
 * null: it has none of its own (the host's network, or none at all).
 */
export function readingOf(sample: StatsSample, interfaces: Interfaces | null | undefined, at: Instant): UsageReading {
  const stats = sample as EngineStats;
  const cpuNanoseconds = numberOf(stats.cpu_stats?.cpu_usage?.total_usage);
  const memoryBytes = memoryOf(stats);
  const carried = interfaces === null ? undefined : (interfaces ?? stats.networks);
  const storage = storageOf(stats);
  return {
    at,
    ...(cpuNanoseconds === undefined ? {} : { cpuNanoseconds }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(carried === undefined ? {} : { network: countersOf(carried) }),
    ...(storage === undefined ? {} : { storage }),
  };
}

/** As ECS counts it: version 2 of control groups names inactive files, version 1 all of the cache. */
function memoryOf({ memory_stats: memory }: EngineStats): number | undefined {
  const usage = numberOf(memory?.usage);
  if (usage === undefined) return undefined;
  const stats = memory?.stats ?? {};
  const reclaimable = numberOf('cache' in stats ? stats['cache'] : stats['inactive_file']) ?? 0;
  return Math.max(0, usage - reclaimable);
}

function storageOf({ blkio_stats: blkio }: EngineStats): UsageReading['storage'] {
  const entries = blkio?.io_service_bytes_recursive;
  if (entries === undefined || entries === null || entries.length === 0) return undefined;
  const total = (operation: string): number =>
    entries.reduce(
      (sum, { op, value }) => sum + (String(op).toLowerCase() === operation ? (numberOf(value) ?? 0) : 0),
      0,
    );
  return { readBytes: total('read'), writeBytes: total('write') };
}

function countersOf(interfaces: Interfaces): NetworkCounters {
  const all = Object.values(interfaces);
  const total = (name: keyof Interfaces[string]): number => all.reduce((sum, one) => sum + (one[name] ?? 0), 0);
  return {
    rxBytes: total('rx_bytes'),
    rxDropped: total('rx_dropped'),
    rxErrors: total('rx_errors'),
    rxPackets: total('rx_packets'),
    txBytes: total('tx_bytes'),
    txDropped: total('tx_dropped'),
    txErrors: total('tx_errors'),
    txPackets: total('tx_packets'),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
