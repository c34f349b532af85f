import { connectTo } from './connection.ts';

/** What the process that makes the load is told. */
export interface LoadOrder {
  /** Absent: 127.0.0.1. */
  readonly host?: string;
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
      let connection = await connectTo(this.#order.port, this.#order.host);
      while (performance.now() < endsAt) {
        const sentAt = performance.now();
        const { head } = await connection.exchange(this.#requests[this.#next++ % this.#requests.length] ?? Buffer.of());
        this.#took.push(performance.now() - sentAt);
        if (!head.startsWith('HTTP/1.1 200')) this.#refuse(head);
        if (!/\r\nconnection: close/i.test(head)) continue;
        connection.socket.destroy();
        connection = await connectTo(this.#order.port, this.#order.host);
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

process.on('message', (order: LoadOrder) => {
  void new Load(order).run().then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
