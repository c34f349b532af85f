import type { Clock } from './clock.ts';

/**
 * Keeps the turns of the event loop short. Whoever has much to do passes before each piece of it: at once while the turn
 * is young, else in a later turn, first come first served. So nobody who has much to do holds up those who have little.
 */
export class Turnstile {
  readonly #turnMs: number;
  readonly #clock: Clock;
  readonly #first = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  /** When the present turn was first seen; undefined before anybody passed in it. */
  #startedAtMs: number | undefined;
  #releasing = false;
  #open = false;

  /** `turnMs` is how long those who pass may keep a turn. */
  constructor(options: { readonly turnMs: number }, deps: { readonly clock: Clock }) {
    this.#turnMs = options.turnMs;
    this.#clock = deps.clock;
  }

  /** Await it directly before a piece of work that does not wait for anything itself. */
  pass(): Promise<void> {
    const isFree = this.#waiting.size === 0 && this.#first.size === 0;
    return this.#open || (isFree && !this.#isOver()) ? Promise.resolve() : wait(this.#waiting);
  }

  /**
   * Passes before all who wait. For who ends what was begun, and for who does many pieces one after the other: such a
   * one would wait anew for each of them.
   */
  passFirst(): Promise<void> {
    return this.#open || (this.#first.size === 0 && !this.#isOver()) ? Promise.resolve() : wait(this.#first);
  }

  /** Lets everyone through from now on. */
  open(): void {
    this.#open = true;
    for (const queue of [this.#first, this.#waiting]) {
      for (const resolve of queue) resolve();
      queue.clear();
    }
  }

  #isOver(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#startedAtMs === undefined) {
      this.#startedAtMs = nowMs;
      this.#clock.setTimer(0, () => void this.#nextTurn());
    }
    return nowMs - this.#startedAtMs >= this.#turnMs;
  }

  async #nextTurn(): Promise<void> {
    this.#startedAtMs = undefined;
    if (this.#releasing) return;
    this.#releasing = true;
    while (this.#first.size + this.#waiting.size > 0 && !this.#isOver()) {
      const queue = this.#first.size > 0 ? this.#first : this.#waiting;
      const [resolve] = queue;
      if (resolve === undefined) break;
      queue.delete(resolve);
      resolve();
      // The piece of work runs now; what it took decides about the next.
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#releasing = false;
  }
}

function wait(queue: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    queue.add(resolve);
  });
}
