import type { Logger } from '#base';
import { eachEvent, openFrame } from './frames.ts';
import { eventOverheadBytes, type LogLimits } from './limits.ts';
import type { LogDisk } from './log-disk.ts';
import type { IndexRow, SegmentIndex } from './segment-index.ts';
import type { EventPage, EventQuery, Place, StoredLogEvent, StreamFacts } from './types.ts';

/** A segment as a search needs it. */
export interface SearchedSegment {
  readonly path: string;
  readonly sizeBytes: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly index: () => Promise<SegmentIndex>;
}

export interface SearchDeps {
  readonly disk: LogDisk;
  readonly logger: Logger;
  readonly limits: LogLimits;
  /** The streams there are; events of others are gone. */
  readonly streams: ReadonlyMap<number, StreamFacts>;
}

interface Batch extends IndexRow {
  readonly segment: SearchedSegment;
}

/**
 * The first events of a group in the order of the query. Batches are visited in the order of where they begin, until no
 * other can hold an earlier event than those that are kept; so a search holds one page and one piece of a file. When it
 * has read much and the page is not full, it answers what it is sure of: a page may be empty and yet have a next one.
 */
export async function searchEvents(
  segments: readonly SearchedSegment[],
  query: EventQuery,
  deps: SearchDeps,
): Promise<EventPage> {
  const forward = query.direction === 'forward';
  const range = rangeOf(query);
  const page = new Page(query, deps);
  const reader = new FrameReader(deps);
  let readBytes = 0;
  for await (const batch of batchesInOrder(segments, query)) {
    const begin = forward ? batch.minMs : batch.maxMs;
    if (page.closedBefore(begin)) break;
    const place = { timestampMs: begin, sequence: forward ? 0 : Number.MAX_SAFE_INTEGER };
    if (readBytes >= deps.limits.searchBytes && isFurther(place, range.begin, forward)) {
      return page.upTo(place);
    }
    readBytes += batch.bytes;
    const frame = await reader.read(batch);
    // Its segment expired meanwhile.
    if (frame === undefined) continue;
    const head = openFrame(frame);
    if (head === undefined) {
      deps.logger.error('log events are damaged and left out', { path: batch.segment.path, offset: batch.offset });
      continue;
    }
    const streamName = deps.streams.get(head.stream)?.name;
    if (streamName === undefined) continue;
    eachEvent(frame, head, (timestampMs, sequence, message) => {
      if (!isInside({ timestampMs, sequence }, range)) return;
      page.offer({ timestampMs, sequence, ingestedMs: head.ingestedMs, streamName }, message);
    });
  }
  return page.whole();
}

interface Range {
  /** The lowest place (forward) or the highest (backward): events are after, or before it. */
  readonly begin: Place;
  readonly fromMs: number;
  readonly toMs: number;
  readonly forward: boolean;
}

function rangeOf({ fromMs, toMs, place, direction }: EventQuery): Range {
  const forward = direction === 'forward';
  const edge = forward
    ? { timestampMs: fromMs, sequence: 0 }
    : { timestampMs: toMs, sequence: Number.MAX_SAFE_INTEGER };
  const begin = place !== undefined && isFurther(place, edge, forward) ? place : edge;
  return { begin, fromMs, toMs, forward };
}

function isInside(event: Place, { begin, fromMs, toMs, forward }: Range): boolean {
  if (event.timestampMs < fromMs || event.timestampMs > toMs) return false;
  return forward ? compare(event, begin) >= 0 : compare(event, begin) < 0;
}

function compare(a: Place, b: Place): number {
  return a.timestampMs === b.timestampMs ? a.sequence - b.sequence : a.timestampMs - b.timestampMs;
}

function isFurther(a: Place, b: Place, forward: boolean): boolean {
  return forward ? compare(a, b) > 0 : compare(a, b) < 0;
}

/** The best events so far, in the query's order, and no more than a page of them. */
class Page {
  readonly #query: EventQuery;
  readonly #limits: LogLimits;
  readonly #sign: 1 | -1;
  #events: StoredLogEvent[] = [];
  #bytes = 0;
  /** Once the page is full: its last event; nothing beyond it is wanted. */
  #last: StoredLogEvent | undefined;
  #left = false;

  constructor(query: EventQuery, { limits }: SearchDeps) {
    this.#query = query;
    this.#limits = limits;
    this.#sign = query.direction === 'forward' ? 1 : -1;
  }

