import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { SystemClock } from '../src/main/system-clock.ts';
import { freePort } from '../test/support/free-port.ts';
import { type Answer, endProcess, type Installation } from '../test/support/installation.ts';
import { signedCall } from './load/load.ts';

/** A server of the ECS API, and how it is called. */
export interface Side {
  readonly port: number;
  readonly launchType: 'EC2' | 'FARGATE';
  call(operation: string, input: object): Promise<Answer>;
  /** The call as text, signed. */
  signed(operation: string, input: object): string;
}

export class Roadstead implements Side {
  readonly launchType = 'EC2';
  readonly #installation: Installation;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  get port(): number {
    return this.#installation.port;
  }

  call(operation: string, input: object): Promise<Answer> {
    return this.#installation.call(operation, input);
  }

  signed(operation: string, input: object): string {
    const { clock } = this.#installation;
    return signedCall(operation, input, { port: this.port, credentials: this.#installation.keys(), clock });
  }
}

/** moto_server in a process of its own. It places nothing, so its tasks ask for no instance; it checks no signature. */
export class Moto implements Side, AsyncDisposable {
  readonly launchType = 'FARGATE';
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  /** Rejects when it is not installed, or does not start. */
  static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    await once(child, 'spawn');
    const moto = new Moto(port, child);
    const deadline = performance.now() + 60_000;
    while (!(await moto.#answers())) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('it did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return moto;
  }

  async call(operation: string, input: object): Promise<Answer> {
    const response = await send(this.port, this.signed(operation, input));
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
    return await response.json();
  }

  signed(operation: string, input: object): string {
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    return signedCall(operation, input, { port: this.port, credentials, clock: new SystemClock() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined) await endProcess(this.#child.pid);
  }

  async #answers(): Promise<boolean> {
    return await this.call('ListClusters', {}).then(
      () => true,
      () => false,
    );
  }
}

/** Sends a call that was prepared as text. */
export function send(port: number, text: string): Promise<Response> {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const lines = head.split('\r\n').slice(1);
  const headers = lines.map((line) => line.split(': ', 2) as [string, string]);
  const sent = headers.filter(([name]) => name !== 'host' && name !== 'connection' && name !== 'content-length');
  return fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: sent, body });
}
