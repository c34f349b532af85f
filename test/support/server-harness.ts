import { connect } from 'node:net';
import { Ids, Metrics, SeededRandom, silentLogger } from '#base';
import { Answerer, createRequestMeter, listen, Upgrades } from '#endpoint';
import { MemoryDisk, MemoryJournal } from '#store';
import { createCodec, createRouter, loadModel, signRequest } from '#wire/aws';
import { type ControlPlane, startControlPlane } from '../../src/main/control-plane.ts';
import { showControlPlane } from '../../src/main/metrics/control-plane.ts';
import { measuredJournal } from '../../src/main/metrics/journal.ts';
import { SystemClock } from '../../src/main/system-clock.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ServerHarness extends AsyncDisposable {
  readonly url: string;
  readonly controlPlane: ControlPlane;
  /** The simulated disk under the store, which can be made to fail. */
  readonly disk: MemoryDisk;
  readonly root: Credentials;
  /** A signed awsJson call, unless something is said about how it differs. */
  send(operation: string, input: unknown, difference?: Difference): Promise<HttpAnswer>;
  /** Raw bytes over a socket; gives all that came back until the other side closed or `quietMs` of silence. */
  raw(bytes: string | Uint8Array, quietMs?: number): Promise<string>;
}

export interface Difference {
  readonly target?: string;
  readonly service?: string;
  readonly region?: string;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  readonly signedAtOffsetMs?: number;
  readonly unsigned?: boolean;
  /** Changes the request after it was signed. */
  readonly tamper?: (body: string) => string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
  readonly json: any;
}

/** The whole control plane behind a real socket, with a store in memory and the system's clock. */
export async function serverHarness(options: { requestTimeoutMs?: number } = {}): Promise<ServerHarness> {
  const clock = new SystemClock();
  const random = new SeededRandom(7);
  const disk = new MemoryDisk();
  const metrics = new Metrics();
  const controlPlane = await startControlPlane(
    { version: 'test', region: 'us-east-1', masterKey: new Uint8Array(32).fill(7) },
    { journal: measuredJournal(new MemoryJournal(disk), metrics), clock, random, logger: silentLogger },
  );
  showControlPlane(metrics, controlPlane);
  const answerer = new Answerer({
    api: controlPlane.api,
    router: createRouter(loadModel()),
    codec: createCodec(),
    findIdentity: controlPlane.findIdentity,
    clock,
    ids: new Ids(random),
    logger: silentLogger,
    turns: controlPlane.turns,
    meter: createRequestMeter({ metrics, clock }),
  });
  const listener = await listen(
    { host: '127.0.0.1', port: 0, ...options },
    {
      answerer,
      upgrades: new Upgrades({ ...controlPlane, answerer }),
      health: () => ({ status: 'ready' }),
      metrics: { readers: 'local', text: () => metrics.text() },
      clock,
      logger: silentLogger,
    },
  );
  const root = controlPlane.rootKeys.default;

  const send: ServerHarness['send'] = async (operation, input, difference = {}) => {
    const body = difference.body ?? JSON.stringify(input);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const headers: Record<string, string> = {
      host: new URL(listener.url).host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': difference.target ?? `AmazonEC2ContainerServiceV20141113.${operation}`,
      ...difference.headers,
    };
    const signed =
      difference.unsigned === true
        ? {}
        : signRequest(
            { method: 'POST', url: '/', headers, body: bytes },
            {
              credentials: difference.credentials ?? root,
              region: difference.region ?? 'us-east-1',
              service: difference.service ?? 'ecs',
              now: (clock.now() + (difference.signedAtOffsetMs ?? 0) / 1000) as ReturnType<typeof clock.now>,
            },
          );
    const sent =
      difference.tamper === undefined ? bytes : Buffer.from(difference.tamper(Buffer.from(bytes).toString()));
    const { host: _, ...rest } = { ...headers, ...signed } as Record<string, string>;
    const response = await fetch(`${listener.url}/`, {
      method: 'POST',
      headers: rest,
      body: sent as Uint8Array<ArrayBuffer>,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };

  return {
    url: listener.url,
    controlPlane,
    disk,
    root,
    send,
    raw: (bytes, quietMs = 1_000) => rawExchange(listener.url, bytes, quietMs),
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await controlPlane[Symbol.asyncDispose]();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rawExchange(url: string, bytes: string | Uint8Array, quietMs: number): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}
