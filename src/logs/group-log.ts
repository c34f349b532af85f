import type { Logger } from '#base';
import { encodeLines } from './catalogue.ts';
import { logFault } from './faults.ts';
import { encodeFrame, type Frame } from './frames.ts';
import { GroupFiles } from './group-files.ts';
import type { GroupState } from './group-state.ts';
import type { LogLimits } from './limits.ts';
import type { LogDisk } from './log-disk.ts';
import type { AppendOutcome, LogGroupId, NewLogEvent, StreamFacts } from './types.ts';

export interface GroupLogDeps {
  readonly disk: LogDisk;
  readonly logger: Logger;
  readonly limits: LogLimits;
}

interface Promised<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

interface StreamChange extends Promised<boolean> {
  readonly kind: 'create' | 'delete';
  readonly name: string;
  readonly atMs: number;
}

interface Append extends Promised<AppendOutcome> {
  readonly kind: 'append';
  readonly name: string;
  readonly atMs: number;
  readonly events: readonly NewLogEvent[];
  readonly bytes: number;
}

/** Work that has the files for itself. */
interface Upkeep extends Promised<void> {
  readonly kind: 'upkeep';
  readonly run: () => Promise<void>;
}

type Work = StreamChange | Append | Upkeep;

/**
 * One group's events: everything that changes files goes through one line, and what waits while the disk is busy is
 * written with one flush. Memory changes when the disk has it, so what is read is durable.
 */
export class GroupLog {
  readonly state: GroupState;
  readonly files: GroupFiles;
  readonly #deps: GroupLogDeps;
  #catalogueBytes: number;
  /** A write failed: what is there beyond the known length is to be cut before the next one. */
  readonly #torn = { catalogue: false, segment: false };
  #line: Work[] = [];
  #working: Promise<void> | undefined;

  private constructor(files: GroupFiles, state: GroupState, catalogueBytes: number, deps: GroupLogDeps) {
    this.files = files;
    this.state = state;
    this.#catalogueBytes = catalogueBytes;
    this.#deps = deps;
  }

  static async open(group: LogGroupId, deps: GroupLogDeps): Promise<GroupLog> {
    const files = new GroupFiles(group, deps);
    const { state, catalogueBytes } = await files.load();
    return new GroupLog(files, state, catalogueBytes, deps);
  }

  /** False when there is such a stream already. */
  createStream(name: string, atMs: number): Promise<boolean> {
    return this.#put<boolean>((promised) => ({ kind: 'create', name, atMs, ...promised }));
  }

  /** False when there is no such stream. */
  deleteStream(name: string, atMs: number): Promise<boolean> {
    return this.#put<boolean>((promised) => ({ kind: 'delete', name, atMs, ...promised }));
  }

  append(name: string, events: readonly NewLogEvent[], atMs: number, bytes: number): Promise<AppendOutcome> {
    return this.#put<AppendOutcome>((promised) => ({ kind: 'append', name, events, atMs, bytes, ...promised }));
  }

  /** Deletes the segments, and the streams, that have nothing from `cutoffMs` on. */
  expire(cutoffMs: number, nowMs: number): Promise<void> {
    return this.#put<void>((promised) => ({ kind: 'upkeep', run: () => this.#expire(cutoffMs, nowMs), ...promised }));
  }

  /** Resolves when all that was begun is done. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #put<T>(work: (promised: Promised<T>) => Work): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#line.push(work({ resolve, reject }));
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // Callers of the same moment share a flush.
    await Promise.resolve();
    while (this.#line.length > 0) await this.#flush(this.#take());
    this.#working = undefined;
  }

  /** The front of the line, as much as one flush takes. */
  #take(): Work[] {
    let bytes = 0;
    let count = 0;
    for (const work of this.#line) {
      if (work.kind === 'append') bytes += work.bytes;
      if (count > 0 && bytes > this.#deps.limits.flushBytes) break;
      count++;
    }
    return this.#line.splice(0, count);
  }

