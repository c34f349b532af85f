import { expect, test } from 'vitest';
import { countedBetween, readStatistics } from './metrics.ts';
import type { CountedListener } from './render/configuration.ts';

const head =
  '# pxname,svname,scur,stot,bin,bout,req_tot,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,rtime,ssl_failed_handshake,';

function statistics(...rows: readonly string[]): ReturnType<typeof readStatistics> {
  return readStatistics([head, ...rows, ''].join('\n'));
}

const ingress: CountedListener = {
  discoveryName: 'api',
  direction: 'ingress',
  protocol: 'grpc',
  frontend: 'in',
  backends: ['app'],
};
const egress: CountedListener = {
  discoveryName: 'cart',
  direction: 'egress',
  protocol: 'http',
  frontend: 'eg',
  backends: ['to'],
};

const before = statistics('in,FRONTEND,2,10,100,200,50,0,0,0,0,,1,', 'to,BACKEND,0,10,10,10,,5,0,0,5,20,,');

test('what was counted between two readings, by name and direction', () => {
  const after = statistics(
    'in,FRONTEND,3,14,150,260,70,0,0,0,0,,4,',
    'to,10.0.0.1_80,0,4,,,,,,,,,2,',
    'to,10.0.0.1_80_last,0,1,,,,,,,,,0,',
    'to,10.0.0.2_80,0,3,,,,,,,,,1,',
    'to,BACKEND,0,18,30,40,,11,0,1,6,35,,',
  );
  expect(countedBetween(before, after, [ingress, egress])).toEqual([
    {
      dimensions: [{ key: 'DiscoveryName', value: 'api' }],
      metricType: '1',
      generalMetrics: [
        { metricName: 'ActiveConnectionCount', metricValues: [3], metricCounts: [1] },
        { metricName: 'NewConnectionCount', metricValues: [4], metricCounts: [1] },
        { metricName: 'ProcessedBytes', metricValues: [110], metricCounts: [1] },
        { metricName: 'RequestCount', metricValues: [20], metricCounts: [1] },
        { metricName: 'GrpcRequestCount', metricValues: [20], metricCounts: [1] },
        { metricName: 'ClientTLSNegotiationErrorCount', metricValues: [3], metricCounts: [1] },
      ],
    },
    {
      dimensions: [{ key: 'TargetDiscoveryName', value: 'cart' }],
      metricType: '2',
      generalMetrics: [
        { metricName: 'TargetProcessedBytes', metricValues: [50], metricCounts: [1] },
        { metricName: 'HTTPCode_Target_2XX_Count', metricValues: [6], metricCounts: [1] },
        { metricName: 'HTTPCode_Target_3XX_Count', metricValues: [0], metricCounts: [1] },
        { metricName: 'HTTPCode_Target_4XX_Count', metricValues: [1], metricCounts: [1] },
        { metricName: 'HTTPCode_Target_5XX_Count', metricValues: [1], metricCounts: [1] },
        { metricName: 'RequestCountPerTarget', metricValues: [5, 3], metricCounts: [1, 1] },
        { metricName: 'TargetResponseTime', metricValues: [35], metricCounts: [8] },
        { metricName: 'TargetTLSNegotiationErrorCount', metricValues: [3], metricCounts: [1] },
      ],
    },
  ]);
});

test('a counter that fell began anew; names that nobody called are left out', () => {
  const after = statistics('in,FRONTEND,0,3,5,5,4,0,0,0,0,,0,', 'to,BACKEND,0,0,0,0,,0,0,0,0,0,,');
  const [only, ...others] = countedBetween(before, after, [{ ...ingress, protocol: 'tcp' }, egress]);
  expect(others).toEqual([]);
  expect(only?.generalMetrics).toEqual([
    { metricName: 'ActiveConnectionCount', metricValues: [0], metricCounts: [1] },
    { metricName: 'NewConnectionCount', metricValues: [3], metricCounts: [1] },
    { metricName: 'ProcessedBytes', metricValues: [10], metricCounts: [1] },
  ]);
});
