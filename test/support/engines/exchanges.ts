import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { EngineAddress } from '../../../src/agent/runtime/docker-http.ts';

/** One call of an engine's API as it went. */
export interface Exchange {
  readonly method: string;
  /** With the query, as it was asked; times in it are masked. */
  readonly path: string;
  readonly status: number;
  /** As the engine sent it, without what is of its host alone. */
  readonly body: string;
}

export interface Listening extends AsyncDisposable {
  readonly address: EngineAddress;
}

/** Hands every call on to the engine and writes down what it answers, in the order in which the calls came. */
export async function recordingProxy(engine: EngineAddress, exchanges: Exchange[]): Promise<Listening> {
  return listening((incoming, outgoing) => {
    const path = incoming.url ?? '';
    const exchange = { method: incoming.method ?? '', path: masked(path), status: 0, body: '' };
    exchanges.push(exchange);
    const onward = request({ ...engine, method: incoming.method, path, headers: incoming.headers }, (answer) => {
      exchange.status = answer.statusCode ?? 0;
      outgoing.writeHead(exchange.status, { 'content-type': answer.headers['content-type'] ?? 'text/plain' });
      outgoing.flushHeaders();
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        outgoing.write(chunk);
      });
      const done = (): void => {
        exchange.body = scrubbed(Buffer.concat(chunks).toString());
        outgoing.end();
      };
      answer.on('end', done);
      answer.on('error', done);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
}

/**
 * An engine that says what another said: each call is answered as the first one like it that was not answered yet. A call
 * that was never made before is refused with 599, which no engine says.
 */
export async function replay(exchanges: readonly Exchange[]): Promise<Listening> {
  const left = [...exchanges];
  return listening((incoming, outgoing) => {
    const path = masked(incoming.url ?? '');
    const at = left.findIndex((each) => each.method === incoming.method && each.path === path);
    const found = left[at];
    incoming.resume();
    if (found === undefined) {
      outgoing.writeHead(599).end(JSON.stringify({ message: `not recorded: ${incoming.method} ${path}` }));
      return;
    }
    left.splice(at, 1);
    outgoing.writeHead(found.status, { 'content-type': 'application/json' });
    outgoing.end(found.status === 204 || found.status === 304 ? undefined : found.body);
  });
}

async function listening(answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void): Promise<Listening> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function masked(path: string): string {
  return path.replace(/([?&]since)=-?\d+/, '$1=0');
}

/** What an engine says of its host's own files, names and addresses, and nobody here reads. */
const ofTheHost = new Set([
  'ResolvConfPath',
  'HostnamePath',
  'HostsPath',
  'LogPath',
  'OCIConfigPath',
  'ConmonPidFile',
  'GraphDriver',
  'DriverStatus',
  'DockerRootDir',
  'KernelVersion',
  'OperatingSystem',
  'OSVersion',
  'Mountpoint',
  'RegistryConfig',
  'IndexServerAddress',
  'SandboxKey',
  'Containerd',
  'Details',
  'Uptime',
]);

function scrubbed(text: string): string {
  const lines = text.split('\n').map((line) => {
    if (!/^[[{]/.test(line)) return line;
    return JSON.stringify(JSON.parse(line), (key, value: unknown) => (ofTheHost.has(key) ? undefined : value));
  });
  return lines.join('\n').replaceAll(JSON.stringify(hostname()), '"host"');
}
