import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import { type Clock, Fault, type Logger, messageOf } from '#base';
import type { Availability } from '../host/network.ts';
import { http } from '../host/node-http.ts';
import { createForward, type Forward, isSigned } from './forward.ts';
import { endpointPort, requestBytes, requestTimeoutMs } from './limits.ts';
import {
  type EndpointAnswer,
  type EndpointHandler,
  type EndpointHost,
  type EndpointRequest,
  jsonAnswer,
} from './port.ts';
import { RateLimit } from './rate-limit.ts';

/** The address as a second one of this host, with the rules that lead port 80 to the agents' own: the data plane's. */
export interface EndpointAddress {
  readonly address: string;
  set(): Promise<void>;
  remove(): Promise<void>;
}

export interface EndpointHostOptions {
  /** Tells the agents of a host apart. */
  readonly owner: string;
  /** Requests per second, and at once. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number };
  /** The control plane: what is signed for an AWS API goes there. Absent: such a request is one like any other. */
  readonly controlPlane?: string;
  /** Other than the agents' own, for tests. */
  readonly port?: number;
  /** Where the agents of a host find each other; only root may look in. */
  readonly directory?: string;
}

export interface EndpointHostDeps {
  readonly address: EndpointAddress;
  readonly clock: Clock;
  readonly log: Logger;
}

const siblings = '/run/roadstead/endpoints';
/** Says whose request an agent hands on. Only root reaches the sockets on which it is believed. */
const sourceHeader = 'x-roadstead-source';
/** An agent's answer to another: the request is about no task of mine. */
const notMine = 421;

/**
 * All agents of a host listen on one address and port (SO_REUSEPORT): the kernel gives each connection to any of them,
 * so that none depends on another. One that gets a request for another's task hands it on over that one's socket file.
 */
export function createEndpointHost(options: EndpointHostOptions, deps: EndpointHostDeps): EndpointHost {
  return new SharedEndpointHost(options, deps);
}

class SharedEndpointHost implements EndpointHost {
  readonly #options: EndpointHostOptions;
  readonly #deps: EndpointHostDeps;
  readonly #directory: string;
  readonly #name: string;

  constructor(options: EndpointHostOptions, deps: EndpointHostDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#directory = options.directory ?? siblings;
    this.#name = createHash('sha256').update(options.owner).digest('hex').slice(0, 24);
  }