  async #flush(batch: readonly Work[]): Promise<void> {
    await this.#changeStreams(
      batch.filter((work): work is StreamChange => work.kind === 'create' || work.kind === 'delete'),
    );
    await this.#write(batch.filter((work): work is Append => work.kind === 'append'));
    for (const work of batch) {
      if (work.kind === 'upkeep') await settle([work], () => work.run().then(work.resolve));
    }
  }

  async #changeStreams(changes: readonly StreamChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { state } = this;
    const lines: Parameters<typeof encodeLines>[0][number][] = [];
    const names = new Map<string, StreamFacts | undefined>();
    const outcomes = changes.map(({ kind, name, atMs }) => {
      const present = names.has(name) ? names.get(name) : state.byName.get(name);
      if (kind === 'create') {
        if (present !== undefined) return false;
        const created = { number: state.nextStream++, name, createdMs: atMs };
        names.set(name, created);
        lines.push({ type: 'stream', ...created });
        return true;
      }
      if (present === undefined) return false;
      names.set(name, undefined);
      lines.push({ type: 'deleted', number: present.number });
      return true;
    });
    await settle(changes, async () => {
      if (lines.length > 0) await this.#appendCatalogue(encodeLines(lines));
      for (const line of lines) {
        if (line.type === 'stream')
          state.addStream({ number: line.number, name: line.name, createdMs: line.createdMs });
        if (line.type === 'deleted') state.deleteStream(line.number);
      }
      changes.forEach(({ resolve }, index) => resolve(outcomes[index] ?? false));
    });
  }

  /**
   * Cuts off what a failed write left behind, before anything else is acknowledged: it may be whole, and a stream whose
   * deletion failed would be gone at the next start with all that was written to it since.
   */
  async #mend(): Promise<void> {
    const { disk } = this.#deps;
    const { open } = this.state;
    if (this.#torn.catalogue) await disk.truncate(this.files.catalogue, this.#catalogueBytes);
    this.#torn.catalogue = false;
    if (this.#torn.segment) await disk.truncate(this.files.segment(open.number), open.sizeBytes);
    this.#torn.segment = false;
  }

  async #appendCatalogue(bytes: Buffer): Promise<void> {
    await this.#mend();
    this.#torn.catalogue = true;
    await this.#deps.disk.append(this.files.catalogue, this.#catalogueBytes, bytes);
    this.#torn.catalogue = false;
    this.#catalogueBytes += bytes.length;
  }

  async #write(appends: readonly Append[]): Promise<void> {
    const { state } = this;
    let firstSequence = state.nextSequence;
    const frames: { readonly append: Append; readonly frame: Frame }[] = [];
    for (const append of appends) {
      const { events, atMs } = append;
      const stream = state.byName.get(append.name)?.number;
      if (stream === undefined) {
        append.resolve({ ok: false });
        continue;
      }
      frames.push({ append, frame: encodeFrame({ firstSequence, stream, ingestedMs: atMs, events }) });
      firstSequence += events.length;
    }
    if (frames.length === 0) return;
    await settle(
      frames.map(({ append }) => append),
      async () => {
        await this.#appendSegment(frames.map(({ frame }) => frame.bytes));
        for (const { append, frame } of frames) {
          state.addFrame(frame.facts);
          append.resolve({ ok: true, nextSequence: frame.facts.firstSequence + frame.facts.count });
        }
      },
    );
    const { open } = state;
    const { segmentBytes, segmentBatches } = this.#deps.limits;
    if (open.sizeBytes < segmentBytes && open.index.count < segmentBatches) return;
    await this.#closeSegment().catch((error: unknown) => {
      this.#deps.logger.warn('a segment of logs cannot be closed yet', { reason: logFault(error).message });
    });
  }

  async #appendSegment(frames: readonly Buffer[]): Promise<void> {
    await this.#mend();
    const { open } = this.state;
    const path = this.files.segment(open.number);
    this.#torn.segment = true;
    await this.#deps.disk.append(
      path,
      open.sizeBytes,
      frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames),
    );
    this.#torn.segment = false;
  }

  /** The index first, then the catalogue that calls the segment closed; before that it is open at the next start. */
  async #closeSegment(): Promise<void> {
    const { state, files } = this;
    if (state.open.sizeBytes === 0) return;
    await this.#mend();
    await this.#deps.disk.replace(files.index(state.open.number), state.open.index.encode());
    state.closeSegment();
    await this.#rewriteCatalogue();
  }

  async #rewriteCatalogue(): Promise<void> {
    const bytes = encodeLines(this.state.lines());
    await this.#deps.disk.replace(this.files.catalogue, bytes);
    this.#catalogueBytes = bytes.length;
    this.#torn.catalogue = false;
  }

  async #expire(cutoffMs: number, nowMs: number): Promise<void> {
    const { state, files } = this;
    const { open } = state;
    const old = open.begunMs !== undefined && nowMs - open.begunMs >= this.#deps.limits.segmentAgeMs;
    if (open.sizeBytes > 0 && (old || open.maxMs < cutoffMs)) await this.#closeSegment();
    const expired = state.closed.filter(({ maxMs }) => maxMs < cutoffMs);
    const idleMs = Math.min(cutoffMs, nowMs - this.#deps.limits.streamIdleMs);
    const over = [...state.byNumber.values()].filter(
      ({ createdMs, lastIngestedMs }) => (lastIngestedMs ?? createdMs) < idleMs,
    );
    if (expired.length === 0 && over.length === 0) return;
    state.closed = state.closed.filter((each) => !expired.includes(each));
    for (const { number } of over) state.deleteStream(number);
    await this.#rewriteCatalogue();
    for (const { number } of expired) await files.removeSegment(number);
  }
}

/** Does what `works` wait for, which resolves them; a failure is theirs. */
async function settle(works: readonly Pick<Work, 'reject'>[], run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const fault = logFault(error);
    for (const work of works) work.reject(fault);
  }
}
