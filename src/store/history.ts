import type { StoreLimits } from './limits.ts';
import type { Commit, Revision, Schema, WatchEvent } from './types.ts';

type HistoryLimits = Pick<StoreLimits, 'historyCommits' | 'historyChanges' | 'resumeCommits'>;

/**
 * The latest durable commits, and those who watch them. A watcher is a place in this history, so that a slow one costs
 * no memory: when its place is forgotten it is told to resync.
 */
export class History<S extends Schema> {
  readonly #limits: HistoryLimits;
  /** A ring: the commit of a revision is at the revision modulo its length. */
  readonly #ring: (Commit<S> | undefined)[] = [];
  readonly #watchers = new Set<Watcher<S>>();
  #changes = 0;
  /** All before this revision is forgotten. */
  #oldest: Revision;
  #durable: Revision;
  #ended = false;

  constructor(options: HistoryLimits, durable: Revision) {
    this.#limits = options;
    this.#durable = durable;
    this.#oldest = durable + 1;
  }

  get durable(): Revision {
    return this.#durable;
  }

  get ended(): boolean {
    return this.#ended;
  }

  add(commits: readonly Commit<S>[]): void {
    const seenByAll = Math.min(...[...this.#watchers].map(({ after }) => after));
    for (const commit of commits) {
      this.#ring[this.#slot(commit.revision)] = commit;
      this.#durable = commit.revision;
      this.#changes += commit.changes.length;
      this.#forget(seenByAll);
    }
    for (const watcher of this.#watchers) watcher.wake();
  }

  /** Revisions after the durable one were taken back and will mean something else. */
  takenBack(): void {
    for (const watcher of this.#watchers) watcher.takenBack(this.#durable);
  }

  find(revision: Revision): Commit<S> | undefined {
    return revision < this.#oldest || revision > this.#durable ? undefined : this.#ring[this.#slot(revision)];
  }

  isForgotten(revision: Revision): boolean {
    return revision < this.#oldest;
  }

  watch(
    signal: AbortSignal,
    options: { readonly after: Revision; readonly resync: boolean },
  ): AsyncIterable<WatchEvent<S>> {
    const watcher = new Watcher(this, signal, options, () => this.#watchers.delete(watcher));
    this.#watchers.add(watcher);
    return watcher;
  }

  /** Ends every watch. */
  end(): void {
    this.#ended = true;
    for (const watcher of this.#watchers) watcher.wake();
  }

  #forget(seenByAll: Revision): void {
    const { historyCommits, historyChanges, resumeCommits } = this.#limits;
    const forResuming = Math.min(resumeCommits, historyCommits);
    while (
      this.#durable - this.#oldest >= (this.#oldest <= seenByAll ? forResuming : historyCommits) ||
      (this.#changes > historyChanges && this.#oldest < this.#durable)
    ) {
      const slot = this.#slot(this.#oldest);
      this.#changes -= this.#ring[slot]?.changes.length ?? 0;
      this.#ring[slot] = undefined;
      this.#oldest++;
    }
  }

  /** One slot more than is kept, for the newest comes before the oldest goes. */
  #slot(revision: Revision): number {
    return revision % (this.#limits.historyCommits + 1);
  }
}

/** One watch: yields commits from just after its place; waits when there is none. */
class Watcher<S extends Schema> implements AsyncIterableIterator<WatchEvent<S>> {
  readonly #history: History<S>;
  readonly #signal: AbortSignal;
  readonly #onEnd: () => void;
  #after: Revision;
  #resync: boolean;
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(
    history: History<S>,
    signal: AbortSignal,
    options: { readonly after: Revision; readonly resync: boolean },
    onEnd: () => void,
  ) {
    this.#history = history;
    this.#signal = signal;
    this.#after = options.after;
    this.#resync = options.resync;
    this.#onEnd = onEnd;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The revision it was given last. */
  get after(): Revision {
    return this.#after;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<WatchEvent<S>, undefined>> {
    for (;;) {
      if (this.#ended || this.#signal.aborted || this.#history.ended) return this.return();
      const event = this.#take();
      if (event !== undefined) return { done: false, value: event };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  return(): Promise<IteratorResult<WatchEvent<S>, undefined>> {
    if (!this.#ended) {
      this.#ended = true;
      this.#signal.removeEventListener('abort', this.#onAbort);
      this.#onEnd();
      this.wake();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  takenBack(durable: Revision): void {
    if (this.#after <= durable) return;
    this.#resync = true;
    this.wake();
  }

  readonly #onAbort = (): void => {
    void this.return();
  };

  #take(): WatchEvent<S> | undefined {
    if (this.#resync || this.#history.isForgotten(this.#after + 1)) {
      this.#resync = false;
      this.#after = this.#history.durable;
      return { type: 'resync', revision: this.#after };
    }
    const commit = this.#history.find(this.#after + 1);
    if (commit === undefined) return undefined;
    this.#after++;
    return { type: 'commit', commit };
  }
}
