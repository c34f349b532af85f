import { assert } from './assert.ts';
import type { Clock } from './clock.ts';

type Queue = Set<() => void>;

/**
 * Who waits: those who ask something; and what the agents report together with the loops that act on it, so that a loop
 * that waited for many reports looks once at all of them.
 */
export type Line = 'callers' | 'upkeep';

/**
 * Keeps the turns of the event loop short. Whoever has much to do passes before each piece of it: at once while the turn
 * is young, else in a later turn. Each line is first come first served, and the lines take turns: thousands of agents
 * that report at once do not hold up the one who asks, and nobody who has much to do those who have little.
 */
export class Turnstile {
  readonly #turnMs: number;
  readonly #clock: Clock;
  readonly #first: Queue = new Set();
  readonly #lines: Readonly<Record<Line, Queue>> = { callers: new Set(), upkeep: new Set() };
  /** The line whose turn it is comes first. */
  #order: readonly Queue[] = Object.values(this.#lines);
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
  pass(line: Line): Promise<void> {
    if (this.#open || (this.#nextQueue() === undefined && !this.#isOver())) return Promise.resolve();
    return wait(this.#lines[line]);
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
    for (const queue of [this.#first, ...this.#order]) {
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

  #nextQueue(): Queue | undefined {
    return this.#first.size > 0 ? this.#first : this.#order.find(({ size }) => size > 0);
  }

  async #nextTurn(): Promise<void> {
    this.#startedAtMs = undefined;
    if (this.#releasing) return;
    this.#releasing = true;
    for (let queue = this.#nextQueue(); queue !== undefined && !this.#isOver(); queue = this.#nextQueue()) {
      const [resolve] = queue;
      assert(resolve !== undefined, 'a queue that is next is not empty');
      queue.delete(resolve);
      if (queue !== this.#first) this.#order = [...this.#order.filter((each) => each !== queue), queue];
      resolve();
      // The piece of work runs now; what it took decides about the next.
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#releasing = false;
  }
}

function wait(queue: Queue): Promise<void> {
  return new Promise((resolve) => {
    queue.add(resolve);
  });
}
