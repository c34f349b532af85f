import { type Clock, Fault } from '#base';
import { ApiError } from '#wire/aws';
import type { Draw } from '../world/draw.ts';
import { NetworkFailure, type Peer } from '../world/network.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read member by member
export type Answer = any;

/** A user's program: it repeats what failed without an answer, or on the server's side, until it gives up. */
export class Client {
  readonly #peer: Peer;
  readonly #clock: Clock;
  readonly #draw: Draw | undefined;

  constructor(peer: Peer, clock: Clock, draw?: Draw) {
    this.#peer = peer;
    this.#clock = clock;
    this.#draw = draw;
  }

  /** The same program at one piece of work, whose luck on the network depends on nothing else. */
  at(draw: Draw): Client {
    return new Client(this.#peer, this.#clock, draw);
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(delayMs, resolve));
  }

  /** Rejects with the ApiError of a refusal, or with the last failure after `attempts`. */
  async call(operation: string, input: object, attempts = 8): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#peer.call(operation, input, this.#draw);
      } catch (error) {
        if (attempt >= attempts || !isRetryable(error)) throw error;
      }
      await this.pause(Math.min(1_000 * 2 ** attempt, 30_000));
    }
  }
}

function isRetryable(error: unknown): boolean {
  if (error instanceof NetworkFailure || error instanceof Fault) return true;
  return error instanceof ApiError && error.status >= 500;
}

/** A refusal says that nothing was done; after anything else nobody knows. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && !isRetryable(error);
}
