import { elapsedMs } from '#base';
import type { ContainerMetric, NetworkStatsSet, StatsSet } from '#wire/link';
import type { NetworkCounters, UsageReading } from './reading.ts';

/** What one container used since it was last told: a set of samples for each measure, as TCS has them. */
export type Gathered = Pick<ContainerMetric, 'cpuStatsSet' | 'memoryStatsSet' | 'networkStatsSet' | 'storageStatsSet'>;

const bytesPerMiB = 1024 ** 2;

/**
 * What was gathered, with one more reading. Memory needs one reading, everything else two: a counter that fell began
 * anew, and what came before it is not known. `cpuUnits` is the host's: 100 % is all of it.
 */
export function gather(
  gathered: Gathered,
  before: UsageReading | undefined,
  after: UsageReading,
  host: { readonly cpuUnits: number },
): Gathered {
  const { memoryBytes } = after;
  const memory = memoryBytes === undefined ? undefined : memoryBytes / bytesPerMiB;
  return {
    ...gathered,
    ...present('cpuStatsSet', withSample(gathered.cpuStatsSet, before && cpuPercent(before, after, host.cpuUnits))),
    ...present('memoryStatsSet', withSample(gathered.memoryStatsSet, memory)),
    ...present('networkStatsSet', before && withNetwork(gathered.networkStatsSet, before, after)),
    ...present('storageStatsSet', before && withStorage(gathered.storageStatsSet, before, after)),
  };
}

function withSample(set: StatsSet | undefined, value: number | undefined): StatsSet | undefined {
  if (value === undefined) return set;
  if (set === undefined) return { min: value, max: value, sampleCount: 1, sum: value };
  return {
    min: Math.min(set.min, value),
    max: Math.max(set.max, value),
    sampleCount: set.sampleCount + 1,
    sum: set.sum + value,
  };
}

function cpuPercent(before: UsageReading, after: UsageReading, hostUnits: number): number | undefined {
  const used = difference(before.cpuNanoseconds, after.cpuNanoseconds);
  const milliseconds = elapsedMs(before.at, after.at);
  if (used === undefined || milliseconds <= 0 || hostUnits <= 0) return undefined;
  const units = (used / (milliseconds * 1e6)) * 1024;
  return (100 * units) / hostUnits;
}

function withNetwork(
  sets: NetworkStatsSet | undefined,
  before: UsageReading,
  after: UsageReading,
): NetworkStatsSet | undefined {
  const [from, to] = [before.network, after.network];
  if (from === undefined || to === undefined) return sets;
  const names = Object.keys(to) as (keyof NetworkCounters)[];
  if (names.some((name) => difference(from[name], to[name]) === undefined)) return sets;
  const seconds = elapsedMs(before.at, after.at) / 1000;
  if (seconds <= 0) return sets;
  const moved = (name: keyof NetworkCounters): number => to[name] - from[name];
  const set = (name: keyof NetworkCounters): StatsSet => withSample(sets?.[name], moved(name)) as StatsSet;
  const rate = (name: 'rxBytes' | 'txBytes'): StatsSet =>
    withSample(sets?.[`${name}PerSecond`], moved(name) / seconds) as StatsSet;
  return {
    rxBytes: set('rxBytes'),
    rxDropped: set('rxDropped'),
    rxErrors: set('rxErrors'),
    rxPackets: set('rxPackets'),
    txBytes: set('txBytes'),
    txDropped: set('txDropped'),
    txErrors: set('txErrors'),
    txPackets: set('txPackets'),
    rxBytesPerSecond: rate('rxBytes'),
    txBytesPerSecond: rate('txBytes'),
  };
}

function withStorage(
  sets: Gathered['storageStatsSet'],
  before: UsageReading,
  after: UsageReading,
): Gathered['storageStatsSet'] {
  // A container that has read and written nothing yet is not counted by the kernel.
  const from = before.storage ?? { readBytes: 0, writeBytes: 0 };
  const read = difference(from.readBytes, after.storage?.readBytes);
  const written = difference(from.writeBytes, after.storage?.writeBytes);
  if (read === undefined || written === undefined) return sets;
  return {
    readSizeBytes: withSample(sets?.readSizeBytes, read) as StatsSet,
    writeSizeBytes: withSample(sets?.writeSizeBytes, written) as StatsSet,
  };
}

/** How far a counter went; `undefined` when it is not known, or began anew. */
function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined || after < before ? undefined : after - before;
}

function present<K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in K]: V });
}
