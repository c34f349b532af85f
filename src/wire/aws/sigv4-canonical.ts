import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { splitTarget, type WireHeaders } from './request.ts';

/**
 * What AWS Signature Version 4 signs. Source: "Signature Version 4 signing process", Elements of an AWS API request
 * signature, in the IAM User Guide.
 */
export const algorithm = 'AWS4-HMAC-SHA256';

export interface CanonicalParts {
  readonly method: string;
  readonly url: string;
  readonly headers: WireHeaders;
  /** Lower-case names in the order they are signed in. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** S3 signs the path as sent; all others normalise it and encode it once more. */
  readonly isS3: boolean;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const { path, query } = splitTarget(parts.url);
  let headers = '';
  for (const name of parts.signedHeaders) headers += `${name}:${canonicalHeader(parts.headers[name])}\n`;
  const resource = `${parts.isS3 ? path : canonicalPath(path)}\n${canonicalQuery(query)}`;
  return `${parts.method}\n${resource}\n${headers}\n${parts.signedHeaders.join(';')}\n${parts.payloadHash}`;
}

/** Several headers of one name are one, joined by commas; runs of white space count as one space. */
function canonicalHeader(value: string | readonly string[] | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string')
    return value.length === 1 ? canonicalHeader(value[0]) : value.map(canonicalHeader).join(',');
  const trimmed = value.trim();
  return /\s\s|[\t\r\n]/.test(trimmed) ? trimmed.replaceAll(/\s+/g, ' ') : trimmed;
}

const plainPath = /^(?:\/[A-Za-z0-9\-_~][A-Za-z0-9\-._~]*)*\/?$/;

/** Without empty and dot segments, then every octet but the unreserved ones and `/` encoded, `%` included. */
function canonicalPath(path: string): string {
  if (plainPath.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(encode(Buffer.from(segment, 'latin1')));
  }
  const slash = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${slash}`;
}

/** Parameters decoded, encoded the one right way and sorted; the signature itself is not part of it. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      const name = recode(mark < 0 ? pair : pair.slice(0, mark));
      return [name, mark < 0 ? '' : recode(pair.slice(mark + 1))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([nameA, a], [nameB, b]) => compare(nameA, nameB) || compare(a, b))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A query component in its canonical encoding; `+` means a space, and an octet that is no UTF-8 stays itself. */
function recode(text: string): string {
  return /^[A-Za-z0-9\-._~]*$/.test(text) ? text : encode(decodeOctets(text.replaceAll('+', ' ')));
}

function decodeOctets(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8');
  const parts = text.split(/(%[0-9A-Fa-f]{2})/);
  // Splitting at a captured pattern puts the matches at the odd places.
  return Buffer.concat(
    parts.map((part, i) => (i % 2 === 1 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'))),
  );
}

/** Percent-encodes every octet but `A-Z a-z 0-9 - . _ ~`. */
function encode(octets: Buffer): string {
  let text = '';
  for (const octet of octets) {
    const character = String.fromCharCode(octet);
    text += /[A-Za-z0-9\-._~]/.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/** Percent-encodes a text the way a canonical query wants it. */
export function encodeQueryComponent(text: string): string {
  return encode(Buffer.from(text, 'utf8'));
}

/** What a signing key is made for. */
export interface CredentialScope {
  /** `20261121`, UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export function scopeText(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

/** The signature, in lower-case hexadecimal; `timestamp` is `20261121T091500Z`. */
export function signatureOf(key: KeyObject, canonical: string, scope: CredentialScope, timestamp: string): string {
  const text = `${algorithm}\n${timestamp}\n${scopeText(scope)}\n${hash('sha256', canonical)}`;
  return createHmac('sha256', key).update(text).digest('hex');
}

export function sha256Hex(body: Uint8Array | string): string {
  return hash('sha256', body);
}

/**
 * Signing keys, each good for one secret, day, region and service. Kept as KeyObjects: an HMAC with a raw Buffer key
 * is several times slower. The oldest leaves when `limit` are held.
 */
export class SigningKeys {
  readonly #keys = new Map<string, KeyObject>();
  readonly #limit: number;

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  get(secretAccessKey: string, scope: CredentialScope): KeyObject {
    const id = `${secretAccessKey}\0${scopeText(scope)}`;
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const key = signingKey(secretAccessKey, scope);
    const oldest = this.#keys.size >= this.#limit ? this.#keys.keys().next() : undefined;
    if (oldest?.done === false) this.#keys.delete(oldest.value);
    this.#keys.set(id, key);
    return key;
  }
}

function signingKey(secretAccessKey: string, scope: CredentialScope): KeyObject {
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return createSecretKey(key as Buffer);
}
