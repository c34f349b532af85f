import type { Clock } from '#base';
import type { Connection } from '#wire/link';

/** Which way: from the agent up to the control plane, or down to it. */
export type Direction = 'up' | 'down';

interface LinkDeps {
  readonly clock: Clock;
  /** How long the next frame takes. */
  readonly latencyMs: () => number;
  /** How long frames may be held up before the connection is given up, drawn anew for each connection. */
  readonly patienceMs: number;
  /** The connection was closed or broken. */
  readonly onOver: () => void;
}

/**
 * One connection: an ordered stream each way, as a websocket is. Nothing overtakes and nothing is lost in the middle:
 * what a network does to it is delay, holding one direction up, and breaking, with what is under way lost and each end
 * noticing at its own time or never.
 */
export class Link {
  /** The agent's end. */
  readonly client: Connection;
  /** The control plane's end. */
  readonly server: Connection;
  readonly #deps: LinkDeps;
  readonly #up: Stream;
  readonly #down: Stream;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
    const client = new End((frame) => this.#up.send(frame));
    const server = new End((frame) => this.#down.send(frame));
    this.#up = new Stream(deps, server, client);
    this.#down = new Stream(deps, client, server);
    this.client = client;
    this.server = server;
  }

  /** Holds one direction up until it is let go; breaks when that takes too long. */
  block(direction: Direction): void {
    const stream = direction === 'up' ? this.#up : this.#down;
    if (stream.held) return;
    stream.hold();
    this.#deps.clock.setTimer(this.#deps.patienceMs, () => {
      if (stream.held) this.break({ clientMs: 0, serverMs: 0 });
    });
  }

  unblock(direction: Direction): void {
    (direction === 'up' ? this.#up : this.#down).release();
  }

  /** The connection is no more. Each end learns of it after a while, or never. */
  break(notice: { readonly clientMs: number | undefined; readonly serverMs: number | undefined }): void {
    this.#up.cut();
    this.#down.cut();
    this.#notice(this.client as End, notice.clientMs);
    this.#notice(this.server as End, notice.serverMs);
    this.#deps.onOver();
  }

  #notice(end: End, afterMs: number | undefined): void {
    if (afterMs === undefined) return;
    this.#deps.clock.setTimer(afterMs, () => end.closed(1006, ''));
  }
}

type Frame =
  | { readonly text: string }
  | { readonly sign: 'ping' | 'pong' }
  | { readonly code: number; readonly reason: string };

/** One direction: frames arrive in the order they were sent. */
class Stream {
  held = false;
  readonly #deps: LinkDeps;
  readonly #to: End;
  readonly #from: End;
  #waiting: Frame[] = [];
  #cut = false;

  constructor(deps: LinkDeps, to: End, from: End) {
    this.#deps = deps;
    this.#to = to;
    this.#from = from;
  }

  send(frame: Frame): void {
    if ('code' in frame) {
      // The closing end learns of it at once, though not within its own call.
      this.#deps.clock.setTimer(0, () => this.#from.closed(frame.code, frame.reason));
      this.#deps.onOver();
    }
    if (this.#cut) return;
    this.#waiting.push(frame);
    if (!this.held) this.#arriveIn(this.#deps.latencyMs());
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    for (const _ of this.#waiting) this.#arriveIn(this.#deps.latencyMs());
  }

  cut(): void {
    this.#cut = true;
    this.#waiting = [];
  }

  /** Each arrival takes the oldest, so that a shorter way never lets a frame overtake. */
  #arriveIn(delayMs: number): void {
    this.#deps.clock.setTimer(delayMs, () => {
      if (this.held) return;
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      if ('text' in frame) this.#to.arrived(frame.text);
      else if ('sign' in frame) this.#to.signed(frame.sign);
      else this.#to.closed(frame.code, frame.reason);
    });
  }
}

class End implements Connection {
  readonly #send: (frame: Frame) => void;
  readonly #onMessage: ((text: string) => void)[] = [];
  readonly #onClose: ((code: number, reason: string) => void)[] = [];
  readonly #onSign: (() => void)[] = [];
  #closing = false;
  #closed = false;

  constructor(send: (frame: Frame) => void) {
    this.#send = send;
  }

  send(text: string): void {
    if (!this.#closing && !this.#closed) this.#send({ text });
  }

  close(code: number, reason: string): void {
    if (this.#closing || this.#closed) return;
    this.#closing = true;
    this.#send({ code, reason });
  }

  ping(): void {
    if (!this.#closing && !this.#closed) this.#send({ sign: 'ping' });
  }

  onSign(listener: () => void): void {
    this.#onSign.push(listener);
  }

  onMessage(listener: (text: string) => void): void {
    this.#onMessage.push(listener);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#onClose.push(listener);
  }

  arrived(text: string): void {
    if (!this.#closed) for (const listener of this.#onMessage) listener(text);
  }

  signed(sign: 'ping' | 'pong'): void {
    if (this.#closed) return;
    if (sign === 'ping' && !this.#closing) this.#send({ sign: 'pong' });
    for (const listener of this.#onSign) listener();
  }

  closed(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#onClose) listener(code, reason);
  }
}
