import type { Instant } from '#base';
import { headerCount, headerOf, splitTarget, type WireHeaders, type WireRequest } from './request.ts';
import { algorithm, type CredentialScope } from './sigv4-canonical.ts';
import { formatBasicDateTime, parseBasicDateTime, parseHttpDate } from './timestamp.ts';

/** What the signatures of one caller of one service have in common for a day. */
export interface Signer {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
}

/** Who a request claims to come from, before anything is verified: good for routing, never for identity. */
export interface Claim extends Signer {
  readonly signature: string;
  /** `20261121T091500Z`. */
  readonly timestamp: string;
  readonly signedAt: Instant;
  readonly sessionToken: string | undefined;
  /** Set when the signature is in the query: how long it is good for, in seconds. */
  readonly expiresSeconds: number | undefined;
}

/** No signature at all, or one that is not made as it should be: `problem` says how, in AWS's words. */
export type ClaimFailure = { readonly kind: 'missing' } | { readonly kind: 'incomplete'; readonly problem: string };

/**
 * Signers by how their Authorization headers begin, up to the signature. Only those whose signature was right are kept, so
 * that it takes a key to fill it; the oldest leaves when `limit` are held.
 */
export class KnownSigners {
  readonly #signers = new Map<string, Signer>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  find(beginning: string): Signer | undefined {
    return this.#signers.get(beginning);
  }

  /** `request` was signed as `claim` says. Nothing is kept of one that has no header ending with its signature. */
  keep(request: WireRequest, { accessKeyId, scope, signedHeaders }: Claim): void {
    const beginning = beforeSignature(headerOf(request.headers, 'authorization'));
    if (beginning === undefined || this.#signers.has(beginning)) return;
    const oldest = this.#signers.size >= this.#limit ? this.#signers.keys().next() : undefined;
    if (oldest?.done === false) this.#signers.delete(oldest.value);
    this.#signers.set(beginning, { accessKeyId, scope, signedHeaders });
  }
}

const signatureMember = 'Signature=';
const signatureCharacters = 64;

/** `undefined` for a header whose signature does not stand at its end. */
function beforeSignature(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const start = authorization.length - signatureCharacters;
  return authorization.startsWith(signatureMember, start - signatureMember.length)
    ? authorization.slice(0, start)
    : undefined;
}

/** Headers that must be unambiguous: sent twice they could mean one thing to us and another to a proxy. */
const singleHeaders = [
  'authorization',
  'host',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-target',
];

/** `known` spares reading again what a caller's headers say in each request. */
export function readClaim(
  request: WireRequest,
  known?: KnownSigners,
): { readonly claim: Claim } | { readonly failure: ClaimFailure } {
  const repeated = singleHeaders.find((name) => headerCount(request.headers, name) > 1);
  if (repeated !== undefined) return incomplete(`Header '${repeated}' was sent more than once.`);
  const authorization = headerOf(request.headers, 'authorization');
  const { query } = splitTarget(request.url);
  const parameters = query.includes('X-Amz-') ? new URLSearchParams(query) : undefined;
  const presigned = parameters?.has('X-Amz-Algorithm') === true || parameters?.has('X-Amz-Signature') === true;
  if (authorization !== undefined) {
    if (presigned) return incomplete('Only one authentication mechanism is allowed.');
    return headerClaim(authorization, request.headers, known);
  }
  if (presigned && parameters !== undefined) return queryClaim(parameters);
  if (/(?:^|&)AWSAccessKeyId=/.test(query)) {
    return {
      failure: { kind: 'incomplete', problem: 'Signature Version 2 is not supported; please use AWS4-HMAC-SHA256.' },
    };
  }
  return { failure: { kind: 'missing' } };
}