  async probe(): Promise<Availability> {
    const problems: string[] = [];
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await this.#deps.address.set();
      const marker = `probe ${this.#name}`;
      await using _ = await this.serve({
        answer: async ({ path }) => (path === '/probe' ? jsonAnswer(200, marker) : undefined),
        refuse: () => jsonAnswer(404, ''),
      });
      const said = await ask({ host: this.#deps.address.address, port: 80 }, { path: '/probe' });
      // An agent of this host that has too much to do is one of ours, too.
      if (said.body !== JSON.stringify(marker) && said.body !== tooMany.body) {
        problems.push(`${this.#deps.address.address} is answered by somebody else, for example another ECS agent`);
      }
    } catch (error) {
      problems.push(messageOf(error));
    }
    return { available: problems.length === 0, problems };
  }

  async serve(handler: EndpointHandler): Promise<AsyncDisposable> {
    await this.#deps.address.set();
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const limit = new RateLimit(this.#options.rateLimit, this.#deps);
    const socketPath = this.#socketOf(this.#name);
    await rm(socketPath, { force: true });
    await writeFile(this.#markOf(this.#name), '');
    await using stack = new AsyncDisposableStack();
    const listening = async (server: Server, where: ListenOptions): Promise<void> => {
      await listen(server, where);
      stack.defer(() => closed(server));
    };
    await listening(
      this.#server((request) => this.#fromSibling(handler, request)),
      { path: socketPath },
    );
    const forward = this.#options.controlPlane === undefined ? undefined : createForward(this.#options.controlPlane);
    const fromTask: Answer = (request) => this.#fromTask(handler, limit, request);
    await listening(this.#server(fromTask, forward), {
      host: this.#deps.address.address,
      port: this.#options.port ?? endpointPort,
      reusePort: true,
    });
    return stack.move();
  }

  async reconcile(): Promise<void> {
    await this.#deps.address.set();
  }

  async remove(): Promise<void> {
    await rm(this.#markOf(this.#name), { force: true });
    await rm(this.#socketOf(this.#name), { force: true });
    for (const sibling of await this.#siblings()) {
      const alive = await ask({ socketPath: this.#socketOf(sibling) }, { path: '/' }).catch(() => undefined);
      if (alive !== undefined) return;
    }
    await this.#deps.address.remove();
  }

  async #fromTask(handler: EndpointHandler, limit: RateLimit, request: EndpointRequest): Promise<EndpointAnswer> {
    if (!limit.take()) return tooMany;
    return (await handler.answer(request)) ?? (await this.#askSiblings(request)) ?? handler.refuse(request);
  }

  async #fromSibling(handler: EndpointHandler, request: EndpointRequest): Promise<EndpointAnswer> {
    const { [sourceHeader]: sourceAddress = '', ...headers } = request.headers;
    return (await handler.answer({ ...request, headers, sourceAddress })) ?? { ...jsonAnswer(notMine, ''), body: '' };
  }

  async #askSiblings({
    method,
    path,
    query,
    body,
    sourceAddress,
  }: EndpointRequest): Promise<EndpointAnswer | undefined> {
    const search = query.size === 0 ? '' : `?${query.toString()}`;
    const call = { method, path: path + search, body, headers: { [sourceHeader]: sourceAddress } };
    let absent = false;
    for (const sibling of await this.#siblings()) {
      const answer = await ask({ socketPath: this.#socketOf(sibling) }, call).catch(() => undefined);
      if (answer === undefined) absent = true;
      else if (answer.status !== notMine) return answer;
    }
    return absent ? tryAgain : undefined;
  }

  /** The other agents of this host, also those that are not running just now. */
  async #siblings(): Promise<readonly string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names.flatMap((name) => /^([0-9a-f]+)\.agent$/.exec(name)?.[1] ?? []).filter((name) => name !== this.#name);
  }

  #socketOf(name: string): string {
    return `${this.#directory}/${name}.sock`;
  }

  /** Stands from an agent's first start until its host is cleaned. */
  #markOf(name: string): string {
    return `${this.#directory}/${name}.agent`;
  }

  #server(answer: Answer, forward?: Forward): Server {
    const server = http.createServer(
      { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
      (incoming, outgoing) => {
        if (forward !== undefined && isSigned(incoming)) forward(incoming, outgoing);
        else void this.#respond(incoming, outgoing, answer);
      },
    );
    server.keepAliveTimeout = requestTimeoutMs;
    return server;
  }

  async #respond(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): Promise<void> {
    try {
      const { status, contentType, body } = await answer(await readRequest(incoming));
      outgoing.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
      outgoing.end(incoming.method === 'HEAD' ? '' : body);
    } catch (error) {
      // Neither path nor error is said: the one holds the id that opens credentials, the other may hold what they opened.
      this.#deps.log.error('an in-task request failed', { method: incoming.method, code: codeOf(error) });
      const status = error instanceof Fault && error.code === 'TooLarge' ? 413 : 500;
      if (outgoing.headersSent) outgoing.destroy();
      else
        outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end('"internal error"');
    }
  }
}

type Answer = (request: EndpointRequest) => Promise<EndpointAnswer>;

const tooMany: EndpointAnswer = {
  status: 429,
  contentType: 'text/plain; charset=utf-8',
  body: 'You have reached maximum request limit.',
};

/** An agent that is being restarted will know; SDKs try again on this. */
const tryAgain = jsonAnswer(503, {
  code: 'CredentialsUninitialized',
  message: 'An agent of this host does not answer at the moment. Try again.',
  HTTPErrorCode: 503,
});

function codeOf(error: unknown): string {
  if (error instanceof Fault) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

async function readRequest(incoming: IncomingMessage): Promise<EndpointRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > requestBytes) throw new Fault('TooLarge', 'a request of a task is too large');
    chunks.push(chunk as Buffer);
  }
  const url = new URL(incoming.url ?? '/', 'http://endpoint');
  const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
    values === undefined ? [] : [[name, values.join(', ')] as const],
  );
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
    sourceAddress: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

function listen(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `in-task requests cannot be listened for: ${cause.message}`;
      reject(new Fault('Endpoints', message, { cause }));
    });
    server.listen(where, () => resolve());
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(
  where: { readonly socketPath: string } | { readonly host: string; readonly port: number },
  { method = 'GET', path, body = '', headers = {} }: Call,
): Promise<EndpointAnswer> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = http.request(
      { ...where, method, path, headers: { host: 'endpoint', ...headers, ...length }, timeout: requestTimeoutMs },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? 'application/json',
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Fault('Timeout', 'no answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
