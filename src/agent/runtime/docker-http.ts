import type { ClientRequest, Agent as HttpAgent, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Fault } from '#base';
import { destroyOnAbort, http } from '../host/node-http.ts';
import { isPodmanConflict } from './podman.ts';

export interface EngineAddress {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
}

export interface EngineRequest {
  readonly method: string;
  /** Without the version prefix, with the query. */
  readonly path: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Where the engine listens: `unix:///path` or `tcp://host:port` (DOCKER_HOST's forms), by default Docker's socket.
 * Throws Fault `BadAddress` for anything else.
 */
export function engineAddress(dockerHost: string | undefined): EngineAddress {
  if (dockerHost === undefined || dockerHost === '') return { socketPath: '/var/run/docker.sock' };
  if (dockerHost.startsWith('unix://')) return { socketPath: dockerHost.slice('unix://'.length) };
  const tcp = /^(?:tcp|http):\/\/([^/:]+)(?::(\d+))?\/?$/.exec(dockerHost);
  if (tcp === null) throw new Fault('BadAddress', `DOCKER_HOST must be unix:// or tcp://, not ${dockerHost}`);
  return { host: tcp[1] ?? '127.0.0.1', port: Number(tcp[2] ?? '2375') };
}

/** HTTP to the engine: keeps connections alive, turns refusals into faults. */
export class EngineHttp {
  readonly #address: EngineAddress;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  #prefix = '';

  constructor(address: EngineAddress) {
    this.#address = address;
  }

  /** Prefixes every later path: `/v1.41`; without a version, none. */
  useVersion(apiVersion: string | undefined): void {
    this.#prefix = apiVersion === undefined ? '' : `/v${apiVersion}`;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Sends a request and gives the answer's head once it is there; 4xx and 5xx throw. */
  async open(call: EngineRequest): Promise<IncomingMessage> {
    const response = await this.#send(call);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw refusal(status, await textOf(response));
  }

  /** Sends a request whose answer is a raw stream in both directions. */
  hijack(call: EngineRequest): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const headers = { ...call.headers, connection: 'Upgrade', upgrade: 'tcp' };
      const outgoing = this.#outgoing({ ...call, headers }, false);
      outgoing.on('upgrade', (_response, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      outgoing.on('response', (response) => {
        textOf(response).then((text) => reject(refusal(response.statusCode ?? 0, text)), reject);
      });
      outgoing.on('error', (cause) => reject(unavailable(cause, call.signal)));
    });
  }

  async text(call: EngineRequest): Promise<string> {
    return textOf(await this.open(call));
  }

  async json<T>(call: EngineRequest): Promise<T> {
    return JSON.parse(await this.text(call)) as T;
  }

  /** As `json`, but a 404 gives `undefined`. */
  async find<T>(call: EngineRequest): Promise<T | undefined> {
    try {
      return await this.json<T>(call);
    } catch (error) {
      if (error instanceof Fault && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  #send(call: EngineRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#outgoing(call, this.#agent);
      outgoing.on('response', resolve);
      outgoing.on('error', (cause) => reject(unavailable(cause, call.signal)));
    });
  }

  #outgoing(call: EngineRequest, agent: HttpAgent | false): ClientRequest {
    const body = call.bytes ?? (call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json)));
    const outgoing = http.request({
      ...this.#address,
      agent,
      method: call.method,
      path: this.#prefix + call.path,
      headers: {
        host: 'docker',
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(body === undefined ? {} : { 'content-length': String(body.length) }),
        ...call.headers,
      },
    });
    if (call.signal !== undefined) destroyOnAbort(outgoing, call.signal);
    outgoing.end(body);
    return outgoing;
  }
}

/** Reads an answer to its end. */
export async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response) text += chunk as string;
  } catch (cause) {
    throw unavailable(cause, undefined);
  }
  return text;
}

/** Calls `onLine` for every line of an answer as it comes; resolves at its end, rejects when it breaks off. */
export async function readLines(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  response.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of response) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onLine(line);
    }
  } catch (cause) {
    throw unavailable(cause, undefined);
  }
  if (rest.trim() !== '') onLine(rest);
}

function unavailable(cause: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted === true) return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause });
  if (cause instanceof Fault) return cause;
  return new Fault('EngineUnavailable', 'Cannot connect to the Docker daemon. Is the docker daemon running?', {
    retryable: true,
    cause,
  });
}

function refusal(status: number, text: string): Fault {
  const body = refusalBody(text);
  const message = `Error response from daemon: ${typeof body['message'] === 'string' ? body['message'] : text.trim()}`;
  if (status === 404) return new Fault('NotFound', message);
  if (status === 409 || isPodmanConflict(body)) return new Fault('Conflict', message);
  return new Fault('EngineError', message);
}

function refusalBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
