import { connect, createServer, type Socket } from 'node:net';
import { Fault } from '#base';
import type { Engine, Http, HttpRequest, HttpResponse } from '../ports.ts';
import { ResponseParser } from './response-parser.ts';

const defaultTimeoutMs = 30_000;

/**
 * HTTP over TCP: Roadstead's own endpoint, its health, and the tasks of the demo. Written on plain sockets because
 * loading Node's HTTP client takes longer than a whole short command.
 */
export function networkHttp(): Http {
  return http;
}

const http: Http = {
  async send(request) {
    const url = new URL(request.url);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (url.protocol === 'https:') {
      const tls = await import('node:tls');
      const port = Number(url.port || 443);
      return exchange(() => tls.connect({ host, port, servername: host }), url, request, request.url);
    }
    return exchange(() => connect({ host, port: Number(url.port || 80) }), url, request, request.url);
  },
  canListen(host, port) {
    return new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
    });
  },
};

/** One request on a connection of its own. */
function exchange(
  open: () => Socket,
  url: URL,
  request: Omit<HttpRequest, 'url'>,
  address: string,
): Promise<HttpResponse> {
  const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
  return new Promise((resolve, reject) => {
    const socket = open();
    const parser = new ResponseParser();
    const settle = (outcome: () => void): void => {
      request.signal?.removeEventListener('abort', stop);
      socket.destroy();
      outcome();
    };
    const fail = (error: unknown): void =>
      settle(() => reject(error instanceof Fault ? error : unreachable(address, error)));
    const stop = (): void => fail(new Fault('Aborted', 'stopped while waiting for an answer'));
    if (request.signal?.aborted === true) return stop();
    request.signal?.addEventListener('abort', stop, { once: true });
    const attempt = (read: () => HttpResponse | undefined): void => {
      try {
        const response = read();
        if (response !== undefined) settle(() => resolve(response));
      } catch (error) {
        fail(error);
      }
    };
    socket.setTimeout(timeoutMs, () =>
      fail(new Fault('TimedOut', `${address} did not answer within ${timeoutMs / 1000} s`)),
    );
    socket.on('error', fail);
    socket.on('data', (chunk) => attempt(() => parser.push(chunk)));
    socket.on('end', () => attempt(() => parser.end()));
    socket.write(requestHead(url, request));
    if (request.body !== undefined) socket.write(request.body);
  });
}

function requestHead(url: URL, request: Omit<HttpRequest, 'url'>): string {
  const headers: Record<string, string> = {
    host: url.host,
    connection: 'close',
    ...request.headers,
    ...(request.body === undefined ? {} : { 'content-length': String(request.body.byteLength) }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function unreachable(address: string, error: unknown): Fault {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  // Several addresses tried in vain give an error without a message of its own.
  const reason = typeof message === 'string' && message !== '' ? message : String(code);
  return new Fault('Unreachable', `${address}: ${reason}`, { retryable: true, cause: error });
}

/** The Docker Engine that DOCKER_HOST names, or the one on Debian's socket. */
export function dockerEngine(env: Readonly<Record<string, string | undefined>>): Engine {
  const configured = env['DOCKER_HOST'];
  const address = configured === undefined || configured === '' ? 'unix:///var/run/docker.sock' : configured;
  const socketPath = /^unix:\/\/(.+)$/.exec(address)?.[1];
  return {
    address,
    async send(method, path, body) {
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/x-tar' };
      const request = { method, headers, ...(body === undefined ? {} : { body }) };
      try {
        if (socketPath === undefined)
          return await http.send({ ...request, url: address.replace(/^tcp:/, 'http:') + path });
        return await exchange(() => connect({ path: socketPath }), new URL(path, 'http://docker'), request, address);
      } catch (error) {
        throw engineFault(address, error);
      }
    },
  };
}

function engineFault(address: string, error: unknown): Fault {
  const cause = error instanceof Fault ? (error.cause as { readonly code?: unknown } | undefined) : undefined;
  switch (cause?.code) {
    case 'EACCES':
    case 'EPERM':
      return new Fault('EngineDenied', `permission denied on ${address}`, { cause: error });
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new Fault('EngineAbsent', `no Docker Engine answers on ${address}`, { retryable: true, cause: error });
    default:
      return new Fault('EngineFailed', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
