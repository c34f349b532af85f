import { type Clock, elapsedMs, type Instant } from '#base';
import { usageLimits } from './limits.ts';

/** Whose traffic: counted at the tasks that were called (`DiscoveryName`), or where calls were made (`TargetDiscoveryName`). */
export interface ConnectSeries {
  readonly dimension: 'DiscoveryName' | 'TargetDiscoveryName';
  readonly name: string;
  readonly serviceName: string;
  readonly clusterName: string;
  readonly accountId: string;
  readonly region: string;
}

/** CloudWatch's names of what proxies of Service Connect count, with the dimension they have. */
export const connectMetrics = {
  ActiveConnectionCount: 'DiscoveryName',
  NewConnectionCount: 'DiscoveryName',
  ProcessedBytes: 'DiscoveryName',
  RequestCount: 'DiscoveryName',
  GrpcRequestCount: 'DiscoveryName',
  ClientTLSNegotiationErrorCount: 'DiscoveryName',
  HTTPCode_Target_2XX_Count: 'TargetDiscoveryName',
  HTTPCode_Target_3XX_Count: 'TargetDiscoveryName',
  HTTPCode_Target_4XX_Count: 'TargetDiscoveryName',
  HTTPCode_Target_5XX_Count: 'TargetDiscoveryName',
  RequestCountPerTarget: 'TargetDiscoveryName',
  TargetProcessedBytes: 'TargetDiscoveryName',
  TargetResponseTime: 'TargetDiscoveryName',
  TargetTLSNegotiationErrorCount: 'TargetDiscoveryName',
} as const satisfies Readonly<Record<string, ConnectSeries['dimension']>>;
export type ConnectMetric = keyof typeof connectMetrics;

/** What was told since the control plane started. */
export interface ConnectTotal {
  readonly series: ConnectSeries;
  /** How many values there were, and all of them together: bytes, milliseconds or counts. */
  readonly sampleCount: number;
  readonly sum: number;
}

interface Kept {
  readonly series: ConnectSeries;
  sampleCount: number;
  sum: number;
  /** The last value of each task, where that is what counts. */
  readonly latest: Map<string, { readonly value: number; readonly at: Instant }>;
}

/** What proxies of Service Connect counted, as their agents tell it once a minute. In memory alone, and bounded. */
export class ConnectCounts {
  readonly #kept = new Map<ConnectMetric, Map<string, Kept>>();
  readonly #clock: Clock;
  #size = 0;

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** Values that a task's proxy saw since its agent told last, each `counts` times. Nothing is kept of a series too many. */
  record(
    taskArn: string,
    metric: ConnectMetric,
    series: ConnectSeries,
    samples: { readonly values: readonly number[]; readonly counts: readonly number[] },
  ): void {
    const kept = this.#keptOf(metric, series);
    if (kept === undefined) return;
    for (const [index, value] of samples.values.entries()) {
      const count = samples.counts[index] ?? 0;
      if (!Number.isFinite(value) || value < 0 || !Number.isFinite(count) || count <= 0) continue;
      kept.sampleCount += count;
      kept.sum += value * count;
      if (metric === 'ActiveConnectionCount') kept.latest.set(taskArn, { value, at: this.#clock.now() });
    }
  }

  /** All series of a metric. */
  *totals(metric: ConnectMetric): Iterable<ConnectTotal> {
    yield* this.#kept.get(metric)?.values() ?? [];
  }

  /** Of a metric that is a state: what the tasks said last, together; those that have been silent do not count. */
  *now(metric: ConnectMetric): Iterable<{ readonly series: ConnectSeries; readonly value: number }> {
    const now = this.#clock.now();
    for (const { series, latest } of this.#kept.get(metric)?.values() ?? []) {
      let value = 0;
      for (const [taskArn, told] of latest) {
        if (elapsedMs(told.at, now) > usageLimits.keptMs) latest.delete(taskArn);
        else value += told.value;
      }
      yield { series, value };
    }
  }

  #keptOf(metric: ConnectMetric, series: ConnectSeries): Kept | undefined {
    const ofMetric = this.#kept.get(metric) ?? new Map<string, Kept>();
    this.#kept.set(metric, ofMetric);
    const { dimension, name, serviceName, clusterName, accountId, region } = series;
    const key = [accountId, region, clusterName, serviceName, dimension, name].join('/');
    const known = ofMetric.get(key);
    if (known !== undefined || this.#size >= usageLimits.connectSeries) return known;
    const kept: Kept = { series, sampleCount: 0, sum: 0, latest: new Map() };
    ofMetric.set(key, kept);
    this.#size++;
    return kept;
  }
}