  /** Whether the page is full of events that come before all that begin at `beginMs`. */
  closedBefore(beginMs: number): boolean {
    if (this.#last === undefined) return false;
    if ((beginMs - this.#last.timestampMs) * this.#sign <= 0) return false;
    this.#left = true;
    return true;
  }

  offer(event: Omit<StoredLogEvent, 'message'>, text: () => string): void {
    if (this.#last !== undefined && compare(event, this.#last) * this.#sign > 0) {
      // Whether it matches is not asked: there may be something further, which is all that the next place says.
      this.#left = true;
      return;
    }
    const message = text();
    if (this.#query.matches !== undefined && !this.#query.matches(message)) return;
    this.#events.push({ ...event, message });
    this.#bytes += costOf(message);
    if (this.#overfull()) this.#trim();
  }

  whole(): EventPage {
    this.#trim();
    const last = this.#events.at(-1);
    if (!this.#left || last === undefined) return { events: this.#events };
    return { events: this.#events, next: this.#beyond(last) };
  }

  /** What of it comes before a place up to which all is known. */
  upTo(place: Place): EventPage {
    this.#trim();
    if (this.#last !== undefined && compare(this.#last, place) * this.#sign < 0) return this.whole();
    const events = this.#events.filter((event) => compare(event, place) * this.#sign < 0);
    return { events, next: place };
  }

  #beyond({ timestampMs, sequence }: StoredLogEvent): Place {
    return { timestampMs, sequence: this.#sign > 0 ? sequence + 1 : sequence };
  }

  /** Twice the page, so that most offers cost no sort. */
  #overfull(): boolean {
    const full = this.#last === undefined ? 1 : 2;
    return this.#events.length >= full * this.#query.limit || this.#bytes >= full * this.#limits.pageBytes;
  }

  #trim(): void {
    this.#events.sort((a, b) => compare(a, b) * this.#sign);
    let bytes = 0;
    let count = 0;
    for (const { message } of this.#events) {
      if (count === this.#query.limit || (count > 0 && bytes + costOf(message) > this.#limits.pageBytes)) break;
      bytes += costOf(message);
      count++;
    }
    const cut = count < this.#events.length;
    if (cut) this.#left = true;
    if (cut || count === this.#query.limit) this.#last = this.#events[count - 1];
    this.#events.length = count;
    this.#bytes = bytes;
  }
}

function costOf(message: string): number {
  return Buffer.byteLength(message) + eventOverheadBytes;
}

/** The batches that may hold what is asked for, in the order of where they begin (backward: of where they end). */
async function* batchesInOrder(segments: readonly SearchedSegment[], query: EventQuery): AsyncGenerator<Batch> {
  const forward = query.direction === 'forward';
  const { begin, fromMs, toMs } = rangeOf(query);
  const lowMs = forward ? Math.max(fromMs, begin.timestampMs) : fromMs;
  const highMs = forward ? toMs : Math.min(toMs, begin.timestampMs);
  const key = (range: { readonly minMs: number; readonly maxMs: number }): number =>
    forward ? range.minMs : -range.maxMs;
  const waiting = segments
    .filter(({ minMs, maxMs }) => minMs <= highMs && maxMs >= lowMs)
    .sort((a, b) => key(b) - key(a));
  const open: Cursor[] = [];
  for (;;) {
    let first = firstOf(open);
    for (;;) {
      const next = waiting.at(-1);
      if (next === undefined || (first !== undefined && key(next) > first.key)) break;
      waiting.pop();
      const cursor = new Cursor(next, await next.index(), { lowMs, highMs, streams: query.streams, forward });
      if (!cursor.done) open.push(cursor);
      first = firstOf(open);
    }
    if (first === undefined) return;
    yield first.take();
    if (first.done) open.splice(open.indexOf(first), 1);
  }
}

function firstOf(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined;
  for (const cursor of cursors) if (first === undefined || cursor.key < first.key) first = cursor;
  return first;
}

/** A segment's batches that a query may want, in order. */
class Cursor {
  readonly #segment: SearchedSegment;
  readonly #index: SegmentIndex;
  readonly #rows: Uint32Array;
  readonly #forward: boolean;
  #at = 0;

  constructor(
    segment: SearchedSegment,
    index: SegmentIndex,
    wanted: {
      readonly lowMs: number;
      readonly highMs: number;
      readonly streams: ReadonlySet<number> | undefined;
      readonly forward: boolean;
    },
  ) {
    const rows: number[] = [];
    for (let row = 0; row < index.count; row++) {
      if (wanted.streams !== undefined && !wanted.streams.has(index.stream(row))) continue;
      if (index.minMs(row) > wanted.highMs || index.maxMs(row) < wanted.lowMs) continue;
      // What came since the search began is not of it.
      if (index.end(row) <= segment.sizeBytes) rows.push(row);
    }
    this.#segment = segment;
    this.#index = index;
    this.#forward = wanted.forward;
    this.#rows = Uint32Array.from(rows).sort((a, b) => this.#keyOf(a) - this.#keyOf(b) || a - b);
  }

  get done(): boolean {
    return this.#at >= this.#rows.length;
  }

  get key(): number {
    return this.#keyOf(this.#rows[this.#at] as number);
  }

  take(): Batch {
    const row = this.#index.row(this.#rows[this.#at++] as number);
    return { ...row, segment: this.#segment };
  }

  #keyOf(row: number): number {
    return this.#forward ? this.#index.minMs(row) : -this.#index.maxMs(row);
  }
}

/** Reads frames in pieces, as those of one search lie close together. */
class FrameReader {
  readonly #deps: SearchDeps;
  readonly #pieces = new Map<string, { readonly start: number; readonly bytes: Buffer }>();

  constructor(deps: SearchDeps) {
    this.#deps = deps;
  }

  /** `undefined` when the file ends before the frame does. */
  async read({ segment, offset, bytes }: Batch): Promise<Buffer | undefined> {
    const { path, sizeBytes } = segment;
    const known = this.#pieces.get(path);
    const from = known === undefined ? -1 : offset - known.start;
    if (known !== undefined && from >= 0 && from + bytes <= known.bytes.length) {
      return known.bytes.subarray(from, from + bytes);
    }
    const { readBytes } = this.#deps.limits;
    // Going backward, the next ones lie before this one.
    const before = known !== undefined && from < 0 ? Math.min(offset, Math.max(0, readBytes - bytes)) : 0;
    const start = offset - before;
    const length = Math.min(Math.max(readBytes, bytes + before), sizeBytes - start);
    const piece = await this.#deps.disk.read(path, start, length);
    this.#pieces.clear();
    this.#pieces.set(path, { start, bytes: piece });
    return piece.length < before + bytes ? undefined : piece.subarray(before, before + bytes);
  }
}
