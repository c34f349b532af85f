import { type Instant, instantFromMs, msFromInstant } from '#base';

/** Samples of one measure, in CloudWatch's words; the average is `sum` over `sampleCount`. */
export interface StatisticSet {
  readonly minimum: number;
  readonly maximum: number;
  readonly sampleCount: number;
  readonly sum: number;
}

/** What is measured of a container. What is not known is absent. */
export const measures = [
  /** 1024 are one processor. */
  'cpuUnits',
  'memoryMiB',
  'rxBytesPerSecond',
  'txBytesPerSecond',
  /** Of block devices, in each sample. */
  'readBytes',
  'writeBytes',
] as const;
export type Measure = (typeof measures)[number];

/** What one container used in some time. */
export interface ContainerUsage extends Readonly<Partial<Record<Measure, StatisticSet>>> {
  /** By its restart policy. */
  readonly restarts?: number;
}

/** What a managed EBS volume holds. */
export interface VolumeUsage {
  readonly name: string;
  readonly volumeId: string;
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

/** What a task's containers used, by name. */
export interface TaskUsage {
  readonly at: Instant;
  readonly containers: ReadonlyMap<string, ContainerUsage>;
  /** As they were told of last. */
  readonly volumes?: readonly VolumeUsage[];
}

/** Both together, as if they were one time. */
export function mergedUsage(a: ContainerUsage, b: ContainerUsage): ContainerUsage {
  const merged: { -readonly [key in keyof ContainerUsage]: ContainerUsage[key] } = { ...a, ...b };
  for (const measure of measures) {
    const [one, other] = [a[measure], b[measure]];
    if (one === undefined || other === undefined) continue;
    merged[measure] = {
      minimum: Math.min(one.minimum, other.minimum),
      maximum: Math.max(one.maximum, other.maximum),
      sampleCount: one.sampleCount + other.sampleCount,
      sum: one.sum + other.sum,
    };
  }
  if (a.restarts !== undefined && b.restarts !== undefined) merged.restarts = a.restarts + b.restarts;
  return merged;
}

/** The start of the minute. */
export function minuteOf(at: Instant): Instant {
  return instantFromMs(Math.floor(msFromInstant(at) / 60_000) * 60_000);
}
