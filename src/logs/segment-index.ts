import { crc32 } from 'node:zlib';
import type { FrameFacts } from './frames.ts';

/** One row: where a batch lies in its segment, whose it is and from when. Little endian, as in memory so on disk. */
const rowBytes = 32;
const fileHeaderBytes = 8;

export interface IndexRow {
  readonly stream: number;
  readonly offset: number;
  readonly bytes: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** The batches of a segment in the order they were taken: 32 bytes each, in one buffer. */
export class SegmentIndex {
  #rows: Buffer;
  #count: number;

  constructor(rows: Buffer = Buffer.alloc(0)) {
    this.#rows = rows;
    this.#count = rows.length / rowBytes;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#rows.length;
  }

  push(offset: number, { stream, bytes, minMs, maxMs }: FrameFacts): void {
    const at = this.#count * rowBytes;
    if (at === this.#rows.length) {
      const grown = Buffer.alloc(Math.max(64 * rowBytes, this.#rows.length * 2));
      this.#rows.copy(grown);
      this.#rows = grown;
    }
    this.#rows.writeUInt32LE(stream, at);
    this.#rows.writeUInt32LE(offset, at + 4);
    this.#rows.writeUInt32LE(bytes, at + 8);
    this.#rows.writeDoubleLE(minMs, at + 16);
    this.#rows.writeDoubleLE(maxMs, at + 24);
    this.#count++;
  }

  row(index: number): IndexRow {
    const at = index * rowBytes;
    return {
      stream: this.#rows.readUInt32LE(at),
      offset: this.#rows.readUInt32LE(at + 4),
      bytes: this.#rows.readUInt32LE(at + 8),
      minMs: this.#rows.readDoubleLE(at + 16),
      maxMs: this.#rows.readDoubleLE(at + 24),
    };
  }

  stream(index: number): number {
    return this.#rows.readUInt32LE(index * rowBytes);
  }

  minMs(index: number): number {
    return this.#rows.readDoubleLE(index * rowBytes + 16);
  }

  maxMs(index: number): number {
    return this.#rows.readDoubleLE(index * rowBytes + 24);
  }

  /** Where the row's batch ends in the segment. */
  end(index: number): number {
    return this.#rows.readUInt32LE(index * rowBytes + 4) + this.#rows.readUInt32LE(index * rowBytes + 8);
  }

  /** As a file: a checksum, the count, the rows. */
  encode(): Buffer {
    const file = Buffer.alloc(fileHeaderBytes + this.#count * rowBytes);
    file.writeUInt32LE(this.#count, 4);
    this.#rows.copy(file, fileHeaderBytes, 0, this.#count * rowBytes);
    file.writeUInt32LE(crc32(file.subarray(4)), 0);
    return file;
  }

  /** `undefined` when the file is not whole: it is made again from the segment. */
  static decode(file: Buffer): SegmentIndex | undefined {
    if (file.length < fileHeaderBytes || crc32(file.subarray(4)) !== file.readUInt32LE(0)) return undefined;
    if (file.length !== fileHeaderBytes + file.readUInt32LE(4) * rowBytes) return undefined;
    return new SegmentIndex(Buffer.from(file.subarray(fileHeaderBytes)));
  }
}
