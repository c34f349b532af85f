import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What the process that makes the load is told. */
export interface LoadOrder {
  readonly port: number;
  /** Complete HTTP/1.1 requests with `Connection: keep-alive`, sent in turn. */
  readonly requests: readonly string[];
  /** Each has one request under way at a time. */
  readonly connections: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  /** Answers with another status than 200. */
  readonly refused: number;
  /** The first of those. */
  readonly refusal?: string;
}

/** Clients that do as little as they can, so that the server is what is measured: no parser, no object per answer. */
class Load {
  readonly #order: LoadOrder;
  readonly #requests: readonly Buffer[];
  readonly #took: number[] = [];
  #next = 0;
  #refused = 0;
  #refusal: string | undefined;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#requests = order.requests.map((text) => Buffer.from(text));
  }

  async run(): Promise<LoadResult> {
    const started = performance.now();
    const endsAt = started + this.#order.durationMs;
    const client = async (): Promise<void> => {
      let connection = await open(this.#order.port);
      while (performance.now() < endsAt) {
        const sentAt = performance.now();
        const head = await connection.exchange(this.#requests[this.#next++ % this.#requests.length] ?? Buffer.of());
        this.#took.push(performance.now() - sentAt);
        if (!head.startsWith('HTTP/1.1 200')) this.#refuse(head);
        if (!/\r\nconnection: close/i.test(head)) continue;
        connection.socket.destroy();
        connection = await open(this.#order.port);
      }
      connection.socket.destroy();
    };
    await Promise.all(Array.from({ length: this.#order.connections }, client));
    return this.#result((performance.now() - started) / 1000);
  }

  #refuse(head: string): void {
    this.#refused += 1;
    this.#refusal ??= head;
  }

  #result(seconds: number): LoadResult {
    this.#took.sort((a, b) => a - b);
    return {
      perSecond: this.#took.length / seconds,
      p50Ms: this.#took[this.#took.length >> 1] ?? Number.NaN,
      refused: this.#refused,
      ...(this.#refusal === undefined ? {} : { refusal: this.#refusal }),
    };
  }
}

async function open(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return new Connection(socket);
}

class Connection {
  readonly socket: Socket;
  #head: string | undefined;
  #early: Buffer | undefined;
  #missing = 0;
  #settle: { readonly resolve: (head: string) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection before its answer')));
  }

  /** Sends a request; gives the head of its answer once the whole answer is there. */
  exchange(request: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.socket.write(request);
    });
  }

  #take(chunk: Buffer): void {
    if (this.#head === undefined) this.#takeHead(chunk);
    else this.#missing -= chunk.length;
    if (this.#head === undefined || this.#missing > 0) return;
    const head = this.#head;
    this.#head = undefined;
    this.#settle?.resolve(head);
    this.#settle = undefined;
  }

  #takeHead(chunk: Buffer): void {
    const bytes = this.#early === undefined ? chunk : Buffer.concat([this.#early, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    this.#early = end < 0 ? bytes : undefined;
    if (end < 0) return;
    this.#head = bytes.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
    if (length === undefined) throw new Error(`an answer without a length: ${this.#head}`);
    this.#missing = Number(length) - (bytes.length - end - 4);
  }
}

process.on('message', (order: LoadOrder) => {
  void new Load(order).run().then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
