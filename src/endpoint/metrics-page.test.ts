import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scrape } from '../../test/support/prometheus.ts';
import { type ServerHarness, serverHarness } from '../../test/support/server-harness.ts';
import { answerMetrics, type MetricsReaders } from './metrics-page.ts';

let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('the metrics', () => {
  it('are in the text format, and move with the world', async () => {
    const before = await scrape(server.url);
    await server.send('CreateCluster', { clusterName: 'counted' });
    await server.send('DescribeServices', { services: ['none'], cluster: 'absent' });
    await server.send('ListClusters', {}, { unsigned: true });
    await server.send('MakeCoffee', {});
    const read = await scrape(server.url);
    const grown = (name: string, labels: Record<string, string> = {}): number =>
      read.value(name, labels) - before.valueOrZero(name, labels);
    const requests = 'roadstead_api_requests_total';
    expect(grown(requests, { service: 'ecs', operation: 'CreateCluster', status: '200' })).toBe(1);
    expect(grown(requests, { service: 'ecs', operation: 'DescribeServices', status: '400' })).toBe(1);
    expect(grown(requests, { service: 'ecs', operation: 'ListClusters', status: '400' })).toBe(1);
    expect(grown(requests, { service: 'ecs', operation: 'unknownOperation', status: '400' })).toBe(1);
    expect(grown('roadstead_api_request_duration_seconds_count', { service: 'ecs', operation: 'CreateCluster' })).toBe(
      1,
    );
    expect(grown('roadstead_store_records', { table: 'clusters' })).toBe(1);
    expect(grown('roadstead_store_commits_total')).toBe(1);
    expect(grown('roadstead_store_revision')).toBe(1);
    expect(grown('roadstead_store_group_commits_sum')).toBe(1);
    expect(grown('roadstead_store_appended_bytes_total')).toBeGreaterThan(100);
    expect(read.value('roadstead_agents_connected')).toBe(0);
    expect(read.value('roadstead_loop_failures_total', { loop: 'service' })).toBe(0);
  });

  it('say which appends the disk refused', async () => {
    server.disk.failNextAppend('full');
    await server.send('CreateCluster', { clusterName: 'lost' });
    const read = await scrape(server.url);
    expect(read.value('roadstead_store_refused_appends_total', { code: 'StoreFull' })).toBe(1);
  });

  it('hold no key', async () => {
    await server.send('ListClusters', {});
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).not.toContain(server.root.accessKeyId);
    expect(text).not.toContain(server.root.secretAccessKey);
  });
});

describe('who may read them', () => {
  const from = (remoteAddress: string, headers: Record<string, string> = { host: '127.0.0.1:4566' }): IncomingMessage =>
    ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;
  const status = (readers: MetricsReaders, request: IncomingMessage): number =>
    answerMetrics({ readers, text: () => 'text' }, request).status;

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('a process here, as %s', (address) => {
    expect(status('local', from(address))).toBe(200);
  });

  it.each(['10.0.0.7', '192.168.127.1', '::ffff:10.1.1.1', 'fe80::1', '2001:db8::1'])('not %s', (address) => {
    expect(status('local', from(address))).toBe(403);
    expect(status('any', from(address))).toBe(200);
  });

  it.each([
    ['handed on by a proxy', { host: 'localhost:4566', 'x-forwarded-for': '10.0.0.7' }],
    ['handed on by a proxy that says so in the new way', { host: 'localhost', forwarded: 'for=10.0.0.7' }],
    ['from a browser, for a name pointed here', { host: 'evil.example:4566' }],
    ['for a name that only begins like this machine', { host: '127.0.0.1.evil.example' }],
  ])('not what is %s', (_, headers) => {
    expect(status('local', from('127.0.0.1', headers))).toBe(403);
  });

  it('nobody when switched off', () => {
    expect(status('none', from('127.0.0.1'))).toBe(404);
  });
});
