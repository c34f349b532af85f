import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, Fault, type Logger, messageOf } from '#base';
import { ApiError, type WireAnswer, type WireRequest } from '#wire/aws';
import type { Answerer } from './answer.ts';
import { limits } from './limits.ts';
import { answerMetrics, type MetricsPage, metricsPath } from './metrics-page.ts';
import { http } from './node-http.ts';
import { readBody } from './read-body.ts';
import type { Upgrades } from './upgrade.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly requestTimeoutMs?: number;
}

export interface ListenerDeps {
  readonly answerer: Answerer;
  readonly upgrades: Upgrades;
  /** What `GET /_roadstead/health` answers: 200 when ready, 503 before. */
  readonly health: () => { readonly status: 'ready' | 'starting' } & Readonly<Record<string, unknown>>;
  readonly metrics?: MetricsPage;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Listener extends AsyncDisposable {
  readonly url: string;
}

const healthPath = '/_roadstead/health';

/** Listens on the one port. Fault `AddressInUse` or `AddressRefused` when it cannot. */
export async function listen(options: ListenerOptions, deps: ListenerDeps): Promise<Listener> {
  const port = await freePort(options);
  const doors = Array.from({ length: limits.doors }, () => door(options, deps));
  for (const each of doors) await bound(each, { ...options, port }, { reusePort: true });
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]() {
      // Not waited for: agents' websockets count as connections, and the dispatcher closes them afterwards.
      for (const each of doors) void closed(each);
      return Promise.resolve();
    },
  };
}

function door(options: ListenerOptions, deps: ListenerDeps): HttpServer {
  const server = http.createServer({
    maxHeaderSize: limits.headerBytes,
    keepAliveTimeout: limits.keepAliveMs,
    // Our own timer answers a slow body in the caller's protocol; Node's is only the net below it.
    requestTimeout: limits.requestTimeoutMs * 4,
    headersTimeout: limits.requestTimeoutMs,
  });
  const timeoutMs = options.requestTimeoutMs ?? limits.requestTimeoutMs;
  server.on('request', (request, response) => void serve(request, response, timeoutMs, deps));
  server.on('upgrade', (request, socket, head) => {
    deps.upgrades.accept(request, socket, head).catch((error: unknown) => {
      deps.logger.error('upgrade failed', { reason: messageOf(error) });
      socket.destroy();
    });
  });
  return server;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  timeoutMs: number,
  deps: ListenerDeps,
): Promise<void> {
  if (request.method === 'GET' && request.url === healthPath) {
    const health = deps.health();
    send(response, {
      status: health.status === 'ready' ? 200 : 503,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(health),
    });
    return;
  }
  if (request.method === 'GET' && request.url === metricsPath && deps.metrics !== undefined) {
    send(response, answerMetrics(deps.metrics, request));
    return;
  }
  const unread: WireRequest = {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headersDistinct,
    body: new Uint8Array(),
  };
  const limitBytes = deps.answerer.bodyLimit(unread);
  try {
    const body = await readBody(request, { limitBytes, timeoutMs }, deps.clock);
    send(response, await deps.answerer.answer({ ...unread, body }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // What is left of the body would be taken for the next request.
    response.setHeader('Connection', 'close');
    send(response, deps.answerer.refuse(unread, error));
    response.on('finish', () => request.destroy());
  }
}

function send(response: ServerResponse, answer: WireAnswer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** The port that is asked for, or any free one, after a look that nobody else has it: doors share theirs with whoever asks. */
async function freePort(options: ListenerOptions): Promise<number> {
  const probe = http.createServer();
  await bound(probe, options);
  const { port } = probe.address() as AddressInfo;
  await closed(probe);
  return port;
}

function bound(
  server: HttpServer,
  options: ListenerOptions,
  more: { readonly reusePort?: boolean } = {},
): Promise<void> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const address = `${host}:${port}`;
      reject(
        error.code === 'EADDRINUSE'
          ? new Fault('AddressInUse', `Something else listens on ${address}. Stop it, or choose another port.`, {
              cause: error,
            })
          : new Fault('AddressRefused', `Cannot listen on ${address}: ${error.message}`, { cause: error }),
      );
    });
    server.listen({ port, host, backlog: limits.backlog, ...more }, () => resolve());
  });
}

function closed(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
