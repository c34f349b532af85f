import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#base';
import { SystemClock } from '../../main/system-clock.ts';
import { type EndpointHandler, type EndpointHost, type EndpointRequest, jsonAnswer } from './port.ts';
import { createEndpointHost } from './system-host.ts';

const directory = mkdtempSync(`${tmpdir()}/roadstead-endpoints-`);
let port = 0;
let controlPlane: Server;
const received: { url: string | undefined; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];

beforeAll(async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  port = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  controlPlane = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ url: request.url, headers: request.headers, body });
      response.writeHead(400, { 'x-amzn-requestid': 'r-1' }).end('{"__type":"X"}');
    });
  });
  await new Promise<void>((resolve) => controlPlane.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  controlPlane.close();
  rmSync(directory, { recursive: true });
});

const removed: string[] = [];

/** An agent that knows the requests whose path ends in its name. */
function agent(name: string, rateLimit = { perSecond: 1000, burst: 1000 }): [EndpointHost, EndpointHandler] {
  const address = { address: '127.0.0.1', set: async () => {}, remove: async () => void removed.push(name) };
  const upstream = `http://127.0.0.1:${(controlPlane.address() as AddressInfo).port}`;
  const host = createEndpointHost(
    { owner: name, rateLimit, controlPlane: upstream, port, directory },
    { address, clock: new SystemClock(), log: silentLogger },
  );
  const seen = ({ method, query, body, sourceAddress, headers }: EndpointRequest): object => ({
    name,
    method,
    query: query.toString(),
    body,
    sourceAddress,
    told: headers['x-roadstead-source'],
  });
  const handler: EndpointHandler = {
    answer: async (request) => {
      if (request.path.endsWith('/broken')) throw new Error('secret');
      return request.path.endsWith(`/${name}`) ? jsonAnswer(200, seen(request)) : undefined;
    },
    refuse: () => jsonAnswer(404, name),
  };
  return [host, handler];
}

interface Call {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(path: string, init: Call = {}): Promise<{ status: number; body: string }> {
  // A connection each: the kernel gives every one to any of the agents.
  const headers = { ...init.headers, connection: 'close' };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  return { status: response.status, body: await response.text() };
}

describe('agents of one host', () => {
  test('answer for each other, whoever of them is called', async () => {
    const [[a, handlerA], [b, handlerB]] = [agent('a'), agent('b')];
    await using _a = await a.serve(handlerA);
    const servedB = await b.serve(handlerB);
    for (const name of ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']) {
      const { status, body } = await ask(`/v4/${name}?x=1`, { method: 'PUT', body: 'hello' });
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({
        name,
        method: 'PUT',
        query: 'x=1',
        body: 'hello',
        sourceAddress: '127.0.0.1',
      });
    }
    expect((await ask('/v4/nobody')).status).toBe(404);
    await servedB[Symbol.asyncDispose]();
    // Somebody may know it: the agent that is away.
    expect((await ask('/v4/b')).status).toBe(503);
    expect((await ask('/v4/a')).status).toBe(200);
    await b.remove();
    expect(removed).toEqual([]);
    expect((await ask('/v4/b')).status).toBe(404);
  });

  test('the last one takes the way to them away', async () => {
    const [a] = agent('a');
    await a.remove();
    expect(removed).toEqual(['a']);
  });
});

describe('a request', () => {
  test('that is signed goes to the control plane as it is, and says from where', async () => {
    const [a, handler] = agent('a');
    await using _ = await a.serve(handler);
    const authorization = 'AWS4-HMAC-SHA256 Credential=…'.replace('…', 'x');
    const answer = await ask('/v4/a?Action=X', { method: 'POST', body: 'a=1', headers: { authorization, host: 'h' } });
    expect(answer).toEqual({ status: 400, body: '{"__type":"X"}' });
    expect(received).toMatchObject([
      { url: '/v4/a?Action=X', body: 'a=1', headers: { authorization, 'x-forwarded-for': '127.0.0.1' } },
    ]);
    expect(received[0]?.headers['host']).toBe(`127.0.0.1:${port}`);
  });

  test('beyond the limit is refused, one that is too large too, and a failure says nothing', async () => {
    const [a, handler] = agent('a', { perSecond: 0.001, burst: 3 });
    await using _ = await a.serve(handler);
    expect((await ask('/v4/a', { method: 'PUT', body: 'x'.repeat(300_000) })).status).toBe(413);
    expect(await ask('/broken')).toEqual({ status: 500, body: '"internal error"' });
    expect((await ask('/v4/a')).status).toBe(200);
    expect((await ask('/v4/a')).status).toBe(200);
    expect(await ask('/v4/a')).toEqual({ status: 429, body: 'You have reached maximum request limit.' });
  });

  test('may not say where it comes from', async () => {
    const [a, handler] = agent('a');
    await using _ = await a.serve(handler);
    const { body } = await ask('/v4/a', { headers: { 'x-roadstead-source': '10.0.0.1' } });
    expect(JSON.parse(body)).toMatchObject({ sourceAddress: '127.0.0.1' });
  });
});
