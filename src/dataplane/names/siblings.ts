import { mkdir, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import type { Clock } from '#base';
import type { Transport } from './forwarder.ts';
import { FrameReader, framed } from './frames.ts';
import { limits } from './limits.ts';

/** Answers a question of whoever asks from that address; `undefined`: it knows neither who asks nor what is asked for. */
export type AnswerFor = (
  message: Buffer,
  from: string,
  transport: Transport,
) => Buffer | undefined | Promise<Buffer | undefined>;

/** The other agents of this host, as a port. */
export interface Siblings {
  /** Lets the others ask. */
  serve(answer: AnswerFor): Promise<AsyncDisposable>;
  /** The answer of the first that has one. */
  ask(message: Buffer, from: string, transport: Transport): Promise<Buffer | undefined>;
}

/**
 * Agents of one host listen at the same addresses, and the kernel gives a question to any of them. One that knows
 * neither who asks nor the name hands it on over the others' socket files, which only their user reaches.
 */
export class SocketSiblings implements Siblings {
  readonly #directory: string;
  readonly #name: string;
  #known: { readonly names: readonly string[]; readonly until: number } = { names: [], until: 0 };
  readonly #clock: Pick<Clock, 'monotonicMs'>;

  constructor(options: { readonly directory: string; readonly name: string }, clock: Pick<Clock, 'monotonicMs'>) {
    this.#directory = options.directory;
    this.#name = `${options.name}.sock`;
    this.#clock = clock;
  }

  async serve(answer: AnswerFor): Promise<AsyncDisposable> {
    const path = `${this.#directory}/${this.#name}`;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await rm(path, { force: true });
    const server = createServer((socket) => {
      const reader = new FrameReader();
      socket.setTimeout(limits.connectionIdleMs, () => socket.destroy());
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes) => {
        for (const frame of reader.read(bytes)) {
          const { from, transport, message } = unpacked(frame);
          void Promise.resolve(answer(message, from, transport)).then(
            (found) => socket.end(framed(found ?? Buffer.alloc(0))),
            () => socket.destroy(),
          );
        }
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path }, resolve);
    });
    return { [Symbol.asyncDispose]: () => closed(server) };
  }

  async ask(message: Buffer, from: string, transport: Transport): Promise<Buffer | undefined> {
    for (const name of await this.#others()) {
      const answer = await exchange(`${this.#directory}/${name}`, packed(message, from, transport));
      if (answer !== undefined && answer.length > 0) return answer;
    }
    return undefined;
  }

  /** Forgets this agent, which no longer runs; gives whether another does. */
  async leave(): Promise<boolean> {
    await rm(`${this.#directory}/${this.#name}`, { force: true });
    const there = await Promise.all((await this.#others()).map((name) => isServed(`${this.#directory}/${name}`)));
    return there.includes(true);
  }

  async #others(): Promise<readonly string[]> {
    const now = this.#clock.monotonicMs();
    if (now < this.#known.until) return this.#known.names;
    const all = await readdir(this.#directory).catch(() => []);
    const names = all.filter((name) => name.endsWith('.sock') && name !== this.#name);
    this.#known = { names, until: now + limits.siblingsKeptMs };
    return names;
  }
}

function packed(message: Buffer, from: string, transport: Transport): Buffer {
  const address = Buffer.from(from);
  return framed(Buffer.concat([Buffer.of(transport === 'udp' ? 0 : 1, address.length), address, message]));
}

function unpacked(frame: Buffer): { readonly from: string; readonly transport: Transport; readonly message: Buffer } {
  const length = frame[1] ?? 0;
  const from = frame.toString('latin1', 2, 2 + length);
  return { from, transport: frame[0] === 0 ? 'udp' : 'tcp', message: frame.subarray(2 + length) };
}

/** `undefined` when nobody is there: a killed agent leaves its file behind. */
function exchange(path: string, question: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const reader = new FrameReader();
    const socket = connect({ path });
    socket.setTimeout(limits.siblingTimeoutMs, () => socket.destroy());
    socket.on('data', (bytes) => {
      const [answer] = reader.read(bytes);
      if (answer !== undefined) resolve(answer);
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(undefined));
    socket.write(question);
  });
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
