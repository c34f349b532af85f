import { X509Certificate } from 'node:crypto';
import * as client from '@aws-sdk/client-acm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsCli, awsInstalled } from '../../../test/support/aws-cli.ts';
import { type ServerHarness, serverHarness } from '../../../test/support/server-harness.ts';

/** AWS's own clients against the whole control plane behind a real socket. */

let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const aws = (...args: readonly string[]) => awsCli(server, args);

describe('the SDK for JavaScript', () => {
  it('requests a certificate, imports it elsewhere, and catches refusals', async () => {
    const acm = new client.ACMClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { ...server.root },
      maxAttempts: 1,
    });
    const { CertificateArn } = await acm.send(
      new client.RequestCertificateCommand({
        DomainName: 'sdk.example',
        ValidationMethod: 'DNS',
        Options: { Export: 'ENABLED' },
      }),
    );
    const { Certificate } = await acm.send(new client.DescribeCertificateCommand({ CertificateArn }));
    expect(Certificate).toMatchObject({ Status: 'ISSUED', KeyAlgorithm: 'RSA_2048', Subject: 'CN=sdk.example' });
    expect(Certificate!.NotAfter!.getTime() - Date.now()).toBeGreaterThan(390 * 86_400_000);
    const found = await acm.send(new client.GetCertificateCommand({ CertificateArn }));
    const issuer = new X509Certificate(server.controlPlane.authority.certificate);
    expect(new X509Certificate(found.Certificate!).verify(issuer.publicKey)).toBe(true);
    expect((await acm.send(new client.ListCertificatesCommand({}))).CertificateSummaryList).toHaveLength(1);
    await acm.send(new client.DeleteCertificateCommand({ CertificateArn }));
    await expect(acm.send(new client.GetCertificateCommand({ CertificateArn }))).rejects.toBeInstanceOf(
      client.ResourceNotFoundException,
    );
    acm.destroy();
  });
});

describe.skipIf(!awsInstalled)('the aws command line', () => {
  it('does what people do with a certificate', { timeout: 120_000 }, async () => {
    const names = ['--domain-name', 'cli.example', '--subject-alternative-names', '*.cli.example'];
    const { CertificateArn } = await aws('acm', 'request-certificate', ...names, '--validation-method', 'DNS');
    const arn = ['--certificate-arn', CertificateArn];
    await aws('acm', 'wait', 'certificate-validated', ...arn);
    const { Certificate } = await aws('acm', 'describe-certificate', ...arn);
    expect(Certificate.SubjectAlternativeNames).toEqual(['cli.example', '*.cli.example']);
    await aws('acm', 'add-tags-to-certificate', ...arn, '--tags', 'Key=env,Value=test');
    expect((await aws('acm', 'list-tags-for-certificate', ...arn)).Tags).toEqual([{ Key: 'env', Value: 'test' }]);
    await aws('acm', 'delete-certificate', ...arn);
    await expect(aws('acm', 'describe-certificate', ...arn)).rejects.toThrow(/\(ResourceNotFoundException\)/);
  });
});
