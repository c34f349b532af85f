import type { ServiceConnectMetricName, ServiceConnectMetrics } from '#wire/link';
import type { CountedListener } from './render/configuration.ts';

/** What HAProxy says of one proxy section (`FRONTEND`, `BACKEND`) or server, by the names of its columns. */
type Row = Readonly<Record<string, string>>;
/** By section and server. */
export type Statistics = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** Reads the answer to `show stat`. Source: HAProxy's management guide, "CSV format". */
export function readStatistics(answer: string): Statistics {
  const [head = '', ...rows] = answer.split('\n');
  const names = head.replace(/^# /, '').split(',');
  const found = new Map<string, Map<string, Row>>();
  for (const line of rows) {
    const values = line.split(',');
    const [section = '', server = ''] = values;
    if (section === '' || server === '') continue;
    const ofSection = found.get(section) ?? new Map<string, Row>();
    found.set(section, ofSection.set(server, Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']))));
  }
  return found;
}

type Metric = ServiceConnectMetrics['generalMetrics'][number];

/**
 * What was counted between two readings of a proxy's statistics, by name. A counter that fell began anew with a reload.
 * Names that nobody called are left out.
 */
export function countedBetween(
  before: Statistics | undefined,
  after: Statistics,
  listeners: readonly CountedListener[],
): readonly ServiceConnectMetrics[] {
  const counter = new Counter(before ?? new Map(), after);
  return listeners.flatMap((listener) =>
    listener.direction === 'ingress' ? ingressMetrics(listener, counter) : egressMetrics(listener, counter),
  );
}

class Counter {
  readonly #before: Statistics;
  readonly #after: Statistics;

  constructor(before: Statistics, after: Statistics) {
    this.#before = before;
    this.#after = after;
  }

  /** How far counters went, together. */
  moved(section: string, server: string, ...columns: readonly string[]): number {
    return columns.reduce((sum, column) => {
      const was = valueOf(this.#before.get(section)?.get(server), column);
      const is = valueOf(this.#after.get(section)?.get(server), column);
      return sum + (is < was ? is : is - was);
    }, 0);
  }

  now(section: string, server: string, column: string): number {
    return valueOf(this.#after.get(section)?.get(server), column);
  }

  serversOf(section: string): readonly string[] {
    return [...(this.#after.get(section)?.keys() ?? [])].filter((name) => name !== 'BACKEND' && name !== 'FRONTEND');
  }
}

function valueOf(row: Row | undefined, column: string): number {
  const value = Number(row?.[column] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

function ingressMetrics(
  { discoveryName, protocol, frontend }: CountedListener,
  counter: Counter,
): readonly ServiceConnectMetrics[] {
  const connections = counter.moved(frontend, 'FRONTEND', 'stot');
  const active = counter.now(frontend, 'FRONTEND', 'scur');
  const requests = counter.moved(frontend, 'FRONTEND', 'req_tot');
  if (connections === 0 && active === 0 && requests === 0) return [];
  const metrics = [
    one('ActiveConnectionCount', active),
    one('NewConnectionCount', connections),
    one('ProcessedBytes', counter.moved(frontend, 'FRONTEND', 'bin', 'bout')),
    ...(protocol === 'tcp' ? [] : [one('RequestCount', requests)]),
    ...(protocol === 'grpc' ? [one('GrpcRequestCount', requests)] : []),
    ...unlessNone('ClientTLSNegotiationErrorCount', counter.moved(frontend, 'FRONTEND', 'ssl_failed_handshake')),
  ];
  return [{ dimensions: [{ key: 'DiscoveryName', value: discoveryName }], metricType: '1', generalMetrics: metrics }];
}

const codes = ['2XX', '3XX', '4XX', '5XX'] as const;

function egressMetrics(
  { discoveryName, protocol, backends }: CountedListener,
  counter: Counter,
): readonly ServiceConnectMetrics[] {
  const total = (...columns: readonly string[]): number =>
    backends.reduce((sum, backend) => sum + counter.moved(backend, 'BACKEND', ...columns), 0);
  if (total('stot') === 0 && total('bin', 'bout') === 0) return [];
  const metrics = [
    one('TargetProcessedBytes', total('bin', 'bout')),
    ...(protocol === 'tcp' ? [] : requestMetrics(backends, counter)),
    ...unlessNone('TargetTLSNegotiationErrorCount', tlsErrors(backends, counter)),
  ];
  const dimensions = [{ key: 'TargetDiscoveryName' as const, value: discoveryName }];
  return [{ dimensions, metricType: '2', generalMetrics: metrics }];
}

function requestMetrics(backends: readonly string[], counter: Counter): readonly Metric[] {
  const answers = codes.map((code) => {
    const count = backends.reduce((sum, backend) => sum + counter.moved(backend, 'BACKEND', `hrsp_${code[0]}xx`), 0);
    return one(`HTTPCode_Target_${code}_Count`, count);
  });
  const perTarget = new Map<string, number>();
  for (const backend of backends) {
    for (const server of counter.serversOf(backend)) {
      const target = `${backend}/${server.replace(/_last$/, '')}`;
      perTarget.set(target, (perTarget.get(target) ?? 0) + counter.moved(backend, server, 'stot'));
    }
  }
  const requests = [...perTarget.values()].filter((count) => count > 0);
  const times = backends.flatMap((backend) => {
    const count = counter.moved(backend, 'BACKEND', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx');
    return count === 0 ? [] : [{ count, ms: counter.now(backend, 'BACKEND', 'rtime') }];
  });
  return [
    ...answers,
    ...(requests.length === 0
      ? []
      : [
          many(
            'RequestCountPerTarget',
            requests,
            requests.map(() => 1),
          ),
        ]),
    ...(times.length === 0
      ? []
      : [
          many(
            'TargetResponseTime',
            times.map(({ ms }) => ms),
            times.map(({ count }) => count),
          ),
        ]),
  ];
}

function tlsErrors(backends: readonly string[], counter: Counter): number {
  return backends.reduce(
    (sum, backend) =>
      counter
        .serversOf(backend)
        .reduce((ofBackend, server) => ofBackend + counter.moved(backend, server, 'ssl_failed_handshake'), sum),
    0,
  );
}

function one(metricName: ServiceConnectMetricName, value: number): Metric {
  return many(metricName, [value], [1]);
}

function unlessNone(metricName: ServiceConnectMetricName, value: number): readonly Metric[] {
  return value === 0 ? [] : [one(metricName, value)];
}

function many(
  metricName: ServiceConnectMetricName,
  metricValues: readonly number[],
  metricCounts: readonly number[],
): Metric {
  return { metricName, metricValues, metricCounts };
}
