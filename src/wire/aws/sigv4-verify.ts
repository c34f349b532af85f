import { timingSafeEqual } from 'node:crypto';
import { afterMs, elapsedMs, type Instant } from '#base';
import {
  claimError,
  contentMismatch,
  expiredToken,
  incomplete,
  invalidSignature,
  skewed,
  unknownKey,
} from './auth-errors.ts';
import { type Family, notServed } from './family.ts';
import { headerOf, type WireRequest } from './request.ts';
import { canonicalRequest, SigningKeys, sha256Hex, signatureOf } from './sigv4-canonical.ts';
import { type Claim, type KnownSigners, readClaim } from './sigv4-claim.ts';
import { formatBasicDateTime } from './timestamp.ts';

/** Who signed a request, proven. */
export interface VerifiedSignature {
  readonly accessKeyId: string;
  /** The region in the signature's scope: what the caller believes to talk to. */
  readonly region: string;
  /** The signing name in the signature's scope. */
  readonly service: string;
  readonly sessionToken?: string;
}

export interface VerifyOptions {
  readonly now: Instant;
  /** A key; `undefined` when there is no such key, or it was not issued with this session token. */
  readonly findKey: (accessKeyId: string, sessionToken?: string) => SigningSecret | undefined;
  readonly family: Family;
  /** The routed service's signing name; a signature for another service is refused. */
  readonly service?: string;
  /** Signing keys kept between requests. */
  readonly keys?: SigningKeys;
  /** Callers kept between requests. */
  readonly signers?: KnownSigners;
}

export interface SigningSecret {
  readonly secretAccessKey: string;
  /** The end of a temporary key's session. */
  readonly expiresAt?: Instant;
}

/** How far a caller's clock may be off, either way. */
const maxSkewMs = 15 * 60_000;

/**
 * Verifies AWS Signature Version 4, in headers or in the query. Throws ApiError in the family's words. `host` must be
 * signed, and `x-amz-target` where there is one, so that no signature serves another operation. Bodies signed in
 * chunks (aws-chunked) are refused with 501. The body is verified as sent: decompress it afterwards.
 */
export function verifySignature(request: WireRequest, options: VerifyOptions): VerifiedSignature {
  const { family } = options;
  const result = readClaim(request, options.signers);
  if ('failure' in result) throw claimError(result.failure, family);
  const { claim } = result;
  checkSignedHeaders(request, claim, family);
  if (options.service !== undefined && options.service !== claim.scope.service) {
    throw invalidSignature(family, `Credential should be scoped to correct service: '${options.service}'.`);
  }
  checkTime(claim, options.now, family);
  const key = options.findKey(claim.accessKeyId, claim.sessionToken);
  if (key === undefined) throw unknownKey(family);
  if (key.expiresAt !== undefined && key.expiresAt <= options.now) throw expiredToken(family);
  const canonical = canonicalRequest({
    method: request.method,
    url: request.url,
    headers: request.headers,
    signedHeaders: claim.signedHeaders,
    payloadHash: payloadHash(request, claim, family),
    isS3: family === 's3',
  });
  const keys = options.keys ?? new SigningKeys(1);
  const expected = signatureOf(keys.get(key.secretAccessKey, claim.scope), canonical, claim.scope, claim.timestamp);
  // Both are 64 hexadecimal digits: the claim's reader saw to that.
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))) throw invalidSignature(family);
  options.signers?.keep(request, claim);
  const { accessKeyId, scope, sessionToken } = claim;
  const { region, service } = scope;
  return { accessKeyId, region, service, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function checkSignedHeaders(request: WireRequest, claim: Claim, family: Family): void {
  const missing = ['host', 'x-amz-target'].find(
    (name) => !claim.signedHeaders.includes(name) && (name === 'host' || request.headers[name] !== undefined),
  );
  if (missing !== undefined)
    throw incomplete(`'${missing}' must be a 'SignedHeader' in the AWS Authorization.`, family);
}

function checkTime(claim: Claim, now: Instant, family: Family): void {
  const ageMs = elapsedMs(claim.signedAt, now);
  const presigned = claim.expiresSeconds !== undefined;
  const lifeMs = claim.expiresSeconds === undefined ? maxSkewMs : claim.expiresSeconds * 1000;
  if (ageMs > lifeMs) {
    const nowText = formatBasicDateTime(now);
    const limit = formatBasicDateTime(afterMs(now, -lifeMs));
    const reason = presigned ? '' : ` (${nowText} - 15 min.)`;
    throw skewed(family, `Signature expired: ${claim.timestamp} is now earlier than ${limit}${reason}`, presigned);
  }
  if (-ageMs > maxSkewMs) {
    const nowText = formatBasicDateTime(now);
    const limit = formatBasicDateTime(afterMs(now, maxSkewMs));
    const sentence = `Signature not yet current: ${claim.timestamp} is still later than ${limit} (${nowText} + 15 min.)`;
    throw skewed(family, sentence, presigned);
  }
}

/** The hash that was signed: the body's, unless the service is S3 and the caller chose otherwise. */
function payloadHash(request: WireRequest, claim: Claim, family: Family): string {
  const declared = headerOf(request.headers, 'x-amz-content-sha256');
  const presigned = claim.expiresSeconds !== undefined;
  if (family === 's3' && presigned && declared === undefined) return 'UNSIGNED-PAYLOAD';
  if (declared === undefined) return sha256Hex(request.body);
  if (declared.startsWith('STREAMING-')) throw notServed('A request body signed in chunks', family);
  if (declared === 'UNSIGNED-PAYLOAD') {
    if (family !== 's3') throw invalidSignature(family, 'The request body must be signed.');
    return declared;
  }
  if (declared !== sha256Hex(request.body)) throw contentMismatch(family);
  return declared;
}
