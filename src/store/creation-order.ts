import { assert } from '#base';
import { orderChunkEntries, orderTightEntries } from './limits.ts';

/** What a list is ordered by: a number given once, in order of creation. */
export interface Created {
  readonly created: number;
}

/**
 * A list in order of creation, cut into chunks: finding a place is a binary search, adding and removing move at most
 * one chunk. Most entries come last; an old entry that joins late (a task's host index) takes its place in the middle.
 */
export class CreationOrder<E extends Created> {
  /** Never an empty chunk. */
  #chunks: E[][] = [];
  #size = 0;
  /** Changes with every edit, so that a running iteration knows to find its place again. */
  #edits = 0;

  get size(): number {
    return this.#size;
  }

  /** The creation number of the last entry; 0 when the list is empty. */
  get lastCreated(): number {
    return created(this.last);
  }

  get last(): E | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  get first(): E | undefined {
    return this.#chunks[0]?.[0];
  }

  /** Adds an entry that comes last, fast and with room for more: `trim` afterwards. */
  append(entry: E): void {
    const last = this.#chunks.at(-1);
    assert(created(last?.at(-1)) < entry.created, `entry ${entry.created} does not come last`);
    if (last === undefined || last.length >= orderChunkEntries) this.#chunks.push([entry]);
    else last.push(entry);
    this.#edits++;
    this.#size++;
  }

  /** Gives back the room that growing lists have for more: there are many small ones. */
  trim(): void {
    this.#chunks = this.#chunks.map((chunk) => chunk.slice());
  }

  add(entry: E): void {
    this.#insert(entry);
    this.#edits++;
    this.#size++;
  }

  #insert(entry: E): void {
    const lastIndex = this.#chunks.length - 1;
    const last = this.#chunks[lastIndex];
    if (last === undefined || created(last.at(-1)) < entry.created) {
      if (last === undefined) this.#chunks = [[entry]];
      else if (last.length >= orderChunkEntries) this.#chunks.push([entry]);
      else if (last.length >= orderTightEntries) last.push(entry);
      else this.#chunks[lastIndex] = last.concat([entry]);
      return;
    }
    const chunkIndex = Math.min(this.#chunkOf(entry.created), lastIndex);
    const chunk = this.#chunk(chunkIndex);
    const at = firstAtLeast(chunk, entry.created);
    assert(chunk[at]?.created !== entry.created, `entry ${entry.created} is already in the list`);
    chunk.splice(at, 0, entry);
    if (chunk.length > orderChunkEntries) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(chunk.length >>> 1));
  }

  remove(entry: E): void {
    const chunkIndex = this.#chunkOf(entry.created);
    const chunk = this.#chunk(chunkIndex);
    const at = firstAtLeast(chunk, entry.created);
    assert(chunk[at]?.created === entry.created, `entry ${entry.created} is not in the list`);
    this.#edits++;
    this.#size--;
    chunk.splice(at, 1);
    this.#mergeSmall(chunkIndex, chunk);
  }

  /**
   * The entries created after `cursor` and not after `upTo`. The list may change while this runs: every entry that is
   * there all along is given exactly once, a removed one that was not reached is not given.
   */
  *after(cursor: number, upTo: number): Generator<E, void, undefined> {
    let last = cursor;
    for (;;) {
      const edits = this.#edits;
      let chunkIndex = this.#chunkOf(last + 1);
      let at = firstAtLeast(this.#chunks[chunkIndex] ?? [], last + 1);
      while (edits === this.#edits) {
        const chunk = this.#chunks[chunkIndex];
        const entry = chunk?.[at];
        if (entry === undefined || entry.created > upTo) return;
        last = entry.created;
        yield entry;
        at++;
        if (at >= (chunk?.length ?? 0)) {
          chunkIndex++;
          at = 0;
        }
      }
    }
  }

  /** The first chunk whose last entry is `from` or later; the number of chunks when there is none. */
  #chunkOf(from: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (created(this.#chunks[middle]?.at(-1)) < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #chunk(index: number): E[] {
    const chunk = this.#chunks[index];
    assert(chunk !== undefined, `no chunk ${index}`);
    return chunk;
  }

  #mergeSmall(index: number, chunk: E[]): void {
    if (chunk.length === 0) {
      this.#chunks.splice(index, 1);
      return;
    }
    const next = this.#chunks[index + 1];
    if (next === undefined || chunk.length + next.length > orderChunkEntries >>> 1) return;
    chunk.push(...next);
    this.#chunks.splice(index + 1, 1);
  }
}

function created(entry: Created | undefined): number {
  return entry === undefined ? 0 : entry.created;
}

function firstAtLeast(chunk: readonly Created[], from: number): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (created(chunk[middle]) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
