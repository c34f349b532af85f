import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Socket as Connection, createServer, type Server } from 'node:net';
import { FrameReader, framed } from './frames.ts';
import { limits } from './limits.ts';
import type { AnswerFor } from './siblings.ts';

export interface ListenerOptions {
  readonly address: string;
  readonly port: number;
  readonly answer: AnswerFor;
  /** Whether others of this host listen there too. */
  readonly shared?: boolean;
}

/** One address at which questions are taken, by UDP and TCP. */
export class Listener implements AsyncDisposable {
  readonly address: string;
  readonly #options: ListenerOptions;
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #connections = new Set<Connection>();

  private constructor(options: ListenerOptions) {
    this.address = options.address;
    this.#options = options;
    // An address needs no look-up; without this each answer would wait for a turn of the loop.
    this.#udp = createSocket({
      type: 'udp4',
      reusePort: options.shared === true,
      lookup: (host, _, done) => done(null, host, 4),
    });
    this.#tcp = createServer((connection) => this.#connected(connection));
    this.#tcp.maxConnections = limits.connections;
  }

  /** Rejects when the address is not this host's or somebody else listens there. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    try {
      await listener.#listen();
      return listener;
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The port, which is chosen by the system when none was asked for. */
  get port(): number {
    return this.#udp.address().port;
  }

  async #listen(): Promise<void> {
    const { address, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#udp.once('error', reject);
      this.#udp.bind({ address, port }, resolve);
    });
    this.#udp.removeAllListeners('error');
    this.#udp.on('error', () => undefined);
    this.#udp.on('message', (message, from) => this.#datagram(message, from));
    await new Promise<void>((resolve, reject) => {
      this.#tcp.once('error', reject);
      this.#tcp.listen({ host: address, port: this.port, reusePort: this.#options.shared === true }, resolve);
    });
    this.#tcp.on('error', () => undefined);
  }

  #datagram(message: Buffer, { address, port }: RemoteInfo): void {
    const answer = this.#options.answer(message, address, 'udp');
    const send = (bytes: Buffer | undefined): void => {
      // Who has gone away in the meantime needs no answer.
      if (bytes !== undefined) this.#udp.send(bytes, port, address, ignore);
    };
    if (answer instanceof Promise) void answer.then(send, ignore);
    else send(answer);
  }

  #connected(connection: Connection): void {
    this.#connections.add(connection);
    connection.setTimeout(limits.connectionIdleMs, () => connection.destroy());
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('error', () => connection.destroy());
    const from = connection.remoteAddress ?? '';
    const reader = new FrameReader();
    let underWay = 0;
    connection.on('data', (bytes) => {
      for (const frame of reader.read(bytes)) {
        if (underWay >= limits.pipelined) {
          connection.destroy();
          return;
        }
        underWay += 1;
        void Promise.resolve(this.#options.answer(frame, from, 'tcp')).then((answer) => {
          underWay -= 1;
          if (answer !== undefined && !connection.destroyed) connection.write(framed(answer));
        }, ignore);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([closed(this.#udp), closed(this.#tcp)]);
  }
}

function ignore(): void {
  // Nothing follows from it.
}

function closed(socket: { close(done: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      // It never was open.
      resolve();
    }
  });
}
