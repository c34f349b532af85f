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

export interface DecodedCatalogue {
  readonly lines: readonly CatalogueLine[];
  /** Where the last whole line ends: what comes after it is the torn end of an append. */
  readonly bytes: number;
  /** Lines before that which are damaged, and left out. */
  readonly damaged: number;
}

export function decodeLines(file: Buffer): DecodedCatalogue {
  const lines: CatalogueLine[] = [];
  let [bytes, damaged, pending] = [0, 0, 0];
  for (let start = 0; ; ) {
    const end = file.indexOf(0x0a, start);
    if (end < 0) return { lines, bytes, damaged };
    const line = decodeLine(file.subarray(start, end));
    start = end + 1;
    if (line === undefined) {
      pending++;
      continue;
    }
    lines.push(line);
    damaged += pending;
    pending = 0;
    bytes = start;
  }
}

function decodeLine(line: Buffer): CatalogueLine | undefined {
  const text = line.subarray(9);
  if (line.toString('latin1', 0, 8) !== crc32(text).toString(16).padStart(8, '0')) return undefined;
  return JSON.parse(text.toString()) as CatalogueLine;
}
