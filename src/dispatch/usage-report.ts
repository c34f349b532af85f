import type { ContainerUsage, Measure, StatisticSet, VolumeUsage } from '#telemetry';
import { usageLimits } from '#telemetry';

type Members = Readonly<Record<string, unknown>>;

/** What one task of a PublishMetricsRequest used, its containers by name. */
export interface UsageReport {
  readonly taskArn: string;
  readonly containers: ReadonlyMap<string, ContainerUsage>;
  readonly volumes: readonly VolumeUsage[];
}

/** Internal containers of an agent's own are not the user's. */
const internalPrefix = '~internal~';

/**
 * The usage in a task metric of a telemetry message; `undefined` when it names no task. What cannot be read is left
 * out. Agents tell CPU in percent of what their instance registered, `instanceCpuUnits`.
 */
export function usageReport(metric: Members, instanceCpuUnits: number): UsageReport | undefined {
  const { taskArn, containerMetrics } = metric;
  if (typeof taskArn !== 'string' || !Array.isArray(containerMetrics)) return undefined;
  const containers = new Map<string, ContainerUsage>();
  for (const container of containerMetrics.slice(0, usageLimits.containers).filter(isMembers)) {
    const name = container['containerName'];
    if (typeof name !== 'string' || name.startsWith(internalPrefix)) continue;
    containers.set(name, containerUsage(container, instanceCpuUnits));
  }
  return { taskArn, containers, volumes: volumesOf(metric['volumeMetrics']) };
}

function volumesOf(list: unknown): readonly VolumeUsage[] {
  if (!Array.isArray(list)) return [];
  return list
    .slice(0, usageLimits.volumes)
    .filter(isMembers)
    .flatMap(({ volumeId, volumeName: name, utilized, size }) => {
      const [used, whole] = [statistics(utilized), statistics(size)];
      if (typeof volumeId !== 'string' || typeof name !== 'string') return [];
      if (used === undefined || whole === undefined) return [];
      return [{ name, volumeId, usedBytes: average(used), sizeBytes: average(whole) }];
    });
}

function average({ sum, sampleCount }: StatisticSet): number {
  return sum / sampleCount;
}

function containerUsage(container: Members, instanceCpuUnits: number): ContainerUsage {
  const cpu = statistics(container['cpuStatsSet']);
  const network = membersOf(container['networkStatsSet']);
  const storage = membersOf(container['storageStatsSet']);
  const restarts = membersOf(container['restartStatsSet'])['restartCount'];
  const found: Readonly<Record<Measure, StatisticSet | undefined>> = {
    cpuUnits: cpu === undefined ? undefined : scaled(cpu, instanceCpuUnits / 100),
    memoryMiB: statistics(container['memoryStatsSet']),
    rxBytesPerSecond: statistics(network['rxBytesPerSecond']),
    txBytesPerSecond: statistics(network['txBytesPerSecond']),
    readBytes: statistics(storage['readSizeBytes']),
    writeBytes: statistics(storage['writeSizeBytes']),
  };
  const known = Object.entries(found).filter(([, set]) => set !== undefined);
  return {
    ...(Object.fromEntries(known) as ContainerUsage),
    ...(typeof restarts === 'number' && Number.isFinite(restarts) ? { restarts } : {}),
  };
}

/** A set of samples that can be one: numbers, of at least one sample, in order. */
function statistics(value: unknown): StatisticSet | undefined {
  const { min: minimum, max: maximum, sampleCount, sum } = membersOf(value);
  const numbers = [minimum, maximum, sampleCount, sum].filter((each) => typeof each === 'number');
  if (numbers.length < 4 || !numbers.every(Number.isFinite)) return undefined;
  const set = { minimum, maximum, sampleCount, sum } as StatisticSet;
  return set.sampleCount > 0 && set.minimum <= set.maximum ? set : undefined;
}

function scaled({ minimum, maximum, sampleCount, sum }: StatisticSet, factor: number): StatisticSet {
  return { minimum: minimum * factor, maximum: maximum * factor, sampleCount, sum: sum * factor };
}

function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
