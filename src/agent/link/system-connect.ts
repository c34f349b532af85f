import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type Clock, Fault } from '#base';
import { signRequest } from '#wire/client';
import type { Connection } from '#wire/link';
import type { Connect } from './control-plane.ts';
import type { LinkOptions } from './system-api.ts';

const handshakeTimeoutMs = 10_000;
/** How long the other side has to agree that a connection is over. */
const closeWaitMs = 2_000;
/** Far above any payload: a task is at most a few hundred KiB. */
const longestFrameBytes = 64 * 1024 ** 2;

/** Websockets whose upgrade request is signed as an ECS call. */
export function createConnect(options: Omit<LinkOptions, 'endpoint'>, deps: { readonly clock: Clock }): Connect {
  return (url, headers) =>
    new Promise((resolve, reject) => {
      const { host, pathname, search } = new URL(url);
      const signed = signRequest(
        { method: 'GET', url: `${pathname}${search}`, headers: { host }, body: new Uint8Array() },
        { ...options, service: 'ecs', now: deps.clock.now() },
      );
      const { host: _host, ...extra } = { ...headers, ...signed };
      const socket = new WebSocket(url, {
        headers: Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, String(value)])),
        handshakeTimeout: handshakeTimeoutMs,
        perMessageDeflate: false,
        maxPayload: longestFrameBytes,
      });
      const connection = connectionOf(socket, deps.clock);
      socket.once('open', () => resolve(connection));
      socket.on('error', (cause) => reject(new Fault('Connection', cause.message, { retryable: true, cause })));
      socket.once('unexpected-response', (_request, response) => {
        void refusalText(response).then((text) => {
          reject(
            new Fault('Connection', `refused with status ${response.statusCode ?? 0}: ${text}`, { retryable: true }),
          );
          socket.terminate();
        });
      });
    });
}

/** What arrives between the handshake and the first listener is kept for it. */
function connectionOf(socket: WebSocket, clock: Clock): Connection {
  let early: string[] | undefined = [];
  let ended: { readonly code: number; readonly reason: string } | undefined;
  const listeners: ((text: string) => void)[] = [];
  socket.on('message', (data) => {
    const text = bytesOf(data).toString('utf8');
    if (early !== undefined) early.push(text);
    else for (const listener of listeners) listener(text);
  });
  socket.once('close', (code, reason) => {
    ended = { code, reason: reason.toString('utf8') };
  });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: (code, reason) => {
      socket.close(code, reason);
      // Who does not answer any more does not answer this either.
      const timer = clock.setTimer(closeWaitMs, () => socket.terminate());
      socket.once('close', () => timer.cancel());
    },
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping(() => {});
    },
    onSign: (listener) => void socket.on('ping', () => listener()).on('pong', () => listener()),
    onMessage: (listener) => {
      listeners.push(listener);
      const kept = early ?? [];
      early = undefined;
      for (const text of kept) listener(text);
    },
    onClose: (listener) => {
      if (ended === undefined) socket.once('close', (code, reason) => listener(code, reason.toString('utf8')));
      else listener(ended.code, ended.reason);
    },
  };
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** The words of a refusal name the exception, which decides when to try again. */
async function refusalText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) text += chunk as string;
  } catch {
    // What came of it is enough.
  }
  return text.slice(0, 1000);
}
