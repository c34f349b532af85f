import { crc32 } from 'node:zlib';
import { Fault } from '#base';
import type { Batch, Journal, JournalPart, LoadedJournal, SnapshotHead, SnapshotWriter } from '../journal.ts';
import { damaged } from '../text/codec.ts';

/** What goes wrong with the next append. */
export type DiskFailure = 'full' | 'read-only' | 'error';

interface Row {
  readonly first: number;
  readonly last: number;
  readonly body: Uint8Array;
  readonly checksum: number;
}

/** What a memory journal leaves behind for the next one, with switches for what a real disk does now and then. */
export class MemoryDisk {
  epoch = 0;
  head: SnapshotHead | undefined;
  chunks: readonly Row[] = [];
  chunkCount = 0;
  rows: Row[] = [];
  #holder: MemoryJournal | undefined;
  readonly #failures: DiskFailure[] = [];
  #held: (() => void)[] | undefined;

  /** The next append, and as many after it as this is called for, is refused. */
  failNextAppend(failure: DiskFailure): void {
    this.#failures.push(failure);
  }

  /** Appends wait, not yet on disk, until they are released or lost in a crash. */
  holdAppends(): void {
    this.#held ??= [];
  }

  releaseAppends(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const release of held) release();
  }

  /** The process dies: what is not on disk is lost, and its journal never answers again. */
  crash(): void {
    this.#holder?.die();
    this.#holder = undefined;
    this.#held = undefined;
  }

  /** @internal */
  take(holder: MemoryJournal): void {
    if (this.#holder !== undefined) {
      throw new Fault('StoreLocked', 'The memory disk is in use. Close the store that uses it first.');
    }
    this.#holder = holder;
    this.epoch++;
  }

  /** @internal */
  release(holder: MemoryJournal): void {
    if (this.#holder === holder) this.#holder = undefined;
  }

  /** @internal */
  async written(): Promise<void> {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw diskFault(failure);
    await new Promise<void>((resolve) => {
      if (this.#held === undefined) resolve();
      else this.#held.push(resolve);
    });
  }
}

/** A journal in memory: for tests, simulation, and a store that shall forget. */
export class MemoryJournal implements Journal {
  readonly #disk: MemoryDisk;
  #dead = false;

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.#disk = disk;
  }

  async load(): Promise<LoadedJournal> {
    this.#disk.take(this);
    const { epoch, head } = this.#disk;
    return { epoch, snapshot: head, parts: partsOf(this.#disk) };
  }

  async append(batch: Batch): Promise<void> {
    await this.#disk.written();
    await this.#alive();
    this.#disk.rows.push({ ...batch, checksum: crc32(batch.body) });
  }

  snapshot(): SnapshotWriter {
    const disk = this.#disk;
    const chunks: Row[] = [];
    return {
      write: async (body) => {
        await this.#alive();
        chunks.push({ first: 0, last: 0, body, checksum: crc32(body) });
      },
      commit: async (head) => {
        await this.#alive();
        disk.chunks = chunks;
        disk.chunkCount = chunks.length;
        disk.head = head;
        disk.rows = disk.rows.filter((row) => row.last > head.base);
      },
      abort: async () => {
        chunks.length = 0;
      },
    };
  }

  async close(): Promise<void> {
    this.#disk.release(this);
  }

  /** @internal */
  die(): void {
    this.#dead = true;
  }

  async #alive(): Promise<void> {
    if (this.#dead) await new Promise<never>(() => {});
  }
}

async function* partsOf(disk: MemoryDisk): AsyncGenerator<JournalPart, void, undefined> {
  for (const [index, row] of disk.chunks.entries()) {
    yield { type: 'chunk', where: `snapshot chunk ${index}`, body: checked(row, `snapshot chunk ${index}`) };
  }
  if (disk.chunks.length !== disk.chunkCount) {
    throw damaged('the snapshot', `${disk.chunks.length} of its ${disk.chunkCount} chunks are there`);
  }
  for (const row of disk.rows) {
    const where = `the journal batch of revisions ${row.first} to ${row.last}`;
    yield { type: 'batch', where, body: checked(row, where) };
  }
}

function checked(row: Row, where: string): Uint8Array {
  if (crc32(row.body) !== row.checksum) throw damaged(where, 'the checksum does not match');
  return row.body;
}

function diskFault(failure: DiskFailure): Fault {
  const [code, message] = diskFailures[failure];
  return new Fault(code, message, { retryable: true });
}

const diskFailures: Readonly<Record<DiskFailure, readonly [code: string, message: string]>> = {
  full: ['StoreFull', 'The memory disk is full. Free some space and try again.'],
  'read-only': ['StoreReadOnly', 'The memory disk is read-only. Make it writable and try again.'],
  error: ['StoreFailed', 'The memory disk failed. Try again.'],
};
