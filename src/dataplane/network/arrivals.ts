import type { Clock } from '#base';

/** Interfaces whose rules are in effect, and who waits for one. */
export class Arrivals {
  readonly #patienceMs: number;
  readonly #clock: Clock;
  #there: ReadonlySet<string> = new Set();
  readonly #waiting = new Map<string, Set<(arrived: boolean) => void>>();

  constructor({ patienceMs }: { readonly patienceMs: number }, { clock }: { readonly clock: Clock }) {
    this.#patienceMs = patienceMs;
    this.#clock = clock;
  }

  set(interfaceIds: Iterable<string>): void {
    this.#there = new Set(interfaceIds);
    for (const [id, waiting] of this.#waiting) {
      if (!this.#there.has(id)) continue;
      this.#waiting.delete(id);
      for (const resolve of waiting) resolve(true);
    }
  }

  /** Whether it came in time. */
  awaited(interfaceId: string): Promise<boolean> {
    if (this.#there.has(interfaceId)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(interfaceId) ?? new Set();
      this.#waiting.set(interfaceId, waiting);
      const timer = this.#clock.setTimer(this.#patienceMs, () => {
        waiting.delete(answer);
        if (waiting.size === 0 && this.#waiting.get(interfaceId) === waiting) this.#waiting.delete(interfaceId);
        resolve(false);
      });
      const answer = (arrived: boolean): void => {
        timer.cancel();
        resolve(arrived);
      };
      waiting.add(answer);
    });
  }
}
