import type { Metrics } from '#base';
import { type ConnectCounts, type ConnectMetric, type ConnectSeries, connectMetrics } from '#telemetry';

/** What a metric counts; those with a unit of their own are averages on CloudWatch. */
const helps: Readonly<Record<ConnectMetric, string>> = {
  ActiveConnectionCount: 'Connections to tasks that are open.',
  NewConnectionCount: 'Connections that were made to tasks.',
  ProcessedBytes: 'Bytes that tasks received and sent.',
  RequestCount: 'Requests that tasks got.',
  GrpcRequestCount: 'Requests of gRPC that tasks got.',
  ClientTLSNegotiationErrorCount: 'Connections to tasks whose TLS handshake failed.',
  HTTPCode_Target_2XX_Count: 'Answers of the codes 200 to 299 that clients got.',
  HTTPCode_Target_3XX_Count: 'Answers of the codes 300 to 399 that clients got.',
  HTTPCode_Target_4XX_Count: 'Answers of the codes 400 to 499 that clients got.',
  HTTPCode_Target_5XX_Count: 'Answers of the codes 500 to 599 that clients got.',
  RequestCountPerTarget: 'Requests of clients for each target',
  TargetProcessedBytes: 'Bytes that clients sent and received.',
  TargetResponseTime: 'Milliseconds until clients were answered',
  TargetTLSNegotiationErrorCount: 'Connections of clients whose TLS handshake failed.',
};

const averages: ReadonlySet<ConnectMetric> = new Set(['RequestCountPerTarget', 'TargetResponseTime']);

/** Series of Service Connect: `roadstead_service_connect_` and CloudWatch's name, with CloudWatch's dimensions. */
export function showServiceConnect(metrics: Metrics, counts: ConnectCounts): void {
  for (const metric of Object.keys(connectMetrics) as ConnectMetric[]) {
    const name = `roadstead_service_connect_${metric}`;
    const labels = [connectMetrics[metric], 'ServiceName', 'ClusterName', 'AccountId', 'Region'];
    const read = (member: 'sum' | 'sampleCount') =>
      function* (): Iterable<readonly [readonly string[], number]> {
        for (const total of counts.totals(metric)) yield [valuesOf(total.series), total[member]];
      };
    if (metric === 'ActiveConnectionCount') {
      metrics.readings(name, 'gauge', helps[metric], labels, function* () {
        for (const { series, value } of counts.now(metric)) yield [valuesOf(series), value];
      });
    } else if (averages.has(metric)) {
      metrics.readings(`${name}_sum_total`, 'counter', `${helps[metric]}, together.`, labels, read('sum'));
      metrics.readings(`${name}_count_total`, 'counter', `${helps[metric]}: of how many.`, labels, read('sampleCount'));
    } else {
      metrics.readings(`${name}_total`, 'counter', helps[metric], labels, read('sum'));
    }
  }
}

function valuesOf({ name, serviceName, clusterName, accountId, region }: ConnectSeries): readonly string[] {
  return [name, serviceName, clusterName, accountId, region];
}
