import { type Rdata, recordTypes } from './types.ts';

const none = new Uint8Array(0);

/**
 * What a record of the type says, from its text in a zone file: `10.0.0.1`, `1 1 8080 one.api.web.local`,
 * `10 mail.example.com`, `"text" "more"`, `0 issue "ca.example"`. `undefined` for a text that is none.
 */
export function rdataOf(type: string, text: string): Rdata | undefined {
  const words = text.trim().split(/\s+/);
  switch (type) {
    case 'A':
      return bytesOf(ipv4Bytes(text.trim()));
    case 'AAAA':
      return bytesOf(ipv6Bytes(text.trim()));
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return words.length === 1 ? named(none, words[0], true) : undefined;
    case 'MX':
      return words.length === 2 ? named(numbers(words.slice(0, 1)), words[1], true) : undefined;
    case 'SRV':
      return words.length === 4 ? named(numbers(words.slice(0, 3)), words[3], false) : undefined;
    case 'TXT':
      return bytesOf(textBytes(text));
    case 'CAA':
      return bytesOf(caaBytes(text));
    default:
      return undefined;
  }
}

/** The start of authority of a zone; `minimum` is how long it may be kept that there is nothing, seconds. */
export function soaOf(zone: string, minimum: number): Rdata {
  const tail = new Uint8Array(20);
  const view = new DataView(tail.buffer);
  [1, 7200, 900, 1_209_600, minimum].forEach((value, index) => view.setUint32(index * 4, value));
  return { bytes: none, name: zone, second: `hostmaster.${zone}`, compress: true, tail };
}

/** A record as it stands behind a question for its name, which it points at; `undefined` where its data has names. */
export function wireOf(type: number, ttl: number, { bytes, name }: Rdata): Uint8Array | undefined {
  if (name !== undefined) return undefined;
  const wire = new Uint8Array(12 + bytes.length);
  const view = new DataView(wire.buffer);
  view.setUint16(0, 0xc00c);
  view.setUint16(2, type);
  view.setUint16(4, 1);
  view.setUint32(6, ttl);
  view.setUint16(10, bytes.length);
  wire.set(bytes, 12);
  return wire;
}

export function addressData(address: string): Rdata | undefined {
  return bytesOf(ipv4Bytes(address) ?? ipv6Bytes(address));
}

export const addressTypes: ReadonlySet<number> = new Set([recordTypes.A, recordTypes.AAAA]);

function bytesOf(bytes: Uint8Array | undefined): Rdata | undefined {
  return bytes === undefined ? undefined : { bytes };
}

function named(bytes: Uint8Array | undefined, name: string | undefined, compress: boolean): Rdata | undefined {
  if (bytes === undefined || name === undefined) return undefined;
  const plain = name.replace(/\.$/, '');
  return plain.split('.').every((label) => label.length <= 63) ? { bytes, name: plain, compress } : undefined;
}

/** Numbers of 16 bits. */
function numbers(words: readonly string[]): Uint8Array | undefined {
  const bytes = new Uint8Array(words.length * 2);
  for (const [index, word] of words.entries()) {
    if (!/^\d{1,5}$/.test(word) || Number(word) > 65_535) return undefined;
    new DataView(bytes.buffer).setUint16(index * 2, Number(word));
  }
  return bytes;
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return Uint8Array.from(parts.map(Number));
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const groups = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const [head, rest] = [groups(halves[0]), groups(halves[1])];
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...rest];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = new Uint8Array(16);
  all.forEach((group, index) => new DataView(bytes.buffer).setUint16(index * 2, Number.parseInt(group, 16)));
  return bytes;
}

/** Strings in quotes, each of at most 255 bytes; without quotes it is one. */
function textBytes(text: string): Uint8Array | undefined {
  const strings = text.includes('"') ? quoted(text) : [text];
  const encoded = strings.map((each) => Buffer.from(each));
  if (encoded.length === 0 || encoded.some(({ length }) => length > 255)) return undefined;
  return Buffer.concat(encoded.flatMap((bytes) => [Buffer.of(bytes.length), bytes]));
}

function quoted(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inner = '']) => inner.replace(/\\(.)/g, '$1'));
}

function caaBytes(text: string): Uint8Array | undefined {
  const [, flags = '', tag = '', value = ''] = /^(\d{1,3})\s+([a-z0-9]+)\s+"?([^"]*)"?$/i.exec(text.trim()) ?? [];
  if (tag === '' || Number(flags) > 255) return undefined;
  return Buffer.concat([Buffer.of(Number(flags), tag.length), Buffer.from(tag), Buffer.from(value)]);
}
