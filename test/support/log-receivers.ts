import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Packed, unpack } from './msgpack.ts';

/** Something that a log driver sends to, on a free port of this machine, and what came so far. */
export interface LogReceiver<T> extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly T[];
}

/** Datagrams, as syslog and GELF send them. */
export async function datagramReceiver(): Promise<LogReceiver<string>> {
  const received: string[] = [];
  const socket = createSocket('udp4', (bytes) => received.push(bytes.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    received,
    [Symbol.asyncDispose]: async () => {
      socket.close();
    },
  };
}

/** Messages of fluentd's forward protocol. */
export async function forwardReceiver(): Promise<LogReceiver<Packed>> {
  const received: Packed[] = [];
  const server = createServer((socket) => {
    let waiting = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      for (let next = unpack(waiting); next !== undefined; next = unpack(waiting)) {
        waiting = waiting.subarray(next.sizeBytes);
        received.push(next.value);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

export interface CollectedEvents {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly encoding: string | undefined;
  readonly text: string;
}

/** Splunk's HTTP event collector: answers the driver's question whether it is there, and takes events. */
export async function eventCollector(): Promise<LogReceiver<CollectedEvents>> {
  const received: CollectedEvents[] = [];
  const server = createHttpServer((request, response) => {
    void bodyOf(request).then((bytes) => {
      const { authorization } = request.headers;
      const encoding = request.headers['content-encoding'];
      const text = (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
      if (request.method === 'POST') received.push({ path: request.url ?? '', authorization, encoding, text });
      response.end('{"text":"Success","code":0}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
