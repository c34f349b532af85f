import { crc32 } from 'node:zlib';
import type { StreamFacts } from './types.ts';

/**
 * A group's `catalogue`: its streams and its closed segments, a line of checksum and JSON each. Streams made and deleted
 * are appended; when a segment is closed the whole file is replaced. What the open segment adds to a stream is learnt
 * from the segment itself.
 */
export type CatalogueLine =
  /** The first line: what is never given twice, and up to which segment all are closed. */
  | {
      readonly type: 'group';
      readonly nextStream: number;
      readonly nextSequence: number;
      readonly closedThrough: number;
    }
  | ({ readonly type: 'stream' } & StreamFacts)
  | { readonly type: 'deleted'; readonly number: number }
  | ({ readonly type: 'segment' } & ClosedSegment);

/** A segment that takes no more. */
export interface ClosedSegment {
  readonly number: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly sizeBytes: number;
}

export function encodeLines(lines: readonly CatalogueLine[]): Buffer {
  return Buffer.from(lines.map(encodeLine).join(''));
}

function encodeLine(line: CatalogueLine): string {
  const text = JSON.stringify(line);
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`;
}

/** The lines up to the first that is not whole, and the bytes they take. */
export function decodeLines(file: Buffer): { readonly lines: readonly CatalogueLine[]; readonly bytes: number } {
  const lines: CatalogueLine[] = [];
  let bytes = 0;
  for (;;) {
    const end = file.indexOf(0x0a, bytes);
    if (end < 0) return { lines, bytes };
    const text = file.subarray(bytes + 9, end);
    if (file.toString('latin1', bytes, bytes + 8) !== crc32(text).toString(16).padStart(8, '0')) {
      return { lines, bytes };
    }
    lines.push(JSON.parse(text.toString()) as CatalogueLine);
    bytes = end + 1;
  }
}
