import { crc32 } from 'node:zlib';
import { type Clock, Fault } from '#base';
import type { Batch, Journal, JournalPart, LoadedJournal, SnapshotHead, SnapshotWriter } from '#store';
import type { Draw, Span } from './draw.ts';

/** Why the disk takes nothing. */
export type DiskRefusal = 'StoreFull' | 'StoreFailed';

/** What is left of what was being written when the process died, from 0 (nothing of it) to 1 (all of it). */
export type Tear = number;

interface DiskDeps {
  readonly clock: Clock;
  readonly draw: Draw;
  /** A batch is on disk from now on. */
  readonly onDurable: (body: Uint8Array) => void;
}

/** u32 length of the body, f64 first and last revision, u32 checksum of all of it; then the body. */
const headerBytes = 24;

/**
 * A disk as bytes: a log of framed and checksummed batches, and a snapshot that is switched by one write of its head.
 * A write takes time; what a process had under way when it died is there, is not, or is cut short.
 */
export class SimulatedDisk {
  /** How long a write takes, ms. */
  writeMs: Span = [0, 3];
  refusal: DiskRefusal | undefined;
  epoch = 0;
  snapshotsWritten = 0;
  tornAppends = 0;
  /** Writes it refused. */
  refusals = 0;
  readonly #deps: DiskDeps;
  #log: Uint8Array[] = [];
  #snapshot: { readonly head: SnapshotHead; readonly chunks: readonly Uint8Array[] } | undefined;
  #latest: DiskJournal | undefined;
  #holder: DiskJournal | undefined;
  /** Told when a process begins to write. */
  #onWrite: ((what: 'append' | 'snapshot') => void) | undefined;

  constructor(deps: DiskDeps) {
    this.#deps = deps;
  }

  /** For the next process. */
  open(): Journal {
    this.#latest = new DiskJournal(this);
    return this.#latest;
  }

  /** Whether it refuses, or is slow. */
  get troubled(): boolean {
    return this.refusal !== undefined || this.writeMs[1] > 100;
  }

  /** A journal over what the disk holds now; what is written to it is forgotten. */
  copy(): Journal {
    const { head, parts } = this.read();
    return {
      load: async () => ({ epoch: this.epoch, snapshot: head, parts: one(parts) }),
      append: async () => {},
      snapshot: () => ({ write: async () => {}, commit: async () => {}, abort: async () => {} }),
      close: async () => {},
    };
  }

  onWrite(listener: ((what: 'append' | 'snapshot') => void) | undefined): void {
    this.#onWrite = listener;
  }

  /** The latest process dies, whether or not it got as far as to open the disk. */
  crash(tear: Tear): void {
    this.#latest?.die(tear);
    this.#holder = undefined;
  }

  /** @internal */
  take(holder: DiskJournal): void {
    if (this.#holder !== undefined) throw new Fault('StoreLocked', 'The disk is in use.');
    this.#holder = holder;
    this.epoch++;
  }

  /** @internal */
  release(holder: DiskJournal): void {
    if (this.#holder === holder) this.#holder = undefined;
  }

  /** @internal Resolves when a write would be done; throws when the disk refuses it. */
  async writing(what: 'append' | 'snapshot'): Promise<void> {
    this.#onWrite?.(what);
    const { clock, draw } = this.#deps;
    await new Promise<void>((resolve) => clock.setTimer(draw.between(this.writeMs), resolve));
    if (this.refusal === undefined) return;
    this.refusals++;
    throw new Fault(this.refusal, 'The simulated disk takes nothing just now.', { retryable: true });
  }

  /** @internal */
  append(frame: Uint8Array): void {
    this.#log.push(frame);
    this.#deps.onDurable(frame.subarray(headerBytes));
  }

  /** @internal A part of a frame, or all of it, got to the disk. */
  tear(frame: Uint8Array, tear: Tear): void {
    const length = Math.floor(frame.byteLength * tear);
    if (length === frame.byteLength) this.append(frame);
    else if (length > 0) {
      this.tornAppends++;
      this.#log.push(frame.subarray(0, length));
    }
  }

  /** @internal */
  switchSnapshot(head: SnapshotHead, chunks: readonly Uint8Array[]): void {
    this.#snapshot = { head, chunks };
    this.snapshotsWritten++;
    this.#log = this.#log.filter((frame) => lastOf(frame) > head.base);
  }

  /** @internal What a new process finds. A batch cut short at the very end was never acknowledged: it is removed. */
  read(): { readonly head: SnapshotHead | undefined; readonly parts: readonly JournalPart[] } {
    const tail = this.#log.at(-1);
    if (tail !== undefined && !isWhole(tail)) this.#log.pop();
    const chunks = (this.#snapshot?.chunks ?? []).map((chunk, index): JournalPart => {
      return { type: 'chunk', where: `snapshot chunk ${index}`, body: bodyOf(chunk, `snapshot chunk ${index}`) };
    });
    const batches = this.#log.map((frame): JournalPart => {
      const where = `the batch up to revision ${lastOf(frame)}`;
      return { type: 'batch', where, body: bodyOf(frame, where) };
    });
    return { head: this.#snapshot?.head, parts: [...chunks, ...batches] };
  }
}

