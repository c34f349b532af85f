import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess } from './installation.ts';

export interface RelayOptions {
  /** The network namespace, by its path, from which this machine's port is to be reached. */
  readonly namespace: string;
  /** Where it is reached there; an address of a device in it. */
  readonly address: string;
  /** On the loopback of this machine, and the same there. */
  readonly port: number;
}

/** Sockets with paths belong to no network: a process in the namespace hands every connection over by one. */
const inside = `
const { connect, createServer } = require('node:net');
const [path, address, port] = process.argv.slice(1);
createServer((from) => {
  const to = connect(path);
  from.pipe(to).pipe(from);
  from.on('error', () => to.destroy());
  to.on('error', () => from.destroy());
}).listen(Number(port), address, () => process.stdout.write('listening'));
`;

/** Lets a network namespace reach one port of this machine's loopback. */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'roadstead-relay-'));
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #child: ChildProcess | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { namespace, address, port } = this.#options;
    const path = `${this.#folder}/relay.sock`;
    const server = createServer((from) => this.#handOn(from, port));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const args = [`--net=${namespace}`, process.execPath, '-e', inside, path, address, String(port)];
    const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child?.pid !== undefined) await endProcess(this.#child.pid, 'SIGKILL');
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) =>
      this.#server === undefined ? resolve() : this.#server.close(() => resolve()),
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #handOn(from: Socket, port: number): void {
    const to = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    }
    from.pipe(to).pipe(from);
  }
}
