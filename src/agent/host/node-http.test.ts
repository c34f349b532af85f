import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Fault } from '#base';
import { destroyOnAbort, http } from './node-http.ts';
import { createSender } from './sender.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Answers with what it was sent, or not at all when that is `hold`; counts connections. */
async function started(): Promise<{ readonly port: number; readonly connections: Set<Socket> }> {
  const connections = new Set<Socket>();
  server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => void (chunk.toString() === 'hold' || response.end(chunk)));
  });
  server.on('connection', (socket) => connections.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, connections };
}

test('an abort just as the last of an answer comes harms neither the answer nor the connection', async () => {
  const { port, connections } = await started();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const defects: unknown[] = [];
  const onDefect = (error: unknown): void => void defects.push(error);
  process.on('uncaughtException', onDefect);
  const call = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const aborting = new AbortController();
      const outgoing = http.request({ host: '127.0.0.1', port, method: 'POST', agent });
      destroyOnAbort(outgoing, aborting.signal);
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        let answer = '';
        response.on('data', (chunk: Buffer) => {
          answer += chunk.toString();
          aborting.abort(new Error('too late'));
        });
        response.on('error', reject);
        response.on('close', () => resolve(answer));
      });
      outgoing.end(text);
    });
  expect(await call('first')).toBe('first');
  expect(await call('second')).toBe('second');
  expect(connections.size).toBe(1);
  expect(defects).toEqual([]);
  process.off('uncaughtException', onDefect);
  agent.destroy();
});

test('a call under way ends with the reason of its abort, and the next one has an answer', async () => {
  const { port } = await started();
  const url = `http://127.0.0.1:${port}/`;
  const send = createSender({ endpoint: url, timeoutMs: 5000 });
  const aborting = new AbortController();
  const headers = {};
  const held = send({ url, method: 'POST', headers, body: Buffer.from('hold') }, aborting.signal);
  server.once('request', () => aborting.abort(new Fault('Aborted', 'the task is stopping')));
  await expect(held).rejects.toMatchObject({ code: 'Aborted' });
  const early = send({ url, method: 'POST', headers, body: Buffer.from('hold') }, AbortSignal.abort(new Error('no')));
  await expect(early).rejects.toThrow('no');
  const answer = await send({ url, method: 'POST', headers, body: Buffer.from('x') }, new AbortController().signal);
  expect(answer.body.toString()).toBe('x');
});
