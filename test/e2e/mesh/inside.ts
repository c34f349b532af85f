import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

/** Runs in the network namespace of a task: its applications, and who calls by its proxy. Told what to do by its parent. */

const servers = new Map<number, { readonly server: Server | TcpServer | Http2Server; readonly sockets: Set<Socket> }>();
let seen = 0;

function answer(name: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  seen += 1;
  const url = new URL(incoming.url ?? '/', 'http://inside');
  const waitMs = Number(url.searchParams.get('wait') ?? 0);
  const status = Number(url.searchParams.get('status') ?? 200);
  if (url.searchParams.has('drop')) {
    incoming.socket.destroy();
    return;
  }
  const send = (): void => {
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ name, method: incoming.method, url: incoming.url, headers: incoming.headers }));
  };
  if (waitMs > 0) setTimeout(send, waitMs);
  else send();
}

function httpServer(name: string): Server {
  const server = createServer((incoming, outgoing) => answer(name, incoming, outgoing));
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', ({ headers }, socket: Socket) => {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    socket.on('data', (data) => socket.write(`${name}:${data.toString()}`));
    socket.on('error', () => {});
  });
  return server;
}

function http2Server(name: string): Http2Server {
  const server = createHttp2Server();
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-path': headers[':path'] ?? '' }));
    stream.end(name);
  });
  return server;
}

function tcpServer(name: string): TcpServer {
  return createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => socket.write(`${name}:${data.toString()}`));
  });
}

const makers = { http: httpServer, http2: http2Server, tcp: tcpServer };

const operations = {
  serve: ({ kind, port, name }: { kind: keyof typeof makers; port: number; name: string }) =>
    new Promise<void>((resolve, reject) => {
      const server = makers[kind](name);
      const sockets = new Set<Socket>();
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      server.on('error', reject);
      servers.set(port, { server, sockets });
      server.listen(port, '127.0.0.1', resolve);
    }),
  /** As a process that is killed: at once, with its connections. */
  cease: async ({ port }: { port: number }) => {
    const found = servers.get(port);
    servers.delete(port);
    found?.server.close();
    for (const socket of found?.sockets ?? []) socket.resetAndDestroy();
  },
  seen: async () => seen,
  call: ({ url, ...options }: RequestOptions & { url: string }) => call(url, options),
  load: ({ url, lanes }: { url: string; lanes: number }) => {
    load = new Load(url, lanes);
    return Promise.resolve();
  },
  unload: () => load?.end(),
  http2: ({ url, path }: { url: string; path: string }) => callHttp2(url, path),
  tcp: ({ host, port, text }: { host: string; port: number; text: string }) => callTcp(host, port, text),
  upgrade: ({ url, text }: { url: string; text: string }) => callUpgrade(url, text),
};

interface Called {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly ms: number;
}

function call(url: string, options: RequestOptions): Promise<Called> {
  const began = performance.now();
  return new Promise((resolve) => {
    const failed = (error: Error): void =>
      resolve({ status: 0, body: error.message, headers: {}, ms: performance.now() - began });
    const outgoing = request(url, options, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      incoming.on('error', failed);
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          body,
          headers: incoming.headers,
          ms: performance.now() - began,
        });
      });
    });
    outgoing.on('error', failed);
    outgoing.end();
  });
}

/** Requests one after the other in so many lanes; every answer is counted by status and by who gave it. */
class Load {
  readonly #counts: Record<string, number> = {};
  readonly #lanes: Promise<void>[];
  #ended = false;

  constructor(url: string, lanes: number) {
    this.#lanes = Array.from({ length: lanes }, () => this.#lane(url));
  }

  async end(): Promise<Readonly<Record<string, number>>> {
    this.#ended = true;
    await Promise.all(this.#lanes);
    return this.#counts;
  }

  async #lane(url: string): Promise<void> {
    while (!this.#ended) {
      const { status, body } = await call(url, {});
      const who = status === 200 ? (JSON.parse(body) as { name: string }).name : `${status} ${body.slice(0, 60)}`;
      this.#counts[who] = (this.#counts[who] ?? 0) + 1;
    }
  }
}

let load: Load | undefined;

function callHttp2(url: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url);
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const found: Record<string, unknown> = {};
    let body = '';
    stream.on('response', (headers) => Object.assign(found, { headers: { ...headers } }));
    stream.on('trailers', (trailers) => Object.assign(found, { trailers: { ...trailers } }));
    stream.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve({ ...found, body });
    });
    stream.end();
  });
}

function callTcp(host: string, port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(text));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on('error', (error) => resolve(`error: ${error.message}`));
    socket.on('close', () => resolve('closed'));
  });
}

const upgradeHeaders = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

function callUpgrade(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers: upgradeHeaders });
    outgoing.on('error', reject);
    outgoing.on('response', ({ statusCode }) => reject(new Error(`no upgrade but ${statusCode}`)));
    outgoing.on('upgrade', (_incoming, socket: Socket) => {
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.write(text);
    });
    outgoing.end();
  });
}

process.on('message', ({ id, operation, input }: { id: number; operation: keyof typeof operations; input: never }) => {
  Promise.resolve()
    .then(() => operations[operation](input))
    .then(
      (result) => process.send?.({ id, result }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
});
process.send?.({ id: 0 });
