import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { instantFromMs, ManualClock } from '#base';
import { createControlPlaneApi } from './system-api.ts';
import { createConnect } from './system-connect.ts';

const clock = new ManualClock(instantFromMs(1_760_000_000_000));
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('calls are signed AWS JSON, and a refusal has its code', async () => {
  const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      const refused = String(request.headers['x-amz-target']).endsWith('SubmitTaskStateChange');
      response.statusCode = refused ? 400 : 200;
      response.end(
        refused
          ? '{"__type":"InvalidParameterException","message":"no such task"}'
          : '{"endpoint":"http://x","telemetryEndpoint":"http://y"}',
      );
    });
  });
  const api = createControlPlaneApi(
    { endpoint: `http://${await listening(server)}`, region: 'us-east-1', credentials },
    { clock },
  );
  expect(await api.discoverPollEndpoint({ cluster: 'c', containerInstance: 'i' })).toEqual({
    endpoint: 'http://x',
    telemetryEndpoint: 'http://y',
  });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ cluster: 'c', containerInstance: 'i' });
  expect(seen[0]?.headers['x-amz-target']).toBe('AmazonEC2ContainerServiceV20141113.DiscoverPollEndpoint');
  expect(seen[0]?.headers.authorization).toMatch(/Credential=AKIATEST\/\d{8}\/us-east-1\/ecs\/aws4_request/);
  const report = { cluster: 'c', task: 't', status: 'STOPPED' as const, containers: [] };
  await expect(api.submitTaskStateChange(report)).rejects.toMatchObject({
    code: 'InvalidParameterException',
    status: 400,
  });
});

test('a websocket is signed, and loses nothing that comes with the handshake', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const headers: IncomingHttpHeaders[] = [];
  sockets.on('connection', (socket, request) => {
    headers.push(request.headers);
    socket.send('first');
    socket.send('second');
    socket.on('message', (data) => {
      socket.send(`echo ${(data as Buffer).toString()}`);
      socket.close(1001, 'going away');
    });
  });
  const connect = createConnect({ region: 'us-east-1', credentials }, { clock });
  const connection = await connect(`ws://${await listening(server)}/acs/ws?a=1`, { 'user-agent': 'Roadstead Agent' });
  await new Promise((resolve) => setImmediate(resolve));
  const received: string[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    connection.onClose((code, reason) => resolve({ code, reason }));
  });
  connection.onMessage((text) => received.push(text));
  connection.send('hello');
  expect(await closed).toEqual({ code: 1001, reason: 'going away' });
  expect(received).toEqual(['first', 'second', 'echo hello']);
  expect(headers[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST\//);
  expect(headers[0]?.['user-agent']).toBe('Roadstead Agent');
});

test('a refused upgrade tells its reason', async () => {
  const server = createServer();
  server.on('upgrade', (_request, socket) => {
    const body = '{"type":"InactiveInstanceException","message":{"message":"gone"}}';
    socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
  });
  const connect = createConnect({ region: 'us-east-1', credentials }, { clock });
  await expect(connect(`ws://${await listening(server)}/acs/ws`, {})).rejects.toThrow('InactiveInstanceException');
  await expect(connect('ws://127.0.0.1:9/acs/ws', {})).rejects.toMatchObject({ code: 'Connection', retryable: true });
});
