import type { Clock } from './clock.ts';

/**
 * Keeps the turns of the event loop short. Whoever has much to do passes before each piece of it: at once while the turn
 * is young, else in a later turn, first come first served. So nobody who has much to do holds up those who have little.
 */
export class Turnstile {
  readonly #turnMs: number;
  readonly #clock: Clock;
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
    if (this.#open || (this.#waiting.size === 0 && !this.#isOver())) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  /** Lets everyone through from now on. */
  open(): void {
    this.#open = true;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
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
    for (const resolve of this.#waiting) {
      if (this.#isOver()) break;
      this.#waiting.delete(resolve);
      resolve();
      // The piece of work runs now; what it took decides about the next.
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#releasing = false;
  }
}
