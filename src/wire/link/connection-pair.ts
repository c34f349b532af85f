import type { Clock } from '#base';
import type { Connection } from './connection.ts';

export interface ConnectionPairOptions {
  /** How long a frame or a close takes to the other side; drawn anew for each, and order is kept. Default 0. */
  readonly latencyMs?: () => number;
}

export interface ConnectionPair {
  readonly client: Connection;
  readonly server: Connection;
  /** The network breaks: what is under way is lost, and both ends learn of it as 1006 after `noticedAfterMs`. */
  cut(noticedAfterMs?: number): void;
}

/**
 * Two ends of one connection in memory, for simulations and tests. Frames are delivered in order and never within
 * `send`; listeners set before the first delivery miss nothing. A close reaches the other side behind the frames sent
 * before it, and the closing side at once, though not within `close`.
 */
export function connectionPair(clock: Clock, options: ConnectionPairOptions = {}): ConnectionPair {
  const client = new End(clock, options);
  const server = new End(clock, options);
  client.join(server);
  server.join(client);
  return {
    client,
    server,
    cut: (noticedAfterMs = 0) => {
      client.cut(noticedAfterMs);
      server.cut(noticedAfterMs);
    },
  };
}

type Delivery =
  | { readonly text: string }
  | { readonly sign: 'ping' | 'pong' }
  | { readonly code: number; readonly reason: string };

class End implements Connection {
  readonly #clock: Clock;
  readonly #latencyMs: () => number;
  #peer: End | undefined;
  #onMessage: ((text: string) => void)[] = [];
  readonly #onSign: (() => void)[] = [];
  #onClose: ((code: number, reason: string) => void)[] = [];
  /** What is on its way here, oldest first. */
  #incoming: Delivery[] = [];
  #closing = false;
  #closed = false;

  constructor(clock: Clock, options: ConnectionPairOptions) {
    this.#clock = clock;
    this.#latencyMs = options.latencyMs ?? (() => 0);
  }

  join(peer: End): void {
    this.#peer = peer;
  }

  send(text: string): void {
    if (!this.#closing && !this.#closed) this.#peer?.receive({ text });
  }

  ping(): void {
    this.#sign('ping');
  }

  onSign(listener: () => void): void {
    this.#onSign.push(listener);
  }

  close(code: number, reason: string): void {
    if (this.#closing || this.#closed) return;
    this.#closing = true;
    this.#peer?.receive({ code, reason });
    this.#clock.setTimer(0, () => this.#end(code, reason));
  }

  onMessage(listener: (text: string) => void): void {
    this.#onMessage.push(listener);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#onClose.push(listener);
  }

  receive(delivery: Delivery): void {
    this.#incoming.push(delivery);
    // Each timer delivers the oldest, so that a shorter latency never lets a frame overtake another.
    this.#clock.setTimer(this.#latencyMs(), () => this.#deliver());
  }

  cut(noticedAfterMs: number): void {
    if (this.#closed) return;
    this.#closing = true;
    this.#incoming = [];
    this.#clock.setTimer(noticedAfterMs, () => this.#end(1006, ''));
  }

  #deliver(): void {
    const delivery = this.#incoming.shift();
    if (delivery === undefined || this.#closed) return;
    if ('text' in delivery) {
      for (const listener of this.#onMessage) listener(delivery.text);
    } else if ('sign' in delivery) {
      if (delivery.sign === 'ping') this.#sign('pong');
      for (const listener of this.#onSign) listener();
    } else {
      this.#end(delivery.code, delivery.reason);
    }
  }

  #sign(sign: 'ping' | 'pong'): void {
    if (!this.#closing && !this.#closed) this.#peer?.receive({ sign });
  }

  #end(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#onClose) listener(code, reason);
  }
}
