import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MeshEndpointDocument } from '../../../src/wire/link/index.ts';
import { until } from '../balancing/client.ts';
import { type BedTask, MeshBed, share } from './bed.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  readonly headers: Readonly<Record<string, string>>;
}

let bed: MeshBed;

beforeEach(async () => {
  bed = await MeshBed.create();
});

afterEach(() => bed[Symbol.asyncDispose]());

/** A task that answers for `api` under its name, where the application has the port itself. */
async function backend(name: string, kind: 'http' | 'http2' | 'tcp' = 'http'): Promise<BedTask> {
  const task = await bed.task({ ingress: [{ endpointId: 'api', containerPort: 8080, listenerPort: 8080 }] });
  await task.ask('serve', { kind, port: 8080, name });
  return task;
}

const api = { endpointId: 'api', hostName: 'api', port: 80, address: '127.255.0.1' };
const url = 'http://127.255.0.1';

async function callOf(task: BedTask, path = '/', options: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return task.ask<Answer>('call', { url: `${url}${path}`, ...options });
}

function nameIn({ status, body }: Answer): string {
  return status === 200 ? (JSON.parse(body) as { name: string }).name : `${status} ${body}`;
}

async function namesOf(task: BedTask, count: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = nameIn(await callOf(task));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function world(more: Partial<MeshEndpointDocument> = {}): Promise<{ a: BedTask; b: BedTask; client: BedTask }> {
  bed.endpoint('api', more);
  const a = await backend('a');
  const b = await backend('b');
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a, b);
  return { a, b, client };
}

test('a name is called, and each task of it answers in turn; applications see nothing of the proxies', async () => {
  const { client } = await world();
  expect(await namesOf(client, 10)).toEqual({ a: 5, b: 5 });
  const answer = await callOf(client, '/path?x=1', { method: 'POST', headers: { 'x-own': 'kept' } });
  const heard = JSON.parse(answer.body) as { url: string; method: string; headers: Record<string, string> };
  expect(heard).toMatchObject({ url: '/path?x=1', method: 'POST', headers: { host: '127.255.0.1', 'x-own': 'kept' } });
  expect(Object.keys({ ...heard.headers, ...answer.headers }).filter((name) => name.includes('roadstead'))).toEqual([]);
});

test('what comes from outside to the port of the application comes by the proxy', async () => {
  const { a, client } = await world();
  const [front] = bed.documents.proxies.get(a.taskArn)?.ingress ?? [];
  expect(front?.containerPort).toBe(front?.listenerPort);
  // The application listens at its loopback address alone: nobody else could have taken the connection.
  const answer = await client.ask<Answer>('call', { url: `http://${a.address}:8080/` });
  expect(nameIn(answer)).toBe('a');
});

test('an application that is killed under load costs no request, and nor does one that comes', async () => {
  const { a, b, client } = await world();
  await client.ask('load', { url, lanes: 4 });
  await until(async () => (await a.ask<number>('seen')) > 50);
  await a.ask('cease', { port: 8080 });
  const c = await backend('c');
  const before = await b.ask<number>('seen');
  await until(async () => (await b.ask<number>('seen')) > before + 200);
  await bed.targets('api', b, c);
  await until(async () => (await c.ask<number>('seen')) > 50);
  const counts = await client.ask<Record<string, number>>('unload');
  expect(Object.keys(counts).sort()).toEqual(['a', 'b', 'c']);
});

test('targets that come and go under load, by the socket and by reloads, cost no request', async () => {
  const { a, b, client } = await world();
  const c = await backend('c');
  await client.ask('load', { url, lanes: 4 });
  for (const targets of [[a], [a, b, c], [c], [b, c], [a, b]]) {
    await bed.targets('api', ...targets);
    bed.endpoint('api', { perRequestTimeoutSeconds: 15 + targets.length });
    await bed.apply();
    const [first] = targets;
    const before = (await first?.ask<number>('seen')) ?? 0;
    await until(async () => ((await first?.ask<number>('seen')) ?? 0) > before + 30);
  }
  const counts = await client.ask<Record<string, number>>('unload');
  expect(Object.keys(counts).sort()).toEqual(['a', 'b', 'c']);
});

test('a request that takes too long is answered 504, one without a limit is not', async () => {
  const { client } = await world({ perRequestTimeoutSeconds: 1 });
  const late = await callOf(client, '/?wait=3000');
  expect([late.status, late.body]).toEqual([504, 'upstream request timeout']);
  expect(late.ms).toBeGreaterThan(950);
  expect(late.ms).toBeLessThan(2500);
  bed.endpoint('api', { perRequestTimeoutSeconds: 0 });
  await bed.apply();
  await until(async () => (await callOf(client, '/?wait=1500')).status === 200);
});

test('the shorter idle timeout wins', async () => {
  const { client } = await world({ perRequestTimeoutSeconds: 15, idleTimeoutSeconds: 1 });
  const late = await callOf(client, '/?wait=3000');
  expect(late.status).toBe(504);
  expect(late.ms).toBeLessThan(2500);
});

test('without anybody to ask, the answer is 503; answers of applications pass as they are', async () => {
  const { client } = await world();
  for (const status of [425, 500, 502, 503, 504])
    expect((await callOf(client, `/?status=${status}`)).status).toBe(status);
  await bed.targets('api');
  const answer = await callOf(client);
  expect([answer.status, answer.body]).toEqual([503, 'no healthy upstream']);
});

