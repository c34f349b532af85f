import { hash } from 'node:crypto';

/** What a message is for. `input_stream_data` goes to the command, `output_stream_data` comes from it. */
export type SessionMessageType =
  | 'input_stream_data'
  | 'output_stream_data'
  | 'acknowledge'
  | 'channel_closed'
  | 'start_publication'
  | 'pause_publication';

export const payloadTypes = {
  /** Also what is typed. */
  output: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  flag: 10,
  standardError: 11,
  exitCode: 12,
} as const;

export const messageFlags = { none: 0, syn: 1, fin: 2, acknowledge: 3 } as const;

/** Payload of a `flag` message: the other side shall end the session. */
export const terminateFlag = 2;

/** What a relay reads of a message. */
export interface SessionMessageHead {
  readonly type: string;
  readonly sequence: number;
  /** A UUID. */
  readonly id: string;
}

export interface SessionMessage extends SessionMessageHead {
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  readonly flags: number;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** Where the length of the payload stands; the payload follows it. */
const headBytes = 116;
const typeBytes = 32;
const offsets = { type: 4, version: 36, createdAt: 40, sequence: 48, flags: 56, id: 64, digest: 80, payloadType: 112 };
const schemaVersion = 1;

/** Big endian; source: the protocol of session-manager-plugin. */
export function encodeMessage(message: SessionMessage): Uint8Array {
  const { payload } = message;
  const bytes = new Uint8Array(headBytes + 4 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headBytes);
  bytes.set(encoder.encode(message.type.padEnd(typeBytes)), offsets.type);
  view.setUint32(offsets.version, schemaVersion);
  view.setBigUint64(offsets.createdAt, BigInt(Math.floor(message.createdAtMs)));
  view.setBigInt64(offsets.sequence, BigInt(message.sequence));
  view.setBigUint64(offsets.flags, BigInt(message.flags));
  bytes.set(bytesOfUuid(message.id), offsets.id);
  bytes.set(sha256(payload), offsets.digest);
  view.setUint32(offsets.payloadType, message.payloadType);
  view.setUint32(headBytes, payload.length);
  bytes.set(payload, headBytes + 4);
  return bytes;
}

/** The head alone, whose payload nobody looked at; `undefined` for what is too short to have one, or has no type. */
export function decodeHead(bytes: Uint8Array): SessionMessageHead | undefined {
  if (bytes.length < headBytes + 4) return undefined;
  const type = decoder
    .decode(bytes.subarray(offsets.type, offsets.type + typeBytes))
    .replaceAll('\0', ' ')
    .trim();
  if (type === '') return undefined;
  const sequence = Number(viewOf(bytes).getBigInt64(offsets.sequence));
  return { type, sequence, id: uuidOfBytes(bytes.subarray(offsets.id, offsets.id + 16)) };
}

/** `undefined` for what is no message: too short, without a type, or with another digest than it says. */
export function decodeMessage(bytes: Uint8Array): SessionMessage | undefined {
  const head = decodeHead(bytes);
  if (head === undefined) return undefined;
  const view = viewOf(bytes);
  const payloadAt = view.getUint32(0) + 4;
  if (payloadAt < headBytes + 4 || payloadAt > bytes.length) return undefined;
  const payload = bytes.subarray(payloadAt);
  const said = bytes.subarray(offsets.digest, offsets.digest + 32);
  if (payload.length > 0 && !sha256(payload).equals(said)) return undefined;
  return {
    ...head,
    createdAtMs: Number(view.getBigUint64(offsets.createdAt)),
    flags: Number(view.getBigUint64(offsets.flags)),
    payloadType: view.getUint32(offsets.payloadType),
    payload,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function sha256(payload: Uint8Array): Buffer {
  return hash('sha256', payload, 'buffer');
}

/** The halves of a UUID stand the wrong way round. */
function bytesOfUuid(uuid: string): Uint8Array {
  const hex = uuid.replaceAll('-', '');
  const turned = hex.slice(16) + hex.slice(0, 16);
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(turned.slice(index * 2, index * 2 + 2), 16));
}

function uuidOfBytes(bytes: Uint8Array): string {
  const turned = [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  const hex = turned.slice(16) + turned.slice(0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
