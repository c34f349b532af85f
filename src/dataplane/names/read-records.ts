import { type Rcode, type Rdata, type ResourceRecord, rcodes, recordTypes } from './types.ts';

/** How many bytes of an answer's data come before a name in it. */
const nameAt: ReadonlyMap<number, number> = new Map([
  [recordTypes.CNAME, 0],
  [recordTypes.PTR, 0],
  [recordTypes.NS, 0],
  [recordTypes.MX, 2],
  [recordTypes.SRV, 6],
]);

const none = { rcode: rcodes.SERVFAIL as Rcode, records: [] };

/** The answers in a message of somebody else's; what cannot be read is none. */
export function recordsOf(message: Buffer): { readonly rcode: Rcode; readonly records: readonly ResourceRecord[] } {
  if (message.length < 12) return none;
  let at = 12;
  for (let left = message.readUInt16BE(4); left > 0; left--) {
    const name = readName(message, at);
    if (name === undefined) return none;
    at = name.end + 4;
  }
  const records: ResourceRecord[] = [];
  for (let left = message.readUInt16BE(6); left > 0; left--) {
    const name = readName(message, at);
    if (name === undefined || name.end + 10 > message.length) return none;
    const length = message.readUInt16BE(name.end + 8);
    const start = name.end + 10;
    if (start + length > message.length) return none;
    const type = message.readUInt16BE(name.end);
    const data = dataOf(message, type, start, length);
    if (data === undefined) return none;
    records.push({ name: name.name, type, ttl: message.readUInt32BE(name.end + 4), data });
    at = start + length;
  }
  return { rcode: ((message[3] ?? 0) & 0xf) as Rcode, records };
}

/** Names in it are read whole: what they point at is not in our answer. */
function dataOf(message: Buffer, type: number, start: number, length: number): Rdata | undefined {
  const before = nameAt.get(type);
  if (before === undefined) return { bytes: Buffer.from(message.subarray(start, start + length)) };
  const name = readName(message, start + before);
  if (name === undefined) return undefined;
  const bytes = Buffer.from(message.subarray(start, start + before));
  return { bytes, name: name.name, compress: type !== recordTypes.SRV };
}

function readName(message: Buffer, start: number): { readonly name: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let [at, end] = [start, -1];
  for (let steps = 0; steps < 128; steps++) {
    const length = message[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name: labels.join('.'), end: end < 0 ? at + 1 : end };
    if (length >= 0xc0) {
      if (at + 1 >= message.length) return undefined;
      if (end < 0) end = at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      continue;
    }
    if (length > 63 || at + 1 + length > message.length) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return undefined;
}
