import {
  AssertionFailure,
  afterMs,
  backoffMs,
  type Clock,
  Fault,
  KeyQueue,
  type Logger,
  messageOf,
  type Random,
  sleep,
  type Turnstile,
} from '#base';
import type { Revision, RoadsteadCommit, RoadsteadStore } from '#store';
import type { Controller, RecordChange } from './controller.ts';
import { retryBackoff, watchBackoff } from './limits.ts';

export interface RunnerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly turns: Turnstile;
}

/** What one loop did since it started. */
export interface LoopCounts {
  readonly reconciles: number;
  /** The world failed (the store refused); tried again later. */
  readonly faults: number;
  /** Our own bug: an assertion, or anything else thrown. The key is kept and tried again later. */
  readonly failures: number;
  /** Keys waiting or being worked on. */
  readonly depth: number;
}

/** Running loops. Disposing stops them and waits for what is under way. */
export interface ControllersRun extends AsyncDisposable {
  /** By controller name. */
  counts(): ReadonlyMap<string, LoopCounts>;
}

/**
 * Runs the controllers until the signal is aborted. They share one watch; each has a queue of keys of its own. Every
 * key is looked at once at the start.
 */
export function runControllers(
  controllers: readonly Controller[],
  deps: RunnerDeps,
  signal: AbortSignal,
): ControllersRun {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const loops = controllers.map((controller) => new Loop(controller, deps));
  // Read before the first look, so that no change falls between the look and the watch.
  const since = deps.store.durableRevision;
  for (const loop of loops) loop.addAll();
  const following = (async () => {
    await follow(loops, since, deps, stopped);
    await Promise.all(loops.map((loop) => loop.close()));
  })();
  return {
    counts: () => new Map(loops.map((loop) => [loop.name, loop.counts()])),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await following;
    },
  };
}

/** Hands every commit to every loop; begins again where it was when the watch breaks. Never rejects. */
async function follow(loops: readonly Loop[], since: Revision, deps: RunnerDeps, stopped: AbortSignal): Promise<void> {
  let after = since;
  let attempt = 0;
  while (!stopped.aborted) {
    try {
      for await (const event of deps.store.watch(stopped, after)) {
        await deps.turns.passFirst();
        attempt = 0;
        if (event.type === 'commit') {
          for (const loop of loops) loop.addChanged(event.commit);
          after = event.commit.revision;
        } else {
          for (const loop of loops) loop.addAll();
          after = event.revision;
        }
      }
    } catch (error) {
      if (!stopped.aborted) deps.logger.error('watch broke', { error: messageOf(error), after });
    }
    if (stopped.aborted) return;
    // A watch that ended without a word may have dropped changes; looking at everything makes up for them.
    await sleep(deps.clock, backoffMs(watchBackoff, attempt, deps.random), stopped).catch(() => undefined);
    attempt += 1;
  }
}

/** One controller with its queue, its retries and its counts. */
class Loop {
  readonly name: string;
  readonly #controller: Controller;
  readonly #deps: RunnerDeps;
  readonly #logger: Logger;
  readonly #queue: KeyQueue;
  /** How often in a row a key failed. */
  readonly #attempts = new Map<string, number>();
  #reconciles = 0;
  #faults = 0;
  #failures = 0;

  constructor(controller: Controller, deps: RunnerDeps) {
    this.name = controller.name;
    this.#controller = controller;
    this.#deps = deps;
    this.#logger = deps.logger.child({ controller: controller.name });
    this.#queue = new KeyQueue({ clock: deps.clock, lanes: controller.lanes, work: (key) => this.#work(key) });
  }

  counts(): LoopCounts {
    return {
      reconciles: this.#reconciles,
      faults: this.#faults,
      failures: this.#failures,
      depth: this.#queue.depth,
    };
  }

  addAll(): void {
    this.#addKeys(() => this.#controller.allKeys(this.#deps.store.view));
  }

  addChanged(commit: RoadsteadCommit): void {
    // The type of a commit's changes does not tie a table to its records; a commit does.
    for (const change of commit.changes) this.#addKeys(() => this.#controller.keysOf(change as RecordChange));
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  #addKeys(keys: () => Iterable<string>): void {
    try {
      for (const key of keys()) this.#queue.add(key);
    } catch (error) {
      this.#failures += 1;
      this.#logger.error('keys could not be found', { error: messageOf(error) });
    }
  }

  /** Gives how long the key is to be left alone, ms. */
  async #work(key: string): Promise<number> {
    await this.#deps.turns.pass('upkeep');
    this.#reconciles += 1;
    try {
      const wakeAt = await this.#controller.reconcile(key);
      this.#attempts.delete(key);
      if (wakeAt !== undefined) {
        if (wakeAt > this.#deps.clock.now()) this.#queue.addAt(key, wakeAt);
        else this.#queue.add(key);
      }
      return this.#controller.restMs?.(key) ?? 0;
    } catch (error) {
      this.#retry(key, error);
      return 0;
    }
  }

  #retry(key: string, error: unknown): void {
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    const delayMs = backoffMs(retryBackoff, attempt, this.#deps.random);
    if (error instanceof Fault) {
      this.#faults += 1;
      this.#logger.warn('the store refused', { key, code: error.code, error: error.message, delayMs });
    } else {
      this.#failures += 1;
      const defect = error instanceof AssertionFailure ? 'assertion failed' : 'reconcile failed';
      this.#logger.error(defect, {
        key,
        error: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
        delayMs,
      });
    }
    this.#queue.addAt(key, afterMs(this.#deps.clock.now(), delayMs));
  }
}
