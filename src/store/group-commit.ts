import { Fault, messageOf } from '#base';
import type { Journal } from './journal.ts';
import type { StoreLimits } from './limits.ts';
import type { Step } from './state.ts';
import { bodyOf } from './text/codec.ts';
import type { Commit } from './types.ts';

/** Called once: without a fault when the revision is on disk, with one when it was taken back. */
export type Settle = (fault?: Fault) => void;

/** A transaction that is in memory and not yet on disk. */
export interface PendingCommit {
  readonly commit: Commit;
  /** Everything it did, to take it back. */
  readonly steps: readonly Step[];
  /** Its journal text. */
  readonly text: string;
  readonly waiting: Settle[];
}

export interface GroupCommitDeps {
  readonly journal: Pick<Journal, 'append'>;
  /** These are on disk now; `bytes` of journal hold them. */
  readonly onDurable: (commits: readonly PendingCommit[], bytes: number) => void;
  /** The journal refused: these, oldest first, are all there is that is not on disk. */
  readonly onRefused: (commits: readonly PendingCommit[], fault: Fault) => void;
}

/**
 * Brings transactions to the journal: all that come while one append is under way form the next batch, so that they
 * share its flush.
 */
export class GroupCommit {
  readonly #limits: StoreLimits;
  readonly #deps: GroupCommitDeps;
  #queue: PendingCommit[] = [];
  #inFlight: readonly PendingCommit[] = [];
  #textLength = 0;
  #waiting = 0;
  #running = false;
  #idle: (() => void)[] = [];

  constructor(options: { readonly limits: StoreLimits }, deps: GroupCommitDeps) {
    this.#limits = options.limits;
    this.#deps = deps;
  }

  /** Whether no more may wait. */
  get full(): boolean {
    return this.#waiting >= this.#limits.pendingTransactions || this.#textLength >= this.#limits.pendingTextLength;
  }

  push(commit: PendingCommit): void {
    this.#queue.push(commit);
    this.#waiting += commit.waiting.length;
    this.#textLength += commit.text.length;
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  /** Waits until all that is pending now is on disk; calls at once when all is. */
  whenDurable(settle: Settle): void {
    const last = this.#queue.at(-1) ?? this.#inFlight.at(-1);
    if (last === undefined) {
      settle();
      return;
    }
    this.#waiting++;
    last.waiting.push(settle);
  }

  /** Resolves when nothing is pending. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#inFlight = this.#queue.splice(0, this.#batchSize());
      const body = bodyOf(this.#inFlight.map((pending) => pending.text));
      const bytes = body.byteLength;
      try {
        await this.#deps.journal.append({ ...span(this.#inFlight), body });
      } catch (error) {
        this.#refused(asFault(error));
        continue;
      }
      const durable = this.#inFlight;
      this.#inFlight = [];
      this.#forget(durable);
      this.#deps.onDurable(durable, bytes);
      for (const { waiting } of durable) for (const settle of waiting) settle();
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #refused(fault: Fault): void {
    const refused = [...this.#inFlight, ...this.#queue];
    this.#inFlight = [];
    this.#queue = [];
    this.#forget(refused);
    this.#deps.onRefused(refused, fault);
    for (const { waiting } of refused) for (const settle of waiting) settle(fault);
  }

  #forget(commits: readonly PendingCommit[]): void {
    for (const { waiting, text } of commits) {
      this.#waiting -= waiting.length;
      this.#textLength -= text.length;
    }
  }

  /** How many of the queue fit one append; at least one. */
  #batchSize(): number {
    let length = 0;
    for (const [index, { text }] of this.#queue.entries()) {
      length += text.length;
      if (index > 0 && (index >= this.#limits.batchTransactions || length > this.#limits.batchTextLength)) return index;
    }
    return this.#queue.length;
  }
}

function span(commits: readonly PendingCommit[]): { readonly first: number; readonly last: number } {
  return { first: commits[0]?.commit.revision ?? 0, last: commits.at(-1)?.commit.revision ?? 0 };
}

function asFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('StoreFailed', messageOf(error), { cause: error });
}
