import type { Query } from './query.ts';
import { type Rcode, type ResourceRecord, rcodes, recordTypes } from './types.ts';

/** What is answered to a question. */
export interface Answer {
  readonly rcode: Rcode;
  readonly answers: readonly ResourceRecord[];
  /** The start of authority, where there is nothing. */
  readonly authority: readonly ResourceRecord[];
}

/** What we take and send in a datagram: fits every path. Source: DNS Flag Day 2020. */
const ednsPayloadBytes = 1232;
const headerBytes = 12;

/** No message is longer, so one room serves all; what was written is copied out. */
const room = Buffer.alloc(65_535);

/** The most bytes that a client takes in a datagram. */
export function datagramBytes({ edns }: Pick<Query, 'edns'>): number {
  return edns === undefined ? 512 : Math.min(edns.payloadBytes, ednsPayloadBytes);
}

/**
 * The answer as bytes, at most `limitBytes`: records that do not fit are left out, and the answer says that it is cut
 * off. What fits is sent all the same, for some clients ask no second time.
 */
export function writeResponse(query: Query, answer: Answer, limitBytes: number): Buffer {
  const optBytes = query.edns === undefined ? 0 : 11;
  const writer = new Writer(Math.min(limitBytes, room.length) - optBytes);
  writer.question(query);
  const answers = writer.records(answer.answers);
  const cut = answers < answer.answers.length;
  const authority = cut ? 0 : writer.records(answer.authority);
  if (query.edns !== undefined) writer.opt(query.edns.dnssecOk);
  const flags =
    0x8000 |
    (cut ? 0x0200 : 0) |
    (query.recursionDesired ? 0x0100 : 0) |
    0x0080 |
    (query.checkingDisabled ? 0x0010 : 0) |
    (answer.rcode & 0xf);
  return writer.finish(query.id, flags, [1, answers, authority, query.edns === undefined ? 0 : 1]);
}

/** An answer to what could not be read: nothing of it is repeated. */
export function writeFailure(id: number, rcode: Rcode): Buffer {
  const bytes = Buffer.alloc(rcode === rcodes.BADVERS ? headerBytes + 11 : headerBytes);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(0x8080 | (rcode & 0xf), 2);
  if (rcode === rcodes.BADVERS) {
    bytes.writeUInt16BE(1, 10);
    bytes.writeUInt16BE(recordTypes.OPT, headerBytes + 1);
    bytes.writeUInt16BE(ednsPayloadBytes, headerBytes + 3);
    bytes[headerBytes + 5] = rcode >> 4;
  }
  return bytes;
}

class Writer {
  #at = headerBytes;
  readonly #limit: number;
  #query: Query | undefined;
  /** Where names begin that were written before, in small letters; made when a name is written that is not the question's. */
  #names: Map<string, number> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  question(query: Query): void {
    this.#query = query;
    room.set(query.question, this.#at);
    this.#at += query.question.length;
  }

  /** Writes records for as long as they fit; gives how many did. */
  records(records: readonly ResourceRecord[]): number {
    let written = 0;
    for (const record of records) {
      const before = this.#at;
      this.#record(record);
      if (this.#at > this.#limit) {
        this.#at = before;
        return written;
      }
      written += 1;
    }
    return written;
  }

  /** An answer of our own is never signed, so the flag for signatures is only given back. */
  opt(dnssecOk: boolean): void {
    room[this.#at] = 0;
    room.writeUInt16BE(recordTypes.OPT, this.#at + 1);
    room.writeUInt16BE(ednsPayloadBytes, this.#at + 3);
    room.writeUInt16BE(0, this.#at + 5);
    room.writeUInt16BE(dnssecOk ? 0x8000 : 0, this.#at + 7);
    room.writeUInt16BE(0, this.#at + 9);
    this.#at += 11;
  }

  finish(id: number, flags: number, counts: readonly number[]): Buffer {
    room.writeUInt16BE(id, 0);
    room.writeUInt16BE(flags, 2);
    counts.forEach((count, index) => room.writeUInt16BE(count, 4 + index * 2));
    return Buffer.from(room.subarray(0, this.#at));
  }

  #record({ name, type, ttl, data, wire }: ResourceRecord): void {
    if (wire !== undefined && name === this.#query?.name) {
      if (this.#at + wire.length <= room.length) room.set(wire, this.#at);
      this.#at += wire.length;
      return;
    }
    // The longest record must not run over the end of the room.
    if (this.#at + 600 + data.bytes.length > room.length) {
      this.#at = room.length + 1;
      return;
    }
    this.#name(name, true);
    room.writeUInt16BE(type, this.#at);
    room.writeUInt16BE(1, this.#at + 2);
    room.writeUInt32BE(ttl, this.#at + 4);
    const lengthAt = this.#at + 8;
    this.#at += 10;
    room.set(data.bytes, this.#at);
    this.#at += data.bytes.length;
    if (data.name !== undefined) this.#name(data.name, data.compress === true);
    if (data.second !== undefined) this.#name(data.second, true);
    if (data.tail !== undefined) {
      room.set(data.tail, this.#at);
      this.#at += data.tail.length;
    }
    room.writeUInt16BE(this.#at - lengthAt - 2, lengthAt);
  }

  /** The names that the question ends with. Labels with dots in them are never pointed at: nothing of ours has one. */
  #knownNames(): Map<string, number> {
    if (this.#names !== undefined) return this.#names;
    this.#names = new Map<string, number>();
    const key = this.#query?.key ?? '';
    let offset = headerBytes;
    for (let name = key.includes('\\') ? '' : key; name !== ''; name = parentOf(name)) {
      this.#names.set(name, offset);
      offset += (room[offset] ?? 0) + 1;
    }
    return this.#names;
  }

  #name(name: string, compress: boolean): void {
    const names = this.#knownNames();
    let rest = name;
    while (rest !== '') {
      const key = rest.toLowerCase();
      const known = compress ? names.get(key) : undefined;
      if (known !== undefined) {
        room.writeUInt16BE(0xc000 | known, this.#at);
        this.#at += 2;
        return;
      }
      if (this.#at < 0x4000) names.set(key, this.#at);
      const dot = rest.indexOf('.');
      const label = dot < 0 ? rest : rest.slice(0, dot);
      room[this.#at] = label.length;
      room.write(label, this.#at + 1, 'latin1');
      this.#at += label.length + 1;
      rest = dot < 0 ? '' : rest.slice(dot + 1);
    }
    room[this.#at] = 0;
    this.#at += 1;
  }
}

function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}
