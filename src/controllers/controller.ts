import type { Instant } from '#base';
import type { Change, RoadsteadSchema, RoadsteadView, TableName } from '#store';

/** One changed record; `table` tells the records' type. */
export type RecordChange = { readonly [T in TableName]: Change<RoadsteadSchema, T> }[TableName];

/**
 * A control loop. It is told only which keys may need work, never what happened to them: `reconcile` reads all it
 * needs, so that a missed, repeated or reordered change makes no difference.
 */
export interface Controller {
  readonly name: string;
  /** Keys worked on at a time, at most. Work waits mostly for the disk, so more keys share one flush. */
  readonly lanes: number;
  /** The keys that a committed change may give work to. */
  keysOf(change: RecordChange): Iterable<string>;
  /** Every key that may need work: asked at the start, and when changes were missed. */
  allKeys(view: RoadsteadView): Iterable<string>;
  /** Brings one key nearer to what it should be. Gives the instant at which to look again, if time alone may matter. */
  reconcile(key: string): Promise<Instant | undefined>;
  /** How long to leave a key alone after a look, for keys whose look costs much, ms. */
  restMs?(key: string): number;
}
