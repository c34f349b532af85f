// oxlint-disable no-restricted-globals -- Date converts given instants here; nothing asks it for the time.
import type { Instant } from '#base';

/** DER (ITU-T X.690), as much of it as certificates need. */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function encode(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), content]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.concat([Uint8Array.of(tag, 0x80 | bytes.length, ...bytes), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(tags.sequence, Buffer.concat(parts));
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return encode(tags.set, Buffer.concat(parts));
}

/** A whole number that is not negative, its bytes from the highest on. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return encode(tags.integer, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits);
}

export function boolean(value: boolean): Buffer {
  return encode(tags.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function octetString(content: Uint8Array): Buffer {
  return encode(tags.octetString, content);
}

/** `unused`: how many bits of the last byte do not count. */
export function bitString(content: Uint8Array, unused = 0): Buffer {
  return encode(tags.bitString, Buffer.concat([Uint8Array.of(unused), content]));
}

export function utf8String(text: string): Buffer {
  return encode(tags.utf8String, Buffer.from(text, 'utf8'));
}

/** `1.2.840.10045.4.3.2`. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return encode(tags.oid, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** To the second; years from 2050 on have another form. */
export function time(instant: Instant): Buffer {
  const digits = new Date(Math.floor(instant) * 1000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? encode(tags.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : encode(tags.generalizedTime, Buffer.from(digits, 'latin1'));
}

/** `[number] EXPLICIT`. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return encode(0xa0 | number, content);
}

/** `[number] IMPLICIT` of a primitive type. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return encode(0x80 | number, content);
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The elements one after the other; throws RangeError when they are not whole. */
function elementsOf(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    at += 2;
    if (length >= 0x80) {
      const digits = bytes.subarray(at, at + (length & 0x7f));
      at += digits.length;
      length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
    }
    if (at + length > bytes.length) throw new RangeError('an element is not whole');
    elements.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

/** The object identifier of the algorithm that a certificate is signed with. */
export function signatureAlgorithmOf(certificate: Uint8Array): string {
  const [whole] = elementsOf(certificate);
  const [, algorithm] = elementsOf(whole?.content ?? new Uint8Array());
  const [id] = elementsOf(algorithm?.content ?? new Uint8Array());
  const [first = 0, ...rest] = id?.content ?? [];
  const numbers: number[] = [Math.min(2, Math.floor(first / 40)), first - Math.min(2, Math.floor(first / 40)) * 40];
  let value = 0;
  for (const byte of rest) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  return numbers.join('.');
}
