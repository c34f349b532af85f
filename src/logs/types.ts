/** Times here are epoch milliseconds, as on the wire of CloudWatch Logs. */

/** An event as it comes in; `timestampMs` is the producer's. */
export interface NewLogEvent {
  readonly timestampMs: number;
  readonly message: string;
}

/** An event that is kept. `sequence` counts the group's events from 1 in the order they were taken. */
export interface StoredLogEvent extends NewLogEvent {
  readonly sequence: number;
  readonly ingestedMs: number;
  readonly streamName: string;
}

/** What is known of a stream without reading its events. */
export interface StreamFacts {
  /** Never given twice in a group. */
  readonly number: number;
  readonly name: string;
  readonly createdMs: number;
  /** Absent while it has no event. */
  readonly firstEventMs?: number;
  readonly lastEventMs?: number;
  readonly lastIngestedMs?: number;
}

/**
 * A place between two events. Events of a group are in the order of their timestamps, and of their sequence where
 * those are equal: an event is after the place when (timestampMs, sequence) is greater or equal.
 */
export interface Place {
  readonly timestampMs: number;
  readonly sequence: number;
}

export interface EventQuery {
  /** Numbers of streams; absent: all of the group. */
  readonly streams?: ReadonlySet<number>;
  /** Both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Forward: only events after it; backward: only those before. */
  readonly place?: Place;
  readonly direction: 'forward' | 'backward';
  /** Events at most. */
  readonly limit: number;
  readonly matches?: (message: string) => boolean;
}

export interface EventPage {
  /** In the query's direction. */
  readonly events: readonly StoredLogEvent[];
  /** Where the search ended; absent when there is nothing further in the query's range. */
  readonly next?: Place;
}

/** How an append ended. */
export type AppendOutcome = { readonly ok: true; readonly nextSequence: number } | { readonly ok: false };

/** The identifier of a group, never used twice: 32 hexadecimal digits. */
export type LogGroupId = string;
