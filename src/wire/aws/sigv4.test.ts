import { createHash, createHmac } from 'node:crypto';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterMs, type Instant, instantFromMs } from '#base';
import { ApiError } from './api-error.ts';
import type { WireRequest } from './request.ts';
import { SigningKeys } from './sigv4-canonical.ts';
import { KnownSigners } from './sigv4-claim.ts';
import { type Credentials, presignUrl, signRequest } from './sigv4-sign.ts';
import { type VerifyOptions, verifySignature } from './sigv4-verify.ts';

const root = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const credentials: Credentials = root;
const now = instantFromMs(Date.UTC(2026, 10, 21, 9, 15, 0));
const findKey: VerifyOptions['findKey'] = (id) => (id === credentials.accessKeyId ? credentials : undefined);
const minute = 60_000;

function request(overrides: Partial<WireRequest> = {}): WireRequest {
  return {
    method: 'POST',
    url: '/',
    headers: {
      host: '127.0.0.1:4566',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
    },
    body: Buffer.from('{}'),
    ...overrides,
  };
}

function signed(overrides: Partial<WireRequest> = {}, as: Partial<Credentials> = {}, at: Instant = now): WireRequest {
  const plain = request(overrides);
  const options = { credentials: { ...credentials, ...as }, region: 'eu-central-1', service: 'ecs', now: at };
  return { ...plain, headers: signRequest(plain, options) };
}

/** The same whether the caller is known from requests before or not. */
function refusalOf(wire: WireRequest, options: Partial<VerifyOptions> = {}): ApiError {
  const signers = new KnownSigners(4);
  verifySignature(signed(), { now, findKey, family: 'json', signers });
  const refusal = refused(wire, options);
  expect(refused(wire, { ...options, signers })).toEqual(refusal);
  return refusal;
}

