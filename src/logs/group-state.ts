import { assert } from '#base';
import type { CatalogueLine, ClosedSegment } from './catalogue.ts';
import type { FrameFacts } from './frames.ts';
import { SegmentIndex } from './segment-index.ts';
import type { StreamFacts } from './types.ts';

/** The segment that takes what comes. Its range is empty while it has no event. */
export interface OpenSegment {
  readonly number: number;
  readonly index: SegmentIndex;
  sizeBytes: number;
  minMs: number;
  maxMs: number;
  /** When its first batch was taken, epoch ms; absent while it is empty. */
  begunMs?: number;
}

export function emptySegment(number: number): OpenSegment {
  return {
    number,
    index: new SegmentIndex(),
    sizeBytes: 0,
    minMs: Number.POSITIVE_INFINITY,
    maxMs: Number.NEGATIVE_INFINITY,
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a group holds, in memory: its streams and where its events are, never the events. */
export class GroupState {
  readonly byName = new Map<string, StreamFacts>();
  readonly byNumber = new Map<number, Mutable<StreamFacts>>();
  closed: readonly ClosedSegment[] = [];
  closedThrough = 0;
  nextStream = 1;
  nextSequence = 1;
  open: OpenSegment = emptySegment(1);

  static from(lines: readonly CatalogueLine[]): GroupState {
    const state = new GroupState();
    for (const line of lines) state.#take(line);
    state.open = emptySegment(state.closedThrough + 1);
    return state;
  }

  /** The catalogue that says all of this but for the open segment. */
  lines(): CatalogueLine[] {
    const { nextStream, nextSequence, closedThrough } = this;
    return [
      { type: 'group', nextStream, nextSequence, closedThrough },
      ...[...this.byNumber.values()].map((stream) => ({ type: 'stream' as const, ...stream })),
      ...this.closed.map((segment) => ({ type: 'segment' as const, ...segment })),
    ];
  }

  get storedBytes(): number {
    return this.closed.reduce((sum, { sizeBytes }) => sum + sizeBytes, this.open.sizeBytes);
  }

  addStream(stream: StreamFacts): void {
    const facts = { ...stream };
    this.byName.set(facts.name, facts);
    this.byNumber.set(facts.number, facts);
    this.nextStream = Math.max(this.nextStream, facts.number + 1);
  }

  deleteStream(number: number): void {
    const stream = this.byNumber.get(number);
    if (stream === undefined) return;
    this.byNumber.delete(number);
    if (this.byName.get(stream.name) === stream) this.byName.delete(stream.name);
  }

  /** Takes in a frame that lies at the end of the open segment. */
  addFrame(frame: FrameFacts): void {
    const { open } = this;
    open.index.push(open.sizeBytes, frame);
    open.sizeBytes += frame.bytes;
    open.minMs = Math.min(open.minMs, frame.minMs);
    open.maxMs = Math.max(open.maxMs, frame.maxMs);
    open.begunMs ??= frame.ingestedMs;
    this.nextSequence = Math.max(this.nextSequence, frame.firstSequence + frame.count);
    // Also of a stream that a damaged catalogue has lost: another must never have its events.
    this.nextStream = Math.max(this.nextStream, frame.stream + 1);
    const stream = this.byNumber.get(frame.stream);
    if (stream === undefined) return;
    stream.firstEventMs = Math.min(stream.firstEventMs ?? frame.minMs, frame.minMs);
    stream.lastEventMs = Math.max(stream.lastEventMs ?? frame.maxMs, frame.maxMs);
    stream.lastIngestedMs = frame.ingestedMs;
  }

  /** The open segment becomes a closed one, and the next one is open. */
  closeSegment(): void {
    const { number, minMs, maxMs, sizeBytes } = this.open;
    assert(sizeBytes > 0, 'an empty segment is not closed');
    this.closed = [...this.closed, { number, minMs, maxMs, sizeBytes }];
    this.closedThrough = Math.max(this.closedThrough, number);
    this.open = emptySegment(this.closedThrough + 1);
  }

  #take(line: CatalogueLine): void {
    switch (line.type) {
      case 'group':
        this.nextStream = line.nextStream;
        this.nextSequence = line.nextSequence;
        this.closedThrough = line.closedThrough;
        return;
      case 'stream':
        this.addStream(withoutType(line));
        return;
      case 'deleted':
        this.deleteStream(line.number);
        return;
      case 'segment':
        this.closed = [...this.closed, withoutType(line)];
    }
  }
}

function withoutType<T extends { readonly type: string }>(line: T): Omit<T, 'type'> {
  const { type: _, ...rest } = line;
  return rest;
}
