import type { Logger } from '#base';
import { decodeLines, encodeLines } from './catalogue.ts';
import { type FrameFacts, frameBytesAt, frameFacts, openFrame } from './frames.ts';
import { emptySegment, GroupState } from './group-state.ts';
import type { LogDisk } from './log-disk.ts';
import { SegmentIndex } from './segment-index.ts';
import type { LogGroupId } from './types.ts';

/** How much of a segment is read at a time when it is gone through, bytes. */
const scanBytes = 4 * 1024 * 1024;

export interface GroupFilesDeps {
  readonly disk: LogDisk;
  readonly logger: Logger;
}

/** The files of one group, by what they are called. */
export class GroupFiles {
  readonly #group: LogGroupId;
  readonly #deps: GroupFilesDeps;

  constructor(group: LogGroupId, deps: GroupFilesDeps) {
    this.#group = group;
    this.#deps = deps;
  }

  get catalogue(): string {
    return `${this.#group}/catalogue`;
  }

  segment(number: number): string {
    return `${this.#group}/${String(number).padStart(8, '0')}.log`;
  }

  index(number: number): string {
    return `${this.#group}/${String(number).padStart(8, '0')}.index`;
  }

  /**
   * What the group holds, from its files. What a crash left unfinished is put right: a torn end is cut off, files of
   * segments that were given up are removed, full segments are closed.
   */
  async load(): Promise<{ readonly state: GroupState; readonly catalogueBytes: number }> {
    const { disk } = this.#deps;
    const entries = await disk.list(this.#group);
    const catalogue = await this.#readCatalogue(entries);
    const state = GroupState.from(catalogue.lines);
    const numbers = entries.flatMap(({ name }) => /^(\d{8})\.log$/.exec(name)?.[1] ?? []).map(Number);
    const closed = await this.#knownClosed(state, numbers, catalogue.damaged > 0);
    const fresh = numbers.filter((number) => !closed.has(number)).sort((a, b) => a - b);
    for (const [position, number] of fresh.entries()) {
      state.open = emptySegment(number);
      await this.#scan(number, (frame) => state.addFrame(frame));
      const last = position === fresh.length - 1 && number > state.closedThrough;
      if (!last && state.open.sizeBytes > 0) {
        await disk.replace(this.index(number), state.open.index.encode());
        state.closeSegment();
      }
    }
    if (state.open.number <= state.closedThrough) state.open = emptySegment(state.closedThrough + 1);
    if (catalogue.whole && fresh.length < 2) return { state, catalogueBytes: catalogue.bytes };
    const text = encodeLines(state.lines());
    await disk.replace(this.catalogue, text);
    return { state, catalogueBytes: text.length };
  }

  /** The index of a closed segment, made again when its file is not whole. */
  async readIndex(number: number): Promise<SegmentIndex> {
    const { disk, logger } = this.#deps;
    const path = this.index(number);
    const entry = await this.#readWhole(path);
    const known = entry === undefined ? undefined : SegmentIndex.decode(entry);
    if (known !== undefined) return known;
    logger.warn('an index of log events is made again', { path });
    const made = new SegmentIndex();
    let offset = 0;
    await this.#scan(number, (frame) => {
      made.push(offset, frame);
      offset += frame.bytes;
    });
    await disk.replace(path, made.encode());
    return made;
  }

  async removeSegment(number: number): Promise<void> {
    await this.#deps.disk.remove(this.segment(number));
    await this.#deps.disk.remove(this.index(number));
  }

  async #readCatalogue(entries: readonly { readonly name: string }[]) {
    if (!entries.some(({ name }) => name === 'catalogue')) return { lines: [], bytes: 0, damaged: 0, whole: false };
    const file = (await this.#readWhole(this.catalogue)) ?? Buffer.alloc(0);
    const decoded = decodeLines(file);
    const { bytes, damaged } = decoded;
    if (bytes < file.length) this.#tellCut(this.catalogue, bytes, file.length - bytes);
    if (damaged > 0) {
      this.#deps.logger.error('a catalogue of logs is damaged; streams may be missing', {
        path: this.catalogue,
        lines: damaged,
      });
    }
    return { ...decoded, whole: bytes === file.length && bytes > 0 && damaged === 0 };
  }

  async #readWhole(path: string): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let at = 0;
    for (;;) {
      const part = await this.#deps.disk.read(path, at, scanBytes);
      parts.push(part);
      at += part.length;
      if (part.length < scanBytes) break;
    }
    return at === 0 ? undefined : Buffer.concat(parts);
  }

  /** Frames of a segment from its beginning; what comes after the last whole one is cut off. */
  async #scan(number: number, visit: (frame: FrameFacts) => void): Promise<void> {
    const path = this.segment(number);
    let rest: Buffer = Buffer.alloc(0);
    let position = 0;
    for (;;) {
      const part = await this.#deps.disk.read(path, position + rest.length, scanBytes);
      const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
      const used = visitFrames(bytes, visit);
      position += used;
      rest = bytes.subarray(used);
      if (part.length < scanBytes) break;
    }
    if (rest.length === 0) return;
    this.#tellCut(path, position, rest.length);
    await this.#deps.disk.truncate(path, position);
  }

  /**
   * The segments that are closed and here. Others up to the last closed one were given up before a crash and are removed;
   * not so when the catalogue is damaged: then they may be those it no longer names.
   */
  async #knownClosed(state: GroupState, numbers: readonly number[], damaged: boolean): Promise<ReadonlySet<number>> {
    const missing = state.closed.filter(({ number }) => !numbers.includes(number));
    for (const { number } of missing) this.#deps.logger.error('log events are missing', { path: this.segment(number) });
    state.closed = state.closed.filter((each) => !missing.includes(each));
    const known = new Set(state.closed.map(({ number }) => number));
    if (damaged) return known;
    for (const number of numbers) {
      if (number > state.closedThrough || known.has(number)) continue;
      await this.removeSegment(number);
      known.add(number);
    }
    return known;
  }

  #tellCut(path: string, position: number, bytes: number): void {
    this.#deps.logger.warn('the torn end of a file of logs is cut off', { path, position, bytes });
  }
}

/** Visits the whole frames at the beginning of `bytes`; gives how many bytes they take. */
function visitFrames(bytes: Buffer, visit: (frame: FrameFacts) => void): number {
  let at = 0;
  for (;;) {
    const length = frameBytesAt(bytes, at);
    if (length === undefined || at + length > bytes.length) return at;
    const frame = bytes.subarray(at, at + length);
    const head = openFrame(frame);
    if (head === undefined) return at;
    visit(frameFacts(frame, head));
    at += length;
  }
}