function refused(wire: WireRequest, options: Partial<VerifyOptions>): ApiError {
  try {
    verifySignature(wire, { now, findKey, family: 'json', ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    return error as ApiError;
  }
  throw new Error('the signature was accepted');
}

describe('examples of the AWS documentation', () => {
  const at = instantFromMs(Date.UTC(2015, 7, 30, 12, 36, 0));

  test('the vanilla request of the test suite', () => {
    const headers = { host: 'example.amazonaws.com' };
    const wire = { method: 'GET', url: '/', headers, body: Buffer.from('') };
    const result = signRequest(wire, { credentials, region: 'us-east-1', service: 'service', now: at });
    expect(result.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
        'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    );
  });

  test('IAM ListUsers', () => {
    const headers = { host: 'iam.amazonaws.com', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const wire = { method: 'GET', url: '/?Action=ListUsers&Version=2010-05-08', headers, body: Buffer.from('') };
    const result = signRequest(wire, { credentials, region: 'us-east-1', service: 'iam', now: at });
    expect(result.authorization).toContain(
      'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });

  test('a presigned S3 GET', () => {
    const s3 = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
    const signedAt = instantFromMs(Date.UTC(2013, 4, 24));
    const host = 'examplebucket.s3.amazonaws.com';
    const url = presignUrl(
      { method: 'GET', url: '/test.txt', host },
      { credentials: s3, region: 'us-east-1', service: 's3', now: signedAt, expiresSeconds: 86400 },
    );
    expect(url).toContain('X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
    const wire = { method: 'GET', url, headers: { host }, body: Buffer.from('') };
    expect(verifySignature(wire, { now: signedAt, findKey: () => s3, family: 's3' }).service).toBe('s3');
  });
});

class Sha256 {
  readonly #hash: { update(data: Uint8Array | string): unknown; digest(): Buffer };
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

describe('against the signer of the official clients', () => {
  const escape = (text: string): string =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const word = fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => text.isWellFormed());
  const requests = fc.record({
    service: fc.constantFrom('ecs', 's3', 'lambda'),
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    path: fc.array(fc.oneof(word, fc.constantFrom('a', '..', '.', '', 'a b', '~x')), { maxLength: 4 }),
    query: fc.dictionary(
      word.filter((name) => name !== '' && name !== '__proto__'),
      fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })),
      { maxKeys: 3 },
    ),
    header: fc.string({ maxLength: 12 }),
    body: word,
    sessionToken: fc.option(fc.constant('a-session-token'), { nil: undefined }),
  });

  test('what it signs is accepted, and a changed byte is not', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ service, method, path, query, header, body, sessionToken }) => {
        const isS3 = service === 's3';
        const wirePath = `/${path.map(escape).join('/')}`;
        const signer = new SignatureV4({
          credentials: sessionToken === undefined ? root : { ...root, sessionToken },
          region: 'eu-central-1',
          service,
          sha256: Sha256,
          uriEscapePath: !isS3,
        });
        const signed = await signer.sign(
          new HttpRequest({ method, path: wirePath, query, headers: { host: 'h:1', 'x-test': header }, body }),
          { signingDate: new Date(now * 1000) },
        );
        const pairs = Object.entries(query).flatMap(([name, values]) =>
          [values].flat().map((value) => `${escape(name)}=${escape(value)}`),
        );
        const wire = {
          method,
          url: pairs.length === 0 ? wirePath : `${wirePath}?${pairs.join('&')}`,
          headers: Object.fromEntries(
            Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
          ),
          body: Buffer.from(body),
        };
        const family = isS3 ? 's3' : 'json';
        const verified = verifySignature(wire, { now, findKey, family, service });
        expect(verified).toEqual({
          accessKeyId: 'AKIDEXAMPLE',
          region: 'eu-central-1',
          service,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        });
        expect(refusalOf({ ...wire, url: `${wire.url}x` }, { family }).code).toMatch(
          /^(InvalidSignatureException|SignatureDoesNotMatch)$/,
        );
        refusalOf({ ...wire, body: Buffer.from(`${body}x`) }, { family });
        refusalOf({ ...wire, method: 'DELETE' }, { family });
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is refused', () => {
  test('a good signature is accepted, and its keys are kept between requests', () => {
    const keys = new SigningKeys(2);
    for (let i = 0; i < 5; i++) {
      expect(verifySignature(signed(), { now, findKey, family: 'json', service: 'ecs', keys })).toEqual({
        accessKeyId: 'AKIDEXAMPLE',
        region: 'eu-central-1',
        service: 'ecs',
      });
    }
    expect(keys.get('a', { date: '1', region: 'r', service: 's' })).toBe(
      keys.get('a', { date: '1', region: 'r', service: 's' }),
    );
  });

  test('callers are kept between requests, and nobody whose signature is wrong', () => {
    const signers = new KnownSigners(2);
    const verified = (wire: WireRequest) => verifySignature(wire, { now, findKey, family: 'json', signers });
    const beginningOf = (wire: WireRequest): string => String(wire.headers.authorization).slice(0, -64);
    const forged = signed({}, { secretAccessKey: 'wrong' });
    expect(() => verified(forged)).toThrow();
    expect(signers.find(beginningOf(forged))).toBeUndefined();
    const first = signed();
    expect(verified(first)).toEqual(verified(first));
    expect(signers.find(beginningOf(first))).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
    expect(() => verified(forged)).toThrow();
    for (const name of ['x-a', 'x-b']) verified(signed({ headers: { ...request().headers, [name]: '1' } }));
    expect(signers.find(beginningOf(first))).toBeUndefined();
    expect(verified(first)).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
  });

  test('no signature', () => {
    expect(refusalOf(request())).toMatchObject({ code: 'MissingAuthenticationTokenException', status: 400 });
    expect(refusalOf(request(), { family: 'query' })).toMatchObject({
      code: 'MissingAuthenticationToken',
      status: 403,
    });
    expect(refusalOf(request(), { family: 'ec2' })).toMatchObject({ code: 'AuthFailure', status: 401 });
    expect(refusalOf(request(), { family: 's3' })).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  test('a session that is over', () => {
    const over = { findKey: () => ({ ...root, expiresAt: now }) };
    const sentence = 'The security token included in the request is expired';
    expect(refusalOf(signed(), over)).toMatchObject({ code: 'ExpiredTokenException', status: 400, message: sentence });
    expect(refusalOf(signed(), { ...over, family: 'query' })).toMatchObject({ code: 'ExpiredToken', status: 403 });
    expect(refusalOf(signed(), { ...over, family: 'ec2' })).toMatchObject({ code: 'RequestExpired', status: 400 });
    expect(refusalOf(signed(), { ...over, family: 's3' })).toMatchObject({ code: 'ExpiredToken', status: 400 });
    const later = { ...over, findKey: () => ({ ...root, expiresAt: afterMs(now, 1) }) };
    expect(() => verifySignature(signed(), { now, family: 'json', ...later })).not.toThrow();
  });

  test('an unknown key, and a wrong secret', () => {
    expect(refusalOf(signed({}, { accessKeyId: 'AKIDOTHER' }))).toMatchObject({
      code: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    expect(refusalOf(signed({}, { secretAccessKey: 'wrong' }))).toMatchObject({
      code: 'InvalidSignatureException',
      status: 400,
      message: expect.stringContaining(
        'The request signature we calculated does not match the signature you provided.',
      ),
    });
    expect(refusalOf(signed({}, { secretAccessKey: 'wrong' }), { family: 'query' }).code).toBe('SignatureDoesNotMatch');
  });

  test('a clock that is off by more than fifteen minutes, either way', () => {
    for (const minutes of [-14.9, 0, 14.9]) {
      verifySignature(signed({}, {}, afterMs(now, minutes * minute)), { now, findKey, family: 'json' });
    }
    expect(refusalOf(signed({}, {}, afterMs(now, -16 * minute)))).toMatchObject({
      code: 'InvalidSignatureException',
      message: 'Signature expired: 20261121T085900Z is now earlier than 20261121T090000Z (20261121T091500Z - 15 min.)',
    });
    expect(refusalOf(signed({}, {}, afterMs(now, 16 * minute))).message).toBe(
      'Signature not yet current: 20261121T093100Z is still later than 20261121T093000Z (20261121T091500Z + 15 min.)',
    );
    expect(refusalOf(signed({}, {}, afterMs(now, 16 * minute)), { family: 's3' }).code).toBe('RequestTimeTooSkewed');
    expect(refusalOf(signed({}, {}, afterMs(now, 16 * minute)), { family: 'ec2' }).code).toBe('RequestExpired');
  });

  test('another operation, another host, another body, or a signature for another service', () => {
    const good = signed();
    const change = (headers: object): WireRequest => ({ ...good, headers: { ...good.headers, ...headers } });
    for (const changed of [
      change({ host: 'elsewhere' }),
      change({ 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster' }),
      { ...good, body: Buffer.from('{ }') },
      { ...good, url: '/other' },
      { ...good, url: '/?a=b' },
    ]) {
      expect(refusalOf(changed).code).toBe('InvalidSignatureException');
    }
    expect(refusalOf(good, { service: 'iam' }).message).toBe("Credential should be scoped to correct service: 'iam'.");
  });

  test('a host or an operation that is not signed', () => {
    const authorization = String(signed().headers.authorization);
    const without = (name: string): WireRequest => {
      const good = signed();
      return { ...good, headers: { ...good.headers, authorization: authorization.replace(`${name};`, '') } };
    };
    expect(refusalOf(without('host')).code).toBe('IncompleteSignatureException');
    const headers = { ...request().headers, 'x-amz-target': undefined };
    const plain = signed({ headers });
    const added = { ...plain, headers: { ...plain.headers, 'x-amz-target': 'X.Y' } };
    expect(refusalOf(added).message).toContain("'x-amz-target' must be a 'SignedHeader'");
  });

  test('a scope of another day than the request', () => {
    const good = signed();
    const authorization = String(good.headers.authorization).replace('/20261121/', '/20261120/');
    const error = refusalOf({ ...good, headers: { ...good.headers, authorization } });
    expect(error).toMatchObject({
      code: 'IncompleteSignatureException',
      message: expect.stringContaining('Date in Credential scope'),
    });
  });

  test('headers that are there twice', () => {
    const good = signed();
    for (const name of ['authorization', 'host', 'x-amz-date', 'x-amz-target']) {
      const twice = [good.headers[name], good.headers[name]] as string[];
      expect(refusalOf({ ...good, headers: { ...good.headers, [name]: twice } }).code).toBe(
        'IncompleteSignatureException',
      );
    }
  });

  test('a declared digest that is not the digest of the body', () => {
    const declared = (value: string): WireRequest =>
      signed({ headers: { ...request().headers, 'x-amz-content-sha256': value } });
    const right = createHash('sha256').update('{}').digest('hex');
    verifySignature(declared(right), { now, findKey, family: 'json' });
    expect(refusalOf(declared('0'.repeat(64))).code).toBe('InvalidSignatureException');
    expect(refusalOf(declared('UNSIGNED-PAYLOAD')).code).toBe('InvalidSignatureException');
    expect(refusalOf(declared('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'), { family: 's3' }).status).toBe(501);
  });

  test('any garbage in the Authorization header is an ApiError', () => {
    const good = String(signed().headers.authorization);
    const mutations = fc.oneof(
      fc.string(),
      fc.string().map((text) => `AWS4-HMAC-SHA256 ${text}`),
      fc
        .tuple(fc.nat(good.length), fc.nat(20), fc.string())
        .map(([at, length, text]) => good.slice(0, at) + text + good.slice(at + length)),
    );
    fc.assert(
      fc.property(mutations, (authorization) => {
        const wire = { ...signed(), headers: { ...signed().headers, authorization } };
        try {
          // A stray comma or a capital letter changes nothing that is signed.
          expect(verifySignature(wire, { now, findKey, family: 'json' }).accessKeyId).toBe('AKIDEXAMPLE');
          expect(authorization).toContain(/Signature=\w{64}/.exec(good)?.[0]);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('presigned URLs', () => {
  const host = '127.0.0.1:4566';
  const options = { credentials, region: 'eu-central-1', service: 'sts', now, expiresSeconds: 60 };
  const url = presignUrl({ method: 'GET', url: '/?Action=GetCallerIdentity&Version=2011-06-15', host }, options);
  const wire = { method: 'GET', url, headers: { host }, body: Buffer.from('') };

  test('hold until they expire', () => {
    const at = (ms: number) => ({ now: afterMs(now, ms), family: 'query' as const });
    expect(verifySignature(wire, { findKey, ...at(59_000) })).toMatchObject({
      service: 'sts',
      accessKeyId: 'AKIDEXAMPLE',
    });
    expect(refusalOf(wire, at(61_000)).message).toMatch(/^Signature expired: /);
    expect(refusalOf(wire, { ...at(61_000), family: 's3' })).toMatchObject({
      code: 'AccessDenied',
      message: 'Request has expired',
    });
    expect(refusalOf(wire, at(-16 * minute)).message).toMatch(/^Signature not yet current: /);
  });

  test('are refused when changed, when too long-lived and beside a header', () => {
    const changed = { ...wire, url: url.replace('GetCallerIdentity', 'GetSessionToken') };
    expect(refusalOf(changed, { family: 'query' }).code).toBe('SignatureDoesNotMatch');
    const eternal = { ...wire, url: url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801') };
    expect(refusalOf(eternal, { family: 'query' }).code).toBe('IncompleteSignature');
    const both = { ...wire, headers: { host, authorization: 'AWS4-HMAC-SHA256 x' } };
    expect(refusalOf(both, { family: 'query' }).code).toBe('IncompleteSignature');
  });

  test('mean a space by + and by %20 alike', () => {
    const spaced = presignUrl({ method: 'GET', url: '/?a=b%20c', host }, options);
    const verified = verifySignature(
      { ...wire, url: spaced.replace('b%20c', 'b+c') },
      { findKey, now, family: 'query' },
    );
    expect(verified.accessKeyId).toBe('AKIDEXAMPLE');
  });

  test('carry the session token to whoever finds the key', () => {
    const withToken = presignUrl(
      { method: 'GET', url: '/', host },
      { ...options, credentials: { ...credentials, sessionToken: 't+/=' } },
    );
    const seen: (string | undefined)[] = [];
    const result = verifySignature(
      { ...wire, url: withToken },
      { now, family: 'query', findKey: (_, token) => (seen.push(token), credentials) },
    );
    expect(result.sessionToken).toBe('t+/=');
    expect(seen).toEqual(['t+/=']);
  });

  test('of Signature Version 2 are refused', () => {
    const old = { ...wire, url: '/b/k?AWSAccessKeyId=A&Signature=x&Expires=1' };
    expect(refusalOf(old, { family: 's3' }).message).toContain('Signature Version 2 is not supported');
  });
});