function incomplete(problem: string): { readonly failure: ClaimFailure } {
  return { failure: { kind: 'incomplete', problem } };
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`; the order and the spaces are free. */
function headerClaim(authorization: string, headers: WireHeaders, known?: KnownSigners): ReturnType<typeof readClaim> {
  const beginning = known === undefined ? undefined : beforeSignature(authorization);
  const signer = beginning === undefined ? undefined : known?.find(beginning);
  if (signer !== undefined) {
    return claimOf(signer, { signature: authorization.slice(-signatureCharacters), ...headerStamps(headers) });
  }
  const [scheme = '', ...rest] = authorization.trim().split(/\s+/);
  if (scheme !== algorithm) {
    return { failure: { kind: 'incomplete', problem: `Unsupported AWS 'algorithm': '${scheme.slice(0, 64)}'.` } };
  }
  const parameters = new Map<string, string>();
  for (const part of rest.join('').split(',')) {
    const mark = part.indexOf('=');
    if (mark > 0) parameters.set(part.slice(0, mark), part.slice(mark + 1));
  }
  for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
    if (!parameters.has(name)) return incomplete(`Authorization header requires '${name}' parameter.`);
  }
  const stamps = headerStamps(headers);
  if (stamps.date === undefined) return incomplete(noDate);
  const read = readSigner(parameters.get('Credential') ?? '', parameters.get('SignedHeaders') ?? '');
  return 'failure' in read ? read : claimOf(read.signer, { signature: parameters.get('Signature') ?? '', ...stamps });
}

const noDate = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";

function headerStamps(headers: WireHeaders): Omit<Stamps, 'signature'> {
  return {
    date: headerOf(headers, 'x-amz-date') ?? headerOf(headers, 'date'),
    sessionToken: headerOf(headers, 'x-amz-security-token'),
    expiresSeconds: undefined,
  };
}

function queryClaim(parameters: URLSearchParams): ReturnType<typeof readClaim> {
  const names = ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date'].map((name) => `X-Amz-${name}`);
  for (const name of names) {
    if (!parameters.has(name)) return incomplete(`AWS query-string parameters must include '${name}'.`);
    if (parameters.getAll(name).length > 1) return incomplete(`Query parameter '${name}' was sent more than once.`);
  }
  const scheme = parameters.get('X-Amz-Algorithm');
  if (scheme !== algorithm) {
    return { failure: { kind: 'incomplete', problem: `Unsupported AWS 'algorithm': '${scheme?.slice(0, 64)}'.` } };
  }
  // Without a lifetime a signature in the query is as good as one in the headers.
  const expires = parameters.get('X-Amz-Expires') ?? '900';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > maxExpiresSeconds) {
    return incomplete(`X-Amz-Expires must be between 1 and ${maxExpiresSeconds} seconds.`);
  }
  const read = readSigner(parameters.get('X-Amz-Credential') ?? '', parameters.get('X-Amz-SignedHeaders') ?? '');
  if ('failure' in read) return read;
  return claimOf(read.signer, {
    signature: parameters.get('X-Amz-Signature') ?? '',
    date: parameters.get('X-Amz-Date') ?? '',
    sessionToken: parameters.get('X-Amz-Security-Token') ?? undefined,
    expiresSeconds: Number(expires),
  });
}

/** Seven days. */
const maxExpiresSeconds = 604_800;

/** What is new in each request. */
interface Stamps {
  readonly signature: string;
  readonly date: string | undefined;
  readonly sessionToken: string | undefined;
  readonly expiresSeconds: number | undefined;
}

function readSigner(
  credential: string,
  signedHeaders: string,
): { readonly signer: Signer } | { readonly failure: ClaimFailure } {
  const parts = credential.split('/');
  // An access key id holds no slash at AWS; counting from the end allows one all the same.
  const [date, region, service, terminator] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '' || date === undefined || region === undefined || service === undefined) {
    return incomplete('Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.');
  }
  if (terminator !== 'aws4_request')
    return incomplete("Credential should be scoped with a valid terminator: 'aws4_request'.");
  const names = signedHeaders.toLowerCase().split(';');
  return {
    signer: { accessKeyId, scope: { date, region, service }, signedHeaders: names.filter((name) => name !== '') },
  };
}

function claimOf(
  signer: Signer,
  { signature, date, sessionToken, expiresSeconds }: Stamps,
): ReturnType<typeof readClaim> {
  if (date === undefined) return incomplete(noDate);
  const signedAt = parseBasicDateTime(date) ?? parseHttpDate(date);
  if (signedAt === undefined) return incomplete('Date must be in ISO-8601 basic format, e.g. 20261121T091500Z.');
  const timestamp = basicTimestamp(date, signedAt);
  if (!timestamp.startsWith(signer.scope.date))
    return incomplete('Date in Credential scope does not match the date of the request.');
  if (!/^[0-9a-f]{64}$/.test(signature)) return incomplete('Signature must be 64 lower-case hexadecimal digits.');
  const { accessKeyId, scope, signedHeaders } = signer;
  return {
    claim: { accessKeyId, scope, signedHeaders, signature, timestamp, signedAt, sessionToken, expiresSeconds },
  };
}

function basicTimestamp(text: string, instant: Instant): string {
  return /^\d{8}T\d{6}Z$/.test(text) ? text : formatBasicDateTime(instant);
}
