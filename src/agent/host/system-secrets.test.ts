import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '#base';
import { ValueServices } from '../../../test/support/value-services.ts';
import { SystemClock } from '../../main/system-clock.ts';
import type { Caller } from './secrets.ts';
import { createSecretSource } from './system-secrets.ts';

let services: ValueServices;
beforeAll(async () => {
  services = await ValueServices.start();
  services.keys.set('ASIATEST', 'the key');
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

const clock = new SystemClock();
const never = new AbortController().signal;
const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-AbCdEf';
const as: Caller = {
  region: 'eu-west-1',
  credentials: {
    credentialsId: 'id',
    roleArn: 'arn:aws:iam::000000000000:role/execution',
    accessKeyId: 'ASIATEST',
    secretAccessKey: 'the key',
    sessionToken: 'the token',
    expiration: '2030-01-01T00:00:00Z',
  },
};

function source(): ReturnType<typeof createSecretSource> {
  const { url } = services;
  return createSecretSource({ endpoints: { secretsmanager: `${url}/`, ssm: url, s3: url } }, { clock });
}

describe('the services over HTTP', () => {
  test('a secret, and a version of it, signed as the role in the region asked for', async () => {
    services.secrets.set(arn, { AWSCURRENT: 'now', AWSPREVIOUS: 'before' });
    expect(await source().secret({ secretId: arn }, as, never)).toBe('now');
    expect(
      await source().secret({ secretId: arn, versionStage: 'AWSPREVIOUS', versionId: 'v'.repeat(32) }, as, never),
    ).toBe('before');
    expect(services.calls.splice(0)).toEqual([
      {
        operation: 'secretsmanager.GetSecretValue',
        accessKeyId: 'ASIATEST',
        sessionToken: 'the token',
        region: 'eu-west-1',
        input: { SecretId: arn },
      },
      expect.objectContaining({ input: { SecretId: arn, VersionStage: 'AWSPREVIOUS', VersionId: 'v'.repeat(32) } }),
    ]);
  });

  test('a binary secret has no text', async () => {
    services.secrets.set(`${arn}b`, Buffer.from([1, 2, 3]));
    expect(await source().secret({ secretId: `${arn}b` }, as, never)).toBe(undefined);
  });

  test('parameters by name and by ARN, decrypted', async () => {
    services.parameters.set('/shop/key', 'deep');
    services.parameters.set('flat', 'shallow');
    const names = ['/shop/key', 'arn:aws:ssm:eu-west-1:000000000000:parameter/flat', 'none'];
    expect(await source().parameters(names, as, never)).toEqual({
      parameters: [
        { name: '/shop/key', arn: 'arn:aws:ssm:eu-west-1:000000000000:parameter/shop/key', value: 'deep' },
        { name: 'flat', arn: 'arn:aws:ssm:eu-west-1:000000000000:parameter/flat', value: 'shallow' },
      ],
      invalid: ['none'],
    });
  });

  test('an object of any name, and of a bucket in another region', async () => {
    services.calls.length = 0;
    services.objects.set("shop/dir/it's (all) + ünïcode!*.env", 'A=1');
    services.objects.set('north/b.env', 'B=2');
    services.bucketRegions.set('north', 'eu-north-1');
    const read = async (bucket: string, key: string): Promise<string> =>
      Buffer.from(await source().object({ bucket, key }, as, never)).toString();
    expect(await read('shop', "dir/it's (all) + ünïcode!*.env")).toBe('A=1');
    expect(await read('north', 'b.env')).toBe('B=2');
    expect(services.calls.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-west-1', 'eu-north-1']);
  });

  test('refusals keep code, message, status and ids', async () => {
    const refusals = [
      source().secret({ secretId: `${arn}none` }, as, never),
      source().object({ bucket: 'shop', key: 'none.env' }, as, never),
    ];
    const [secret, object] = await Promise.all(refusals.map((refusal) => refusal.catch((error: unknown) => error)));
    expect(secret).toMatchObject({ code: 'ResourceNotFoundException', status: 400, requestId: 'R1' });
    expect(object).toMatchObject({
      code: 'NoSuchKey',
      message: 'The specified key does not exist.',
      status: 404,
      requestId: 'R1',
      members: { hostId: 'H1' },
    });
  });

  test('a wrong key is refused by what it was signed with', async () => {
    const wrong = { ...as, credentials: { ...as.credentials, secretAccessKey: 'another' } };
    await expect(source().secret({ secretId: arn }, wrong, never)).rejects.toMatchObject({
      code: 'InvalidSignatureException',
    });
    await expect(source().object({ bucket: 'shop', key: 'x.env' }, wrong, never)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
    });
  });

  test('nobody there: retryable, and it says where', async () => {
    const gone = createSecretSource({ endpoints: { ssm: 'http://127.0.0.1:1' } }, { clock });
    const fault = await gone.parameters(['secret-name'], as, never).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({
      code: 'Unreachable',
      retryable: true,
      message: 'Post "http://127.0.0.1:1/": connect ECONNREFUSED 127.0.0.1:1',
    });
  });

  test('an object that is larger than any environment is not read to its end', async () => {
    services.objects.set('shop/huge.env', 'x'.repeat(5 * 1024 * 1024));
    await expect(source().object({ bucket: 'shop', key: 'huge.env' }, as, never)).rejects.toMatchObject({
      code: 'TooLarge',
      retryable: false,
    });
  });

  test('what is not configured is missing, with what to do', async () => {
    const some = createSecretSource({ endpoints: { ssm: services.url } }, { clock });
    expect(some.missing('ssm')).toBe(undefined);
    expect(some.missing('secretsmanager')).toBe(
      'Secrets Manager is not part of this Roadstead yet: set AWS_ENDPOINT_URL_SECRETS_MANAGER in the environment of the ' +
        'agent (or of roadstead up) to where it is, and start it again',
    );
    expect(some.missing('s3')).toMatch(/^S3 .*AWS_ENDPOINT_URL_S3/);
  });
});
