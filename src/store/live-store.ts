import { assert, Fault, type Logger } from '#base';
import { GroupCommit, type PendingCommit } from './group-commit.ts';
import { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { StoreLimits } from './limits.ts';
import { checkOwnership, type Ownership } from './ownership.ts';
import { type SnapshotSource, Snapshotter } from './snapshotter.ts';
import { mergeSteps, type State, type Step } from './state.ts';
import { transactionText } from './text/transaction-text.ts';
import type {
  Change,
  Commit,
  Consequences,
  Revision,
  Schema,
  Store,
  Synchronous,
  Tx,
  View,
  WatchEvent,
} from './types.ts';

interface LiveStoreOptions {
  readonly limits: StoreLimits;
  readonly epoch: number;
  readonly schemaVersion: number;
  readonly journalBytes: number;
  readonly snapshotBytes: number;
}

interface LiveStoreDeps<S extends Schema> {
  readonly state: State<S>;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly ownership?: Ownership<S>;
  readonly consequences?: Consequences<S>;
}

/** The store over a loaded state. */
export class LiveStore<S extends Schema> implements Store<S> {
  readonly epoch: number;
  readonly #state: State<S>;
  readonly #journal: Journal;
  readonly #logger: Logger;
  readonly #ownership: Ownership<S> | undefined;
  readonly #consequences: Consequences<S> | undefined;
  readonly #pending: GroupCommit;
  readonly #history: History<S>;
  readonly #snapshotter: Snapshotter;
  #refusals = 0;
  #refusing = false;
  #closing: Promise<void> | undefined;

  constructor(options: LiveStoreOptions, deps: LiveStoreDeps<S>) {
    const { limits } = options;
    const { state, journal, logger } = deps;
    this.epoch = options.epoch;
    this.#state = state;
    this.#journal = journal;
    this.#logger = logger;
    this.#ownership = deps.ownership;
    this.#consequences = deps.consequences;
    this.#history = new History<S>(limits, state.revision);
    this.#pending = new GroupCommit(
      { limits },
      { journal, onDurable: this.#onDurable.bind(this), onRefused: this.#onRefused.bind(this) },
    );
    this.#snapshotter = new Snapshotter(options, { journal, logger, source: this.#snapshotSource(options) });
  }

  get view(): View<S> {
    return this.#state.view;
  }

  get revision(): Revision {
    return this.#state.revision;
  }

  get durableRevision(): Revision {
    return this.#history.durable;
  }

  update<T>(writer: string, transaction: (tx: Tx<S>) => Synchronous<T>): Promise<T> {
    const refusal = this.#notNow();
    if (refusal !== undefined) return Promise.reject(refusal);
    try {
      const { value, steps } = this.#state.run<T>((tx) => this.#withConsequences(tx, transaction));
      const commit = this.#commit(writer, steps);
      return commit === undefined ? this.#onceDurable(() => value) : this.#enqueue(commit, value);
    } catch (error) {
      return this.#onceDurable(() => {
        throw error;
      });
    }
  }

  #withConsequences<T>(tx: Tx<S>, transaction: (tx: Tx<S>) => T): T {
    const value = transaction(tx);
    const { steps } = this.#state;
    if (this.#consequences !== undefined && steps.length > 0) {
      this.#consequences(tx, mergeSteps(steps).map(changeOf<S>));
    }
    return value;
  }

  read<T>(query: (view: View<S>) => Synchronous<T>): Promise<T> {
    const refusal = this.#notNow();
    if (refusal !== undefined) return Promise.reject(refusal);
    try {
      const value: T = query(this.#state.view);
      return this.#onceDurable(() => value);
    } catch (error) {
      return this.#onceDurable(() => {
        throw error;
      });
    }
  }

  watch(signal: AbortSignal, after: Revision = this.durableRevision): AsyncIterable<WatchEvent<S>> {
    return this.#history.watch(signal, { after, resync: after > this.#state.revision });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#pending.idle();
    await this.#snapshotter.idle();
    this.#history.end();
    await this.#journal.close();
  }

  #notNow(): Fault | undefined {
    assert(!this.#state.inTransaction, 'a transaction is running: use its tx');
    if (this.#closing !== undefined) return new Fault('StoreClosed', 'The store is closed.');
    if (!this.#pending.full) return undefined;
    const message = 'Too many transactions wait for the disk; try again in a moment.';
    return new Fault('StoreOverloaded', message, { retryable: true });
  }

  /** Settles once what was seen is on disk: no answer, not even a refusal, may rest on what a crash can take away. */
  #onceDurable<T>(outcome: () => T): Promise<T> {
    return new Promise<void>((resolve, reject) => {
      this.#pending.whenDurable((fault) => (fault === undefined ? resolve() : reject(fault)));
    }).then(outcome);
  }

  /** Gives the transaction its revision and its text; `undefined` when it changed nothing. Takes it back on a throw. */
  #commit(writer: string, steps: readonly Step[]): Omit<PendingCommit, 'waiting'> | undefined {
    const merged = steps.length === 0 ? steps : mergeSteps(steps);
    if (merged.length === 0) return undefined;
    try {
      const changes = merged.map((step) => changeOf<S>(step));
      if (this.#ownership !== undefined) {
        for (const change of changes) checkOwnership(this.#ownership, change, writer);
      }
      const revision = this.#state.revision + 1;
      const text = transactionText(revision, writer, merged);
      this.#state.revision = revision;
      return { commit: { revision, writer, changes }, steps, text };
    } catch (error) {
      this.#state.undo(steps);
      throw error;
    }
  }

  #enqueue<T>(commit: Omit<PendingCommit, 'waiting'>, value: T): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (fault?: Fault): void => (fault === undefined ? resolve(value) : reject(fault));
      this.#pending.push({ ...commit, waiting: [settle] });
    });
  }

  #onDurable(commits: readonly PendingCommit[], bytes: number): void {
    if (this.#refusing) {
      this.#refusing = false;
      this.#logger.info('the journal takes commits again', { revision: this.revision });
    }
    this.#history.add(commits.map(({ commit }) => commit as Commit<S>));
    this.#snapshotter.grew(bytes);
  }

  #onRefused(commits: readonly PendingCommit[], fault: Fault): void {
    this.#refusals++;
    for (let i = commits.length - 1; i >= 0; i--) this.#state.undo(commits[i]?.steps ?? []);
    this.#state.revision = this.durableRevision;
    this.#history.takenBack();
    if (this.#refusing) return;
    this.#refusing = true;
    this.#logger.error('the journal refuses commits', { code: fault.code, reason: fault.message });
  }

  #snapshotSource(options: LiveStoreOptions): SnapshotSource {
    const state = this.#state;
    return {
      tables: state.tables,
      schemaVersion: options.schemaVersion,
      now: () => ({
        revision: state.revision,
        durableRevision: this.durableRevision,
        lastCreated: state.lastCreated,
        refusals: this.#refusals,
        closing: this.#closing !== undefined,
      }),
      durable: () => this.#onceDurable(() => {}),
    };
  }
}

function changeOf<S extends Schema>(step: Step): Change<S> {
  return {
    table: step.table.name,
    key: step.key,
    before: step.before?.record,
    after: step.after?.record,
  } as unknown as Change<S>;
}