/** One process's hold on the disk. */
class DiskJournal implements Journal {
  readonly #disk: SimulatedDisk;
  #dead = false;
  #appending: Uint8Array | undefined;
  #committing: { readonly head: SnapshotHead; readonly chunks: readonly Uint8Array[] } | undefined;

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
  }

  async load(): Promise<LoadedJournal> {
    if (this.#dead) await forever();
    this.#disk.take(this);
    const { epoch } = this.#disk;
    const { head, parts } = this.#disk.read();
    return { epoch, snapshot: head, parts: one(parts) };
  }

  async append(batch: Batch): Promise<void> {
    const frame = frameOf(batch.body, batch.first, batch.last);
    this.#appending = frame;
    try {
      await this.#disk.writing('append');
    } catch (error) {
      if (this.#dead) await forever();
      this.#appending = undefined;
      throw error;
    }
    if (this.#dead) await forever();
    this.#appending = undefined;
    this.#disk.append(frame);
  }

  snapshot(): SnapshotWriter {
    const chunks: Uint8Array[] = [];
    return {
      write: async (body) => {
        await this.#disk.writing('snapshot');
        if (this.#dead) await forever();
        chunks.push(frameOf(body, 0, 0));
      },
      commit: async (head) => {
        this.#committing = { head, chunks };
        try {
          await this.#disk.writing('snapshot');
        } catch (error) {
          if (this.#dead) await forever();
          this.#committing = undefined;
          throw error;
        }
        if (this.#dead) await forever();
        this.#committing = undefined;
        this.#disk.switchSnapshot(head, chunks);
      },
      abort: async () => {
        chunks.length = 0;
      },
    };
  }

  async close(): Promise<void> {
    this.#disk.release(this);
  }

  /** What was under way is torn; nothing is answered from now on. A head is one sector: it is there or it is not. */
  die(tear: Tear): void {
    this.#dead = true;
    if (this.#disk.refusal !== undefined) return;
    if (this.#appending !== undefined) this.#disk.tear(this.#appending, tear);
    if (this.#committing !== undefined && tear === 1) {
      this.#disk.switchSnapshot(this.#committing.head, this.#committing.chunks);
    }
  }
}

/** What a dead process waits for. It is looked at in the very step that acts, so that death falls between no two. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

async function* one(parts: readonly JournalPart[]): AsyncGenerator<JournalPart, void, undefined> {
  yield* parts;
}

function frameOf(body: Uint8Array, first: number, last: number): Uint8Array {
  const frame = new Uint8Array(headerBytes + body.byteLength);
  const header = new DataView(frame.buffer);
  header.setUint32(0, body.byteLength);
  header.setFloat64(4, first);
  header.setFloat64(12, last);
  frame.set(body, headerBytes);
  header.setUint32(20, checksumOf(frame));
  return frame;
}

function checksumOf(frame: Uint8Array): number {
  return crc32(frame.subarray(headerBytes), crc32(frame.subarray(0, 20)));
}

function isWhole(frame: Uint8Array): boolean {
  if (frame.byteLength < headerBytes) return false;
  const header = new DataView(frame.buffer, frame.byteOffset);
  return header.getUint32(0) === frame.byteLength - headerBytes && header.getUint32(20) === checksumOf(frame);
}

function lastOf(frame: Uint8Array): number {
  return frame.byteLength < headerBytes
    ? Number.POSITIVE_INFINITY
    : new DataView(frame.buffer, frame.byteOffset).getFloat64(12);
}

function bodyOf(frame: Uint8Array, where: string): Uint8Array {
  if (!isWhole(frame)) throw new Fault('StoreDamaged', `${where} is damaged on the simulated disk`);
  return frame.subarray(headerBytes);
}
