import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const sizeBytes = 12;

/**
 * The last revision that was acknowledged, in a file of its own: a write-ahead log that was cut short, or whose frames
 * no longer prove themselves, ends for SQLite where they do, without a word. Written after each commit and never
 * flushed, so it costs next to nothing, is exact after the death of the process, and never ahead of what is on disk.
 */
export class HighWaterMark {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(sizeBytes);

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** 0 when there is none that proves itself: that is no evidence of anything. */
  read(): number {
    const length = readSync(this.#file, this.#bytes, 0, sizeBytes, 0);
    const proved = length === sizeBytes && crc32(this.#bytes.subarray(0, 8)) === this.#bytes.readUInt32LE(8);
    return proved ? Number(this.#bytes.readBigUInt64LE(0)) : 0;
  }

  /** A mark that cannot be written proves less the next time; nothing else depends on it. */
  write(revision: number): void {
    this.#bytes.writeBigUInt64LE(BigInt(revision), 0);
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(0, 8)), 8);
    try {
      writeSync(this.#file, this.#bytes, 0, sizeBytes, 0);
    } catch {
      // The commit is on disk all the same.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
