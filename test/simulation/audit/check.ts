import type { Instant } from '#base';
import type { RecordChange, Replica, Transaction } from './replica.ts';

/** Where an invariant is checked: the durable state after one commit. */
export interface CommitContext {
  readonly replica: Replica;
  readonly transaction: Transaction;
  /** The latest time of day the control plane's machine ever showed. */
  readonly latest: Instant;
  /** Whether its time of day was right for the last minute. */
  readonly steadyClock: boolean;
  /** Simulated milliseconds since the start. */
  readonly elapsedMs: number;
}

/** One group of invariants. It throws a Violation. */
export interface Check {
  /** Keeps what the check adds up; called for every change of a commit before any `check`. */
  keep?(change: RecordChange, context: CommitContext): void;
  /** Looks at every change of the commit. */
  check(change: RecordChange, context: CommitContext): void;
  /** Looks at the commit as a whole. */
  checkAll?(context: CommitContext): void;
}
