import type { Clock, Timer } from '#base';

/** Lets a bounded number through per turn, first come first served, so that many at once never hold the process up. */
export class Turnstile {
  readonly #perTurn: number;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #left: number;
  #turn: Timer | undefined;
  #open = false;

  constructor(options: { readonly perTurn: number }, deps: { readonly clock: Clock }) {
    this.#perTurn = options.perTurn;
    this.#clock = deps.clock;
    this.#left = options.perTurn;
  }

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#release();
    });
  }

  /** Lets everyone through from now on. */
  open(): void {
    this.#open = true;
    this.#turn?.cancel();
    this.#release();
  }

  #release(): void {
    for (const resolve of this.#waiting) {
      if (!this.#open && this.#left === 0) break;
      this.#left--;
      this.#waiting.delete(resolve);
      resolve();
    }
    if (this.#open || this.#turn !== undefined || this.#left === this.#perTurn) return;
    this.#turn = this.#clock.setTimer(0, () => {
      this.#turn = undefined;
      this.#left = this.#perTurn;
      this.#release();
    });
  }
}
