import type { Clock } from '#base';
import { abnormalClose, type DataConnection } from './connection.ts';

export interface DataPairOptions {
  /** What becomes of a message: after how long it arrives, as often as there are numbers; none is lost. */
  readonly fate?: (data: string | Uint8Array) => readonly number[];
}

/** Two ends of a connection in memory, under a given clock. Closing one end closes the other after what was sent. */
export function dataPair(
  options: DataPairOptions,
  deps: { readonly clock: Clock },
): readonly [DataConnection, DataConnection] {
  const fate = options.fate ?? (() => [1]);
  const a = new End(fate, deps.clock);
  const b = new End(fate, deps.clock);
  a.other = b;
  b.other = a;
  return [a, b];
}

/** There and back, and after what the other end says to what came before. */
const pingMs = 3;

/** Cuts a connection: both ends hear that it ended without a word. What was on its way is lost. */
export function cut(...ends: readonly DataConnection[]): void {
  for (const end of ends) if (end instanceof End) end.end(abnormalClose, '');
}

class End implements DataConnection {
  readonly #fate: (data: string | Uint8Array) => readonly number[];
  readonly #clock: Clock;
  readonly #onMessage: ((data: string | Uint8Array) => void)[] = [];
  readonly #onClose: ((code: number, reason: string) => void)[] = [];
  other: End | undefined;
  #closed = false;

  constructor(fate: (data: string | Uint8Array) => readonly number[], clock: Clock) {
    this.#fate = fate;
    this.#clock = clock;
  }

  send(data: string | Uint8Array): void {
    if (this.#closed) return;
    for (const delayMs of this.#fate(data)) this.#clock.setTimer(delayMs, () => this.other?.arrive(data));
  }

  ping(answered: () => void): void {
    if (this.#closed) return;
    this.#clock.setTimer(pingMs, () => {
      if (!this.#closed) answered();
    });
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.end(code, reason);
    this.#clock.setTimer(1, () => this.other?.end(code, reason));
  }

  onMessage(listener: (data: string | Uint8Array) => void): void {
    this.#onMessage.push(listener);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#onClose.push(listener);
  }

  arrive(data: string | Uint8Array): void {
    if (this.#closed) return;
    // Whoever begins to listen because of this message hears the next.
    for (const listener of this.#onMessage.slice()) listener(data);
  }

  end(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#onClose) listener(code, reason);
  }
}
