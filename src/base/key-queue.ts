import type { Clock, Timer } from './clock.ts';
import { elapsedMs, type Instant } from './time.ts';

/**
 * A work queue of keys: a key waits once however often it is added; a key added while it is being worked on runs
 * again afterwards; `addAt` waits, and an earlier instant for the same key wins.
 * At most `lanes` keys are worked on at a time, never the same key twice at once. Work may give how long its key is to
 * be left alone, in ms: what is added meanwhile waits for that.
 */
export class KeyQueue {
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  /** Keys left alone for now. */
  readonly #resting = new Map<string, Timer>();
  readonly #delayed = new Map<string, { at: Instant; timer: Timer }>();
  readonly #clock: Clock;
  readonly #work: (key: string) => Promise<number | void>;
  readonly #lanes: number;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(options: { clock: Clock; lanes: number; work: (key: string) => Promise<number | void> }) {
    this.#clock = options.clock;
    this.#lanes = options.lanes;
    this.#work = options.work;
  }

  get depth(): number {
    return this.#waiting.size + this.#running.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#running.has(key) || this.#resting.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#pump();
  }

  addAt(key: string, at: Instant): void {
    if (this.#closed) return;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined && delayed.at <= at) return;
    delayed?.timer.cancel();
    const timer = this.#clock.setTimer(Math.max(0, elapsedMs(this.#clock.now(), at)), () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, timer });
  }

  /** Forgets what waits; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    this.#again.clear();
    for (const { timer } of this.#delayed.values()) timer.cancel();
    for (const timer of this.#resting.values()) timer.cancel();
    this.#delayed.clear();
    this.#resting.clear();
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    while (this.#running.size < this.#lanes) {
      const next = this.#waiting.values().next();
      if (next.done === true) return;
      this.#waiting.delete(next.value);
      void this.#run(next.value);
    }
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key);
    let restMs = 0;
    try {
      restMs = (await this.#work(key)) ?? 0;
    } finally {
      this.#running.delete(key);
      if (restMs > 0 && !this.#closed) this.#rest(key, restMs);
      else this.#resume(key);
      if (this.#running.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      this.#pump();
    }
  }

  #rest(key: string, restMs: number): void {
    const timer = this.#clock.setTimer(restMs, () => {
      this.#resting.delete(key);
      this.#resume(key);
      this.#pump();
    });
    this.#resting.set(key, timer);
  }

  #resume(key: string): void {
    if (this.#again.delete(key) && !this.#closed) this.#waiting.add(key);
  }
}
