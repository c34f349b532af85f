import { type Rcode, rcodes, recordTypes } from './types.ts';

/** One question, as far as an answer needs it. */
export interface Query {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  /** As it was asked, without the last dot; `''` is the root. */
  readonly name: string;
  /** The same in small letters. */
  readonly key: string;
  readonly type: number;
  /** The question's own bytes, so that an answer repeats it letter by letter. */
  readonly question: Uint8Array;
  /** What the client takes in a datagram, bytes, if it speaks EDNS. */
  readonly edns?: { readonly payloadBytes: number; readonly dnssecOk: boolean };
}

/** A question that cannot be answered; `id` is absent when there is nobody to tell. */
export interface BadQuery {
  readonly id?: number;
  readonly rcode: Rcode;
}

export type ReadQuery = { readonly ok: true; readonly query: Query } | { readonly ok: false; readonly bad: BadQuery };

const headerBytes = 12;

/** Reads one message. Answers, notifications and the like are no questions. Source: RFC 1035 4.1, RFC 6891. */
export function readQuery(bytes: Uint8Array): ReadQuery {
  if (bytes.length < headerBytes) return { ok: false, bad: { rcode: rcodes.FORMERR } };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [id, flags] = [view.getUint16(0), view.getUint16(2)];
  // An answer is never answered: two servers would talk for ever.
  if ((flags & 0x8000) !== 0) return { ok: false, bad: { rcode: rcodes.FORMERR } };
  if ((flags & 0x7800) !== 0) return bad(id, rcodes.NOTIMP);
  if (view.getUint16(4) !== 1 || view.getUint16(6) !== 0) return bad(id, rcodes.FORMERR);
  const named = readName(bytes, headerBytes);
  if (named === undefined || named.end + 4 > bytes.length) return bad(id, rcodes.FORMERR);
  const end = named.end + 4;
  if (view.getUint16(end - 2) !== 1) return bad(id, rcodes.REFUSED);
  const edns = readEdns(bytes, view, end);
  if (edns === 'malformed') return bad(id, rcodes.FORMERR);
  if (edns === 'version') return bad(id, rcodes.BADVERS);
  const query: Query = {
    id,
    recursionDesired: (flags & 0x0100) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
    name: named.name,
    key: named.name.toLowerCase(),
    type: view.getUint16(end - 4),
    question: bytes.subarray(headerBytes, end),
    ...(edns === undefined ? {} : { edns }),
  };
  return { ok: true, query };
}

function bad(id: number, rcode: Rcode): ReadQuery {
  return { ok: false, bad: { id, rcode } };
}

/** A name in a question: labels alone, for there is nothing before it to point at. */
function readName(bytes: Uint8Array, start: number): { name: string; end: number } | undefined {
  let at = start;
  let name = '';
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63 || at - start > 254) return undefined;
    at += 1;
    if (length === 0) return { name, end: at };
    if (at + length > bytes.length) return undefined;
    // A dot within a label is none between labels; no name here has one.
    const label = latin1(bytes, at, at + length).replaceAll('.', '\\.');
    name = name === '' ? label : `${name}.${label}`;
    at += length;
  }
}

/** The OPT record among the additional ones, which questions have nothing else among. */
function readEdns(
  bytes: Uint8Array,
  view: DataView,
  start: number,
): Query['edns'] | 'malformed' | 'version' | undefined {
  let at = start;
  for (let left = view.getUint16(8) + view.getUint16(10); left > 0; left--) {
    const named = readName(bytes, at);
    if (named === undefined || named.end + 10 > bytes.length) return 'malformed';
    const type = view.getUint16(named.end);
    if (type === recordTypes.OPT) {
      if (view.getUint8(named.end + 5) !== 0) return 'version';
      const dnssecOk = (view.getUint16(named.end + 6) & 0x8000) !== 0;
      return { payloadBytes: Math.max(512, view.getUint16(named.end + 2)), dnssecOk };
    }
    at = named.end + 10 + view.getUint16(named.end + 8);
  }
  return undefined;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