test('what may be done once alone is not done again', async () => {
  const { a, b, client } = await world();
  const before = (await a.ask<number>('seen')) + (await b.ask<number>('seen'));
  expect((await callOf(client, '/?drop', { method: 'POST' })).status).toBe(502);
  expect((await a.ask<number>('seen')) + (await b.ask<number>('seen'))).toBe(before + 1);
});

test('a task that takes no connections is left alone after five, and taken back', async () => {
  const { a, b, client } = await world();
  await a.stopProxy();
  expect(await namesOf(client, 20)).toEqual({ b: 20 });
  await a.startProxy(bed.mesh);
  // It would answer, and is not asked.
  expect(await namesOf(client, 10)).toEqual({ b: 10 });
  await b.ask('cease', { port: 8080 });
  await until(async () => nameIn(await callOf(client)) === 'a');
}, 120_000);

test('when all are left alone, all are asked', async () => {
  bed.endpoint('api');
  const a = await backend('a');
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a);
  await a.stopProxy();
  for (let i = 0; i < 6; i++) expect((await callOf(client)).status).toBe(503);
  await a.startProxy(bed.mesh);
  expect(await namesOf(client, 5)).toEqual({ a: 5 });
}, 60_000);

test('weights, and the header of test traffic', async () => {
  const { a, b, client } = await world();
  bed.endpoint('api', {
    shares: [share('blue', 80, a), share('green', 20, b)],
    test: { share: 'green', headerName: 'x-test', exact: 'yes "quoted" %[src]' },
  });
  await bed.apply();
  const headers = { 'x-test': 'yes "quoted" %[src]' };
  await until(
    async () =>
      nameIn(await callOf(client, '/', { headers })) === 'b' &&
      nameIn(await callOf(client, '/', { headers })) === 'b' &&
      nameIn(await callOf(client, '/', { headers })) === 'b',
  );
  const counts = await namesOf(client, 300);
  expect(counts['b']).toBeGreaterThan(30);
  expect(counts['b']).toBeLessThan(95);
  for (let i = 0; i < 10; i++) expect(nameIn(await callOf(client, '/', { headers }))).toBe('b');
  bed.endpoint('api', { shares: [share('blue', 100, a), share('green', 0, b)] });
  await bed.apply();
  await until(async () => (await namesOf(client, 30))['a'] === 30);
  expect(nameIn(await callOf(client, '/', { headers }))).toBe('b');
});

test('a connection that is upgraded stays', async () => {
  const { client } = await world();
  expect(await client.ask('upgrade', { url: `${url}/socket`, text: 'hello' })).toMatch(/^[ab]:hello$/);
});

test('gRPC: trailers come through; an answer of the proxy is a status of gRPC', async () => {
  bed.endpoint('api', { protocol: 'grpc' });
  const a = await backend('a', 'http2');
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a);
  const path = '/shop.Orders/List';
  expect(await client.ask('http2', { url, path })).toMatchObject({
    body: 'a',
    trailers: { 'grpc-status': '0', 'x-path': path },
  });
  await bed.targets('api');
  expect(await client.ask('http2', { url, path })).toMatchObject({
    headers: { ':status': 200, 'grpc-status': '14', 'content-type': 'application/grpc' },
    body: '',
  });
});

test('TCP: each in turn; nobody there closes the connection', async () => {
  bed.endpoint('api', { protocol: 'tcp', perRequestTimeoutSeconds: 0 });
  const a = await backend('a', 'tcp');
  const b = await backend('b', 'tcp');
  const client = await bed.task({ egress: [api] });
  await bed.targets('api', a, b);
  const ask = (): Promise<string> => client.ask('tcp', { host: '127.255.0.1', port: 80, text: 'hi' });
  expect([await ask(), await ask()].sort()).toEqual(['a:hi', 'b:hi']);
  await bed.targets('api');
  expect(await ask()).toMatch(/closed|error/);
});

test('an endpoint that is not there yet turns callers away, and answers once it is', async () => {
  const client = await bed.task({ egress: [api] });
  expect((await callOf(client)).status).toBe(0);
  bed.endpoint('api');
  const a = await backend('a');
  await bed.targets('api', a);
  // A second reload waits for the first to be a second old.
  await until(async () => nameIn(await callOf(client)) === 'a');
  expect(await namesOf(client, 2)).toEqual({ a: 2 });
});

test('the agent goes and comes back: the proxy served all along, and follows again', async () => {
  const { a, b, client } = await world();
  await bed.mesh.close();
  expect(await namesOf(client, 4)).toEqual({ a: 2, b: 2 });
  await bed.restart();
  await bed.targets('api', b);
  expect(await namesOf(client, 4)).toEqual({ b: 4 });
  expect(a.runs).toBe(true);
});

test('who is drained takes no new connection, and those that called turn elsewhere', async () => {
  const { a, b, client } = await world();
  await client.ask('load', { url, lanes: 4 });
  await until(async () => (await a.ask<number>('seen')) > 50);
  // The control plane takes it off the list first, so that callers do not come back on the connections they have.
  await bed.targets('api', b);
  await bed.mesh.drain(a.taskArn, new AbortController().signal);
  const before = await a.ask<number>('seen');
  const ofB = await b.ask<number>('seen');
  await until(async () => (await b.ask<number>('seen')) > ofB + 100);
  expect(await a.ask<number>('seen')).toBe(before);
  await a.ask('cease', { port: 8080 });
  const counts = await client.ask<Record<string, number>>('unload');
  expect(Object.keys(counts).sort()).toEqual(['a', 'b']);
});
