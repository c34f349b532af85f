import { ApiError } from './api-error.ts';
import type { Family } from './family.ts';
import type { ClaimFailure } from './sigv4-claim.ts';

/**
 * Refusals of a signature by family of services. The names and statuses are AWS's ("Common errors" of each API
 * reference), the sentences observed. A `said` sentence of the table goes before the one given by the caller: these
 * families never say more.
 */
type Refusals = Readonly<Record<Family, { readonly code: string; readonly status: number; readonly said?: string }>>;

const ec2Failure = {
  code: 'AuthFailure',
  status: 401,
  said: 'AWS was not able to validate the provided access credentials',
} as const;

const missing: Refusals = {
  json: { code: 'MissingAuthenticationTokenException', status: 400 },
  restJson: { code: 'MissingAuthenticationTokenException', status: 403 },
  query: { code: 'MissingAuthenticationToken', status: 403, said: 'Request is missing Authentication Token' },
  restXml: { code: 'MissingAuthenticationToken', status: 403, said: 'Request is missing Authentication Token' },
  ec2: ec2Failure,
  s3: { code: 'AccessDenied', status: 403, said: 'Access Denied' },
};

const incompletes: Refusals = {
  json: { code: 'IncompleteSignatureException', status: 400 },
  restJson: { code: 'IncompleteSignatureException', status: 403 },
  query: { code: 'IncompleteSignature', status: 400 },
  restXml: { code: 'IncompleteSignature', status: 400 },
  ec2: { code: 'IncompleteSignature', status: 400 },
  s3: { code: 'AuthorizationHeaderMalformed', status: 400 },
};

const unknownKeys: Refusals = {
  json: { code: 'UnrecognizedClientException', status: 400 },
  restJson: { code: 'UnrecognizedClientException', status: 403 },
  query: { code: 'InvalidClientTokenId', status: 403 },
  restXml: { code: 'InvalidClientTokenId', status: 403 },
  ec2: ec2Failure,
  s3: {
    code: 'InvalidAccessKeyId',
    status: 403,
    said: 'The AWS Access Key Id you provided does not exist in our records.',
  },
};

const expired: Refusals = {
  json: { code: 'ExpiredTokenException', status: 400 },
  restJson: { code: 'ExpiredTokenException', status: 403 },
  query: { code: 'ExpiredToken', status: 403 },
  restXml: { code: 'ExpiredToken', status: 403 },
  ec2: { code: 'RequestExpired', status: 400, said: 'Request has expired.' },
  s3: { code: 'ExpiredToken', status: 400, said: 'The provided token has expired.' },
};

const mismatches: Refusals = {
  json: { code: 'InvalidSignatureException', status: 400 },
  restJson: { code: 'InvalidSignatureException', status: 403 },
  query: { code: 'SignatureDoesNotMatch', status: 403 },
  restXml: { code: 'SignatureDoesNotMatch', status: 403 },
  ec2: ec2Failure,
  s3: {
    code: 'SignatureDoesNotMatch',
    status: 403,
    said: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  },
};

const skews: Refusals = {
  ...mismatches,
  ec2: { code: 'RequestExpired', status: 400, said: 'Request has expired.' },
  s3: {
    code: 'RequestTimeTooSkewed',
    status: 403,
    said: 'The difference between the request time and the current time is too large.',
  },
};

function refusal(table: Refusals, family: Family, sentence: string): ApiError {
  const { code, status, said = sentence } = table[family];
  return new ApiError(code, said, { status });
}

/** A signature that is not there, or not made as it should be. */
export function claimError(failure: ClaimFailure, family: Family): ApiError {
  return failure.kind === 'missing'
    ? refusal(missing, family, 'Missing Authentication Token')
    : incomplete(failure.problem, family);
}

export function incomplete(problem: string, family: Family): ApiError {
  return refusal(incompletes, family, problem);
}

/** The key is unknown, or its session token is not the one it was issued with. */
export function unknownKey(family: Family): ApiError {
  return refusal(unknownKeys, family, 'The security token included in the request is invalid.');
}

/** The session that the token stands for is over. Clients fetch new credentials by these names and try again. */
export function expiredToken(family: Family): ApiError {
  return refusal(expired, family, 'The security token included in the request is expired');
}

const mismatchSentence =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** A signature that does not hold: `sentence` is the reason when there is a better one than the calculation itself. */
export function invalidSignature(family: Family, sentence = mismatchSentence): ApiError {
  return refusal(mismatches, family, sentence);
}

/** Too old, or from the future. Clients correct their clocks by these names and try again. */
export function skewed(family: Family, sentence: string, presigned: boolean): ApiError {
  if (family === 's3' && presigned) return new ApiError('AccessDenied', 'Request has expired', { status: 403 });
  return refusal(skews, family, sentence);
}

/** The digest the caller signed is not the body's. */
export function contentMismatch(family: Family): ApiError {
  if (family !== 's3') return invalidSignature(family);
  const sentence = "The provided 'x-amz-content-sha256' header does not match what was computed.";
  return new ApiError('XAmzContentSHA256Mismatch', sentence);
}
