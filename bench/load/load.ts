import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clock } from '#base';
import { type Credentials, SigningKeys, signRequest } from '#wire/aws';
import type { BareAnswer } from './bare-server.ts';
import type { LoadOrder, LoadResult } from './generator.ts';

/** A program of this folder in a process of its own; disposing of it ends the process. */
class Helper implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(program: string, namespace?: string) {
    const node = [process.execPath, fileURLToPath(new URL(program, import.meta.url))];
    const [command = '', ...args] = namespace === undefined ? node : ['nsenter', `--net=${namespace}`, ...node];
    this.#child = spawn(command, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    this.#exited = once(this.#child, 'exit');
  }

  /** Sends it a message; gives its answer. */
  async ask<T>(message: object): Promise<T> {
    const answer = once(this.#child, 'message') as Promise<[T]>;
    this.#child.send(message);
    const ended = this.#exited.then(() => {
      throw new Error('the process ended without an answer');
    });
    return (await Promise.race([answer, ended]))[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#exited;
  }
}

/**
 * Sends requests over kept-open connections from a process of its own, for a bounded time. `namespace`: the path of the
 * network namespace that it is in.
 */
export async function load(order: LoadOrder, namespace?: string): Promise<LoadResult> {
  await using generator = new Helper('generator.ts', namespace);
  const result = await generator.ask<LoadResult>(order);
  if (result.refused > 0) throw new Error(`${result.refused} requests were refused: ${result.refusal}`);
  return result;
}

/** A server in a process of its own that answers everything with the same bytes. */
export async function startBareServer(answer: BareAnswer): Promise<AsyncDisposable & { readonly port: number }> {
  const server = new Helper('bare-server.ts');
  try {
    const port = await server.ask<number>(answer);
    return { port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** A signed ECS call as text, ready to be sent; good for 15 minutes. */
export function signedCall(
  operation: string,
  input: object,
  target: { readonly port: number; readonly credentials: Credentials; readonly clock: Clock },
): string {
  const body = JSON.stringify(input);
  const request = {
    method: 'POST',
    url: '/',
    headers: {
      host: `127.0.0.1:${target.port}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: Buffer.from(body),
  };
  const { credentials, clock } = target;
  const signed = signRequest(request, { credentials, region: 'us-east-1', service: 'ecs', now: clock.now(), keys });
  const headers = { ...signed, 'content-length': request.body.length, connection: 'keep-alive' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

const keys = new SigningKeys(4);
