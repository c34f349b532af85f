import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServiceConnectMetrics } from '../../../src/wire/link/index.ts';
import { selfSigned } from '../balancing/certificates.ts';
import { until } from '../balancing/client.ts';
import { type BedTask, MeshBed } from './bed.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

let bed: MeshBed;

beforeEach(async () => {
  bed = await MeshBed.create();
});

afterEach(() => bed[Symbol.asyncDispose]());

const api = { endpointId: 'api', hostName: 'api', port: 80, address: '127.255.0.1' };
const ingress = { endpointId: 'api', containerPort: 8080, listenerPort: 8080 };
const call = (task: BedTask, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  task.ask('call', { url: `http://127.255.0.1${path}`, headers });

test('TLS 1.3 between proxies: the name and the authority are verified, a renewed certificate serves at once', async () => {
  const certificate = selfSigned('api.internal');
  bed.documents.certificates.set('arn:api', certificate);
  const tls = { serverName: 'api.internal', authority: certificate.certificate };
  bed.endpoint('api', { tls });
  const a = await bed.task({ ingress: [{ ...ingress, certificateArn: 'arn:api' }] });
  await a.ask('serve', { kind: 'http', port: 8080, name: 'a' });
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a);
  await until(async () => (await call(client)).status === 200);
  // Nobody without TLS, nor with an older one.
  const bare = await client.ask<Answer>('call', { url: `http://${a.address}:8080/` });
  expect(bare.status).not.toBe(200);
  const offers = (version: string): string =>
    client.run('sh', '-c', `openssl s_client -connect ${a.address}:8080 ${version} </dev/null 2>&1 || true`);
  expect(offers('-tls1_3')).toContain('CN = api.internal');
  expect(offers('-tls1_2')).not.toContain('CN = api.internal');
  for (const other of [{ serverName: 'other.internal' }, { authority: selfSigned('api.internal').certificate }]) {
    bed.endpoint('api', { tls: { ...tls, ...other } });
    await bed.apply();
    await until(async () => (await call(client)).status === 503);
    bed.endpoint('api', { tls });
    await bed.apply();
    await until(async () => (await call(client)).status === 200);
  }
  const pid = a.proxyPid;
  const renewed = selfSigned('api.internal');
  bed.documents.certificates.set('arn:api', renewed);
  bed.endpoint('api', { tls: { ...tls, authority: `${tls.authority}${renewed.certificate}` } });
  await bed.apply();
  const fingerprint = (): string => offers('-tls1_3 -showcerts').replace(/\s/g, '');
  await until(() => fingerprint().includes(renewed.certificate.replace(/\s/g, '')));
  await until(async () => (await call(client)).status === 200);
  expect(a.proxyPid).toBe(pid);
}, 60_000);

test('gRPC over TLS', async () => {
  const certificate = selfSigned('api.internal');
  bed.documents.certificates.set('arn:api', certificate);
  bed.endpoint('api', {
    protocol: 'grpc',
    tls: { serverName: 'api.internal', authority: certificate.certificate },
  });
  const a = await bed.task({ ingress: [{ ...ingress, certificateArn: 'arn:api' }] });
  await a.ask('serve', { kind: 'http2', port: 8080, name: 'a' });
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a);
  const ask = (): Promise<{ body: string }> => client.ask('http2', { url: 'http://127.255.0.1', path: '/s/M' });
  await until(async () => (await ask()).body === 'a');
  expect(await ask()).toMatchObject({ trailers: { 'grpc-status': '0' } });
});

test('a line for each request: JSON, and text without the query', async () => {
  bed.endpoint('api');
  const a = await bed.task({ ingress: [ingress], accessLog: { format: 'TEXT', includeQueryParameters: false } });
  await a.ask('serve', { kind: 'http', port: 8080, name: 'a' });
  const client = await bed.task({ egress: [api], accessLog: { format: 'JSON', includeQueryParameters: true } });
  await bed.targets('api', a);
  await until(async () => (await call(client)).status === 200);
  await call(client, '/path?secret=1', {
    'user-agent': 'odd "agent"\\',
    'x-request-id': 'id-1',
    'x-forwarded-for': '192.0.2.1',
  });
  await until(
    () => client.output.some((line) => line.includes('/path')) && a.output.some((line) => line.includes('/path')),
  );
  const line = JSON.parse(client.output.find((one) => one.includes('/path')) ?? '') as object;
  expect(line).toMatchObject({
    method: 'GET',
    path: '/path?secret=1',
    protocol: 'HTTP/1.1',
    response_code: 200,
    user_agent: 'odd "agent"\\',
    request_id: 'id-1',
    x_forwarded_for: '192.0.2.1',
    authority: '127.255.0.1',
    upstream_host: `${a.address}:8080`,
  });
  expect(line).toHaveProperty('start_time', expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
  const text = a.output.find((one) => one.includes('/path'));
  expect(text).toMatch(/^\[\d{4}-\S+Z\] "GET \\\/path HTTP\/1\.1" 200 \d+ \d+ \d+ \d+ "192\.0\.2\.1" /);
  expect(text).toContain('"127.0.0.1:8080"');
});

test('what was counted, at both ends', async () => {
  bed.endpoint('api');
  const a = await bed.task({ ingress: [ingress] });
  await a.ask('serve', { kind: 'http', port: 8080, name: 'a' });
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a);
  await until(async () => (await call(client)).status === 200);
  const sums = async (task: BedTask, type: string, name: string, least: number): Promise<number> => {
    let sum = 0;
    await until(() => {
      for (const { metricType, generalMetrics } of bed.mesh.takeCounted(task.taskArn) as ServiceConnectMetrics[]) {
        for (const { metricName, metricValues } of generalMetrics) {
          if (metricType === type && metricName === name) sum += metricValues.reduce((all, one) => all + one, 0);
        }
      }
      return sum >= least;
    });
    return sum;
  };
  for (let i = 0; i < 20; i++) await call(client, i < 15 ? '/' : '/?status=404');
  const [requests, found] = await Promise.all([
    sums(a, '1', 'RequestCount', 20),
    sums(client, '2', 'HTTPCode_Target_2XX_Count', 15),
  ]);
  expect(requests).toBeGreaterThanOrEqual(20);
  expect(found).toBeLessThan(20);
});
