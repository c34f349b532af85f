import { crc32 } from 'node:zlib';
import type { NewLogEvent } from './types.ts';

/**
 * A frame is one batch of events of one stream as it lies in a segment, little endian:
 *
 *     0  u32  bytes of the whole frame
 *     4  u32  CRC-32 of all that follows
 *     8  f64  sequence of its first event
 *     16 u32  number of its stream
 *     20 u32  count of events
 *     24 f64  when it was taken, epoch ms
 *     32      its events: f64 timestamp, u32 length, UTF-8 message
 */
const headerBytes = 32;
const eventHeaderBytes = 12;
/** A batch has at most 1 MiB of messages and 10,000 events: whatever claims more is damage. */
const maxFrameBytes = 2 * 1024 * 1024;

export interface FrameHead {
  readonly bytes: number;
  readonly firstSequence: number;
  readonly stream: number;
  readonly count: number;
  readonly ingestedMs: number;
}

export interface FrameFacts extends FrameHead {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface NewFrame {
  readonly firstSequence: number;
  readonly stream: number;
  readonly ingestedMs: number;
  readonly events: readonly NewLogEvent[];
}

export interface Frame {
  readonly bytes: Buffer;
  readonly facts: FrameFacts;
}

export function encodeFrame({ firstSequence, stream, ingestedMs, events }: NewFrame): Frame {
  const lengths = events.map(({ message }) => Buffer.byteLength(message));
  const size = lengths.reduce((sum, each) => sum + each + eventHeaderBytes, headerBytes);
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeUInt32LE(size, 0);
  bytes.writeDoubleLE(firstSequence, 8);
  bytes.writeUInt32LE(stream, 16);
  bytes.writeUInt32LE(events.length, 20);
  bytes.writeDoubleLE(ingestedMs, 24);
  let at = headerBytes;
  events.forEach(({ timestampMs, message }, index) => {
    const length = lengths[index] ?? 0;
    bytes.writeDoubleLE(timestampMs, at);
    bytes.writeUInt32LE(length, at + 8);
    bytes.write(message, at + eventHeaderBytes, 'utf8');
    at += eventHeaderBytes + length;
  });
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  const head = { bytes: size, firstSequence, stream, count: events.length, ingestedMs };
  return { bytes, facts: { ...head, ...rangeOf(events.map(({ timestampMs }) => timestampMs)) } };
}

/** How many bytes the frame at `at` says it has; `undefined` when no frame can begin there or the bytes do not say. */
export function frameBytesAt(bytes: Buffer, at: number): number | undefined {
  if (at + headerBytes > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  return length > headerBytes && length <= maxFrameBytes ? length : undefined;
}

/** The head of a whole and undamaged frame; `undefined` for anything else. */
export function openFrame(frame: Buffer): FrameHead | undefined {
  if (frameBytesAt(frame, 0) !== frame.length) return undefined;
  if (crc32(frame.subarray(8)) !== frame.readUInt32LE(4)) return undefined;
  return {
    bytes: frame.length,
    firstSequence: frame.readDoubleLE(8),
    stream: frame.readUInt32LE(16),
    count: frame.readUInt32LE(20),
    ingestedMs: frame.readDoubleLE(24),
  };
}

/** Calls back for each event of an opened frame; `message` decodes. */
export function eachEvent(
  frame: Buffer,
  head: FrameHead,
  visit: (timestampMs: number, sequence: number, message: () => string) => void,
): void {
  let at = headerBytes;
  for (let index = 0; index < head.count; index++) {
    const length = frame.readUInt32LE(at + 8);
    const start = at + eventHeaderBytes;
    visit(frame.readDoubleLE(at), head.firstSequence + index, () => frame.toString('utf8', start, start + length));
    at = start + length;
  }
}

/** The head with the range of the events' times. */
export function frameFacts(frame: Buffer, head: FrameHead): FrameFacts {
  const times: number[] = [];
  eachEvent(frame, head, (timestampMs) => times.push(timestampMs));
  return { ...head, ...rangeOf(times) };
}

function rangeOf(times: readonly number[]): Pick<FrameFacts, 'minMs' | 'maxMs'> {
  let minMs = Number.POSITIVE_INFINITY;
  let maxMs = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (time < minMs) minMs = time;
    if (time > maxMs) maxMs = time;
  }
  return { minMs, maxMs };
}
