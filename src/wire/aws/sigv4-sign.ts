import type { Instant } from '#base';
import { splitTarget, type WireHeaders, type WireRequest } from './request.ts';
import {
  algorithm,
  type CredentialScope,
  canonicalRequest,
  encodeQueryComponent,
  SigningKeys,
  scopeText,
  sha256Hex,
  signatureOf,
} from './sigv4-canonical.ts';
import { formatBasicDateTime } from './timestamp.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SignOptions {
  readonly credentials: Credentials;
  readonly region: string;
  /** The service's signing name: `ecs`. */
  readonly service: string;
  readonly now: Instant;
  /** Worth sharing where one process signs much. */
  readonly keys?: SigningKeys;
}

/** Headers that proxies add or change, or that say nothing a signature should hold. */
const unsigned = new Set([
  'authorization',
  'connection',
  'content-length',
  'expect',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/**
 * The request's headers with those that sign it. `headers` must hold `host`, names in lower case; every header but the
 * hop-by-hop ones is signed. Websocket upgrades are signed the same way, with an empty body.
 */
export function signRequest(request: WireRequest, options: SignOptions): Record<string, string | readonly string[]> {
  const timestamp = formatBasicDateTime(options.now);
  const scope = scopeOf(options, timestamp);
  const { sessionToken } = options.credentials;
  const isS3 = options.service === 's3';
  const payloadHash = sha256Hex(request.body);
  const headers = withoutUndefined({
    ...request.headers,
    'x-amz-date': timestamp,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    ...(isS3 ? { 'x-amz-content-sha256': payloadHash } : {}),
  });
  const signedHeaders = Object.keys(headers)
    .filter((name) => !unsigned.has(name) && !name.startsWith('sec-websocket-'))
    .sort();
  const canonical = canonicalRequest({ ...request, headers, signedHeaders, payloadHash, isS3 });
  const key = (options.keys ?? new SigningKeys(1)).get(options.credentials.secretAccessKey, scope);
  const credential = `${options.credentials.accessKeyId}/${scopeText(scope)}`;
  const signature = signatureOf(key, canonical, scope, timestamp);
  return {
    ...headers,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  };
}

/** The URL with a signature in its query, good for `expiresSeconds`. Only `host` is signed besides. */
export function presignUrl(
  request: { readonly method: string; readonly url: string; readonly host: string },
  options: SignOptions & { readonly expiresSeconds: number },
): string {
  const timestamp = formatBasicDateTime(options.now);
  const scope = scopeOf(options, timestamp);
  const isS3 = options.service === 's3';
  const { accessKeyId, sessionToken, secretAccessKey } = options.credentials;
  const parameters = {
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${accessKeyId}/${scopeText(scope)}`,
    'X-Amz-Date': timestamp,
    'X-Amz-Expires': String(options.expiresSeconds),
    'X-Amz-SignedHeaders': 'host',
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  };
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeQueryComponent(value)}`);
  const { path, query } = splitTarget(request.url);
  const url = `${path}?${[...(query === '' ? [] : [query]), ...added].join('&')}`;
  const canonical = canonicalRequest({
    method: request.method,
    url,
    headers: { host: request.host },
    signedHeaders: ['host'],
    payloadHash: isS3 ? 'UNSIGNED-PAYLOAD' : sha256Hex(''),
    isS3,
  });
  const key = (options.keys ?? new SigningKeys(1)).get(secretAccessKey, scope);
  return `${url}&X-Amz-Signature=${signatureOf(key, canonical, scope, timestamp)}`;
}

function scopeOf(options: SignOptions, timestamp: string): CredentialScope {
  return { date: timestamp.slice(0, 8), region: options.region, service: options.service };
}

function withoutUndefined(headers: WireHeaders): Record<string, string | readonly string[]> {
  const result: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) result[name] = value;
  return result;
}
