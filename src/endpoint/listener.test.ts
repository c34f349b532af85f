import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Difference, type ServerHarness, serverHarness } from '../../test/support/server-harness.ts';
import { type ListenerDeps, listen } from './listener.ts';

let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness({ requestTimeoutMs: 300 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('a signed request', () => {
  it('is answered with a request id and the protocol’s content type', async () => {
    const answer = await server.send('CreateCluster', { clusterName: 'one' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(answer.headers.get('date')).not.toBeNull();
    expect(answer.json.cluster.clusterArn).toBe('arn:aws:ecs:us-east-1:000000000000:cluster/one');
  });

  it('belongs to the region in its signature', async () => {
    await server.send('CreateCluster', { clusterName: 'abroad' }, { region: 'eu-north-1' });
    const there = await server.send('ListClusters', {}, { region: 'eu-north-1' });
    const here = await server.send('ListClusters', {});
    expect(there.json.clusterArns).toEqual(['arn:aws:ecs:eu-north-1:000000000000:cluster/abroad']);
    expect(here.json.clusterArns).not.toContain('arn:aws:ecs:eu-north-1:000000000000:cluster/abroad');
  });

  it('may be compressed', async () => {
    const body = gzipSync(JSON.stringify({ clusterName: 'zipped' }));
    const answer = await server.send('CreateCluster', {}, { body, headers: { 'content-encoding': 'gzip' } });
    expect(answer.json.cluster.clusterName).toBe('zipped');
  });
});

describe('accounts', () => {
  it('are made by the platform’s root and cannot see each other', async () => {
    const asPlatform: Difference = {
      target: 'Roadstead_20261121.CreateAccount',
      service: 'roadstead',
      credentials: server.controlPlane.rootKeys.platform,
    };
    const made = await server.send('CreateAccount', { name: 'second' }, asPlatform);
    expect(made.status).toBe(200);
    const { accessKeyId, secretAccessKey, account } = made.json;
    expect(account.accountId).toMatch(/^\d{12}$/);
    const credentials = { accessKeyId, secretAccessKey };
    await server.send('CreateCluster', { clusterName: 'theirs' }, { credentials });
    expect((await server.send('ListClusters', {}, { credentials })).json.clusterArns).toEqual([
      `arn:aws:ecs:us-east-1:${account.accountId}:cluster/theirs`,
    ]);
    expect((await server.send('ListClusters', {})).text).not.toContain('theirs');
    const refused = await server.send('CreateAccount', { name: 'third' }, { ...asPlatform, credentials });
    expect(refused.json).toMatchObject({ __type: 'AccessDeniedException' });
  });
});

describe('a request that is wrong', () => {
  const cases: [string, Difference & { input?: unknown; operation?: string }, number, string, RegExp][] = [
    [
      'has a wrong secret',
      { credentials: { accessKeyId: '', secretAccessKey: 'x'.repeat(40) } },
      400,
      'InvalidSignatureException|UnrecognizedClientException',
      /signature|token/i,
    ],
    [
      'has an unknown key',
      { credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } },
      400,
      'UnrecognizedClientException',
      /security token/,
    ],
    ['is old', { signedAtOffsetMs: -16 * 60_000 }, 400, 'InvalidSignatureException', /Signature expired/],
    [
      'is from the future',
      { signedAtOffsetMs: 16 * 60_000 },
      400,
      'InvalidSignatureException',
      /Signature not yet current/,
    ],
    [
      'was changed on the way',
      { tamper: (body) => body.replace('{', '{ ') },
      400,
      'InvalidSignatureException',
      /does not match/,
    ],
    ['is not signed', { unsigned: true }, 400, 'MissingAuthenticationToken', /./],
    ['names an unknown operation', { operation: 'MakeCoffee' }, 400, 'UnknownOperationException', /./],
    [
      'names an operation that is not here',
      { target: 'Logs_20140328.StartQuery', service: 'logs', input: { startTime: 1, endTime: 2, queryString: 'x' } },
      501,
      'NotImplemented',
      /does not have yet/,
    ],
    ['names an unknown service', { target: 'Coffee_20260101.Make' }, 501, 'NotImplemented', /Coffee/],
    [
      'names a service that is not here',
      { target: 'AWSEvents.ListRules', service: 'events' },
      501,
      'NotImplemented',
      /./,
    ],
    ['is not JSON', { body: '{"a":' }, 400, 'SerializationException', /./],
    ['is JSON of another kind', { body: '[1]' }, 400, 'SerializationException', /./],
    [
      'has a member of a wrong kind',
      { operation: 'RunTask', input: { taskDefinition: 5 } },
      400,
      'SerializationException',
      /./,
    ],
    ['lacks a member', { operation: 'RunTask', input: {} }, 400, 'InvalidParameterException', /taskDefinition/],
    [
      'has a value that is none',
      { operation: 'RunTask', input: { taskDefinition: 'x', launchType: 'MOON' } },
      400,
      'InvalidParameterException',
      /launchType/,
    ],
    [
      'claims gzip and is not',
      { body: 'plain', headers: { 'content-encoding': 'gzip' } },
      400,
      'SerializationException',
      /gzip/,
    ],
    [
      'is a gzip bomb',
      { body: gzipSync(Buffer.alloc(64 * 1024 * 1024, 32)), headers: { 'content-encoding': 'gzip' } },
      413,
      'RequestEntityTooLarge',
      /larger/,
    ],
    ['is too large', { body: 'x'.repeat(1024 * 1024 + 1) }, 413, 'RequestEntityTooLarge', /larger/],
    [
      'is nested too deep',
      { body: `{"maxResults":${'['.repeat(20_000)}${']'.repeat(20_000)}}` },
      400,
      'SerializationException',
      /./,
    ],
  ];
  it.each(cases)(
    'because it %s gets an AWS error',
    async (_, { input, operation, ...difference }, status, code, message) => {
      const root = server.root.accessKeyId;
      const given = difference.credentials;
      const credentials = given?.accessKeyId === '' ? { ...given, accessKeyId: root } : given;
      const before = server.controlPlane.store.revision;
      const answer = await server.send(operation ?? 'ListClusters', input ?? {}, {
        ...difference,
        ...(credentials === undefined ? {} : { credentials }),
      });
      expect({ status: answer.status, type: answer.json?.__type }).toEqual({
        status,
        type: expect.stringMatching(code),
      });
      expect(answer.json.message ?? answer.json.Message).toMatch(message);
      expect(answer.headers.get('x-amzn-requestid')).toBeTruthy();
      expect(answer.text).not.toContain(server.root.secretAccessKey);
      expect(server.controlPlane.store.revision).toBe(before);
    },
  );

  it('because it never ends gets 408', async () => {
    const head = `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters\r\nContent-Length: 100\r\n\r\n{`;
    const answer = await server.raw(head, 3_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('RequestTimeoutException');
  });

  it.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['binary', new Uint8Array([0, 255, 1, 2, 13, 10, 13, 10])],
    ['a header too long', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ])('because it is %s gets a client error, and the server lives on', async (_, bytes) => {
    expect(await server.raw(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${server.url}/_roadstead/health`)).status).toBe(200);
  });
});

describe('a disk that is full', () => {
  it('refuses writes with a clear error, answers reads, and takes writes again when there is room', async () => {
    await server.send('CreateCluster', { clusterName: 'before' });
    server.disk.failNextAppend('full');
    const refused = await server.send('CreateCluster', { clusterName: 'lost' });
    expect(refused.status).toBe(500);
    expect(refused.json).toMatchObject({
      __type: 'ServerException',
      message: expect.stringMatching(/disk|space|room/i),
    });
    const listed = await server.send('ListClusters', {});
    expect(listed.text).toContain('cluster/before');
    expect(listed.text).not.toContain('cluster/lost');
    expect((await server.send('CreateCluster', { clusterName: 'after' })).status).toBe(200);
  });
});

describe('other protocols', () => {
  it('get their own form of error', async () => {
    const query = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=ListUsers&Version=2010-05-08',
    });
    expect(query.status).toBe(501);
    expect(await query.text()).toMatch(/<ErrorResponse.*<Code>NotImplemented<\/Code>/s);
    const rest = await fetch(`${server.url}/some/where`);
    expect(rest.status).toBeGreaterThanOrEqual(400);
    expect(rest.status).toBeLessThan(502);
  });
});

describe('upgrades', () => {
  it('are refused without a signature and on other paths', async () => {
    const upgrade = (path: string) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    expect(await server.raw(upgrade('/acs/ws?containerInstanceArn=x'))).toMatch(
      /^HTTP\/1\.1 40[03] [^]*MissingAuthenticationToken/,
    );
    expect(await server.raw(upgrade('/other'))).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('the port', () => {
  it('takes several new connections in one turn of the loop', async () => {
    const count = 64;
    let turn = 0;
    const answeredIn: number[] = [];
    const { hostname, port } = new URL(server.url);
    const sockets = Array.from({ length: count }, () => connect(Number(port), hostname));
    for (const socket of sockets) {
      socket.write('GET /_roadstead/health HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.once('data', () => answeredIn.push(turn));
    }
    while (answeredIn.length < count) {
      await new Promise((resolve) => setImmediate(resolve));
      turn++;
    }
    for (const socket of sockets) socket.destroy();
    expect(new Set(answeredIn).size).toBeLessThan(count / 2);
  });

  it('is let go of while agents are still connected, whom the dispatcher tells', async () => {
    const accepted = Promise.withResolvers<void>();
    const upgrades = { accept: () => Promise.resolve(accepted.resolve()) };
    const listener = await listen({ host: '127.0.0.1', port: 0 }, { upgrades } as unknown as ListenerDeps);
    const port = Number(new URL(listener.url).port);
    const agent = connect(port, '127.0.0.1');
    agent.write('GET /acs/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await accepted.promise;
    await listener[Symbol.asyncDispose]();
    const next = await listen({ host: '127.0.0.1', port }, {} as ListenerDeps);
    await next[Symbol.asyncDispose]();
    agent.destroy();
  });

  it('is refused while somebody has it, be it another control plane', async () => {
    const port = Number(new URL(server.url).port);
    await expect(listen({ host: '127.0.0.1', port }, {} as ListenerDeps)).rejects.toMatchObject({
      code: 'AddressInUse',
      message: `Something else listens on 127.0.0.1:${port}. Stop it, or choose another port.`,
    });
  });
});
