import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { afterMs, Ids, instantFromMs, SeededRandom } from '#base';
import { createCertificateAuthority } from '#pki';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let harness: ApiHarness;

function call(operation: string, input: object = {}, as: { accountId?: typeof accountB } = {}): Promise<Answer> {
  return harness.call(operation, input, { service: 'acm', ...as });
}

async function failing(
  operation: string,
  input: object = {},
  as: { accountId?: typeof accountB } = {},
): Promise<string> {
  return await call(operation, input, as).then(
    () => 'it was accepted',
    (error: Answer) => `${error?.code}: ${error?.message}`,
  );
}

/** Keys on elliptic curves are made in no time. */
const quick = { KeyAlgorithm: 'EC_prime256v1' };

async function requested(input: object = {}): Promise<string> {
  return (await call('RequestCertificate', { DomainName: 'example.com', ...quick, ...input })).CertificateArn;
}

const described = async (CertificateArn: string): Promise<Answer> =>
  (await call('DescribeCertificate', { CertificateArn })).Certificate;

/** A certificate of somebody else's. */
async function foreign(days = 0): Promise<{ Certificate: string; PrivateKey: string; CertificateChain: string }> {
  const now = instantFromMs((harness.clock.now() + days * 86_400) * 1000);
  const options = { masterKey: new Uint8Array(32).fill(9), now };
  const authority = createCertificateAuthority(options, { ids: new Ids(new SeededRandom(4)) });
  const { facts, privateKey, chain } = await authority.issue({ names: ['other.org'], keyKind: 'EC_prime256v1', now });
  const bytes = (text: string): string => Buffer.from(text).toString('base64');
  return { Certificate: bytes(facts.pem), PrivateKey: bytes(privateKey), CertificateChain: bytes(chain) };
}

function passed(ms: number): void {
  harness.clock.advanceTo(afterMs(harness.clock.now(), ms));
}

beforeEach(async () => {
  harness = await apiHarness();
});

describe('certificates that are requested', () => {
  it('are issued at once, for all their names', async () => {
    const now = harness.clock.now();
    const arn = await requested({
      SubjectAlternativeNames: ['*.Example.com', 'example.com'],
      Tags: [{ Key: 'env', Value: 'test' }],
    });
    expect(arn).toMatch(/^arn:aws:acm:eu-west-1:111111111111:certificate\/[0-9a-f-]{36}$/);
    const certificate = await described(arn);
    expect(certificate).toMatchObject({
      CertificateArn: arn,
      DomainName: 'example.com',
      SubjectAlternativeNames: ['example.com', '*.example.com'],
      Status: 'ISSUED',
      Type: 'AMAZON_ISSUED',
      Subject: 'CN=example.com',
      KeyAlgorithm: 'EC_prime256v1',
      SignatureAlgorithm: 'SHA256WITHECDSA',
      CreatedAt: now,
      IssuedAt: now,
      InUseBy: [],
      RenewalEligibility: 'INELIGIBLE',
      Options: { CertificateTransparencyLoggingPreference: 'ENABLED', Export: 'DISABLED' },
    });
    const [first, second] = certificate.DomainValidationOptions;
    expect(first).toEqual({
      DomainName: 'example.com',
      ValidationDomain: 'example.com',
      ValidationStatus: 'SUCCESS',
      ValidationMethod: 'DNS',
      ResourceRecord: {
        Name: expect.stringMatching(/^_[0-9a-f]{32}\.example\.com\.$/),
        Type: 'CNAME',
        Value: expect.stringMatching(/^_[0-9a-f]{32}\.acm-validations\./),
      },
    });
    expect(second).toEqual({ ...first, DomainName: '*.example.com', ValidationDomain: '*.example.com' });
    const { Certificate, CertificateChain } = await call('GetCertificate', { CertificateArn: arn });
    const leaf = new X509Certificate(Certificate);
    expect(leaf.checkIssued(new X509Certificate(CertificateChain))).toBe(true);
    expect(leaf.checkHost('www.example.com')).toBe('*.example.com');
    expect(leaf.validToDate.getTime() / 1000).toBe(certificate.NotAfter);
  });

  it('keep their keys to themselves', async () => {
    const arn = await requested();
    const everything = JSON.stringify([...harness.store.view.certificates.all()]);
    expect(everything).not.toContain('PRIVATE KEY');
    expect(JSON.stringify(await described(arn))).not.toContain(
      [...harness.store.view.certificates.all()][0]!.sealedPrivateKey,
    );
  });

  it('are the same for the same token within an hour', async () => {
    const arn = await requested({ IdempotencyToken: 'token' });
    expect(await requested({ IdempotencyToken: 'token' })).toBe(arn);
    expect(await requested({ IdempotencyToken: 'token', DomainName: 'b.com' })).not.toBe(arn);
    passed(3_600_000);
    expect(await requested({ IdempotencyToken: 'token' })).not.toBe(arn);
  });

  it('are refused where they cannot be', async () => {
    const request = (input: object) => failing('RequestCertificate', { DomainName: 'example.com', ...quick, ...input });
    expect(await request({ DomainName: 'no name' })).toContain('ValidationException');
    expect(await request({ KeyAlgorithm: 'RSA_4096' })).toContain('The key algorithm RSA_4096 is not supported');
    expect(
      await request({ CertificateAuthorityArn: 'arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1' }),
    ).toContain('CertificateAuthorityArn cannot be used');
    const validation = (DomainName: string, ValidationDomain: string) =>
      request({ DomainValidationOptions: [{ DomainName, ValidationDomain }] });
    expect(await validation('example.com', 'other.com')).toContain('InvalidDomainValidationOptionsException');
    expect(await validation('other.com', 'other.com')).toContain('InvalidDomainValidationOptionsException');
    expect(await request({ Tags: [{ Key: 'aws:x', Value: 'y' }] })).toContain('InvalidTagException');
    expect(harness.store.view.certificates.size).toBe(0);
  });

  it('are renewed under their ARN, with another key', async () => {
    const arn = await requested();
    const before = await described(arn);
    passed(86_400_000);
    await call('RenewCertificate', { CertificateArn: arn });
    const after = await described(arn);
    expect(after.Serial).not.toBe(before.Serial);
    expect(after.NotAfter).toBeGreaterThan(before.NotAfter);
    expect(after.RenewalSummary).toMatchObject({ RenewalStatus: 'SUCCESS', UpdatedAt: harness.clock.now() });
  });

  it('are exported to whom may have them', async () => {
    const arn = await requested();
    const input = { CertificateArn: arn, Passphrase: Buffer.from('secret').toString('base64') };
    expect(await failing('ExportCertificate', input)).toContain('ValidationException');
    await call('UpdateCertificateOptions', { CertificateArn: arn, Options: { Export: 'ENABLED' } });
    const { Certificate, PrivateKey } = await call('ExportCertificate', input);
    const key = createPrivateKey({ key: PrivateKey, passphrase: 'secret' });
    expect(new X509Certificate(Certificate).checkPrivateKey(key)).toBe(true);
  });

  it('are over one day', async () => {
    const arn = await requested();
    passed(396 * 86_400_000);
    expect((await described(arn)).Status).toBe('EXPIRED');
  });
});

describe('certificates that are imported', () => {
  it('are shown as they are, and again under the same ARN', async () => {
    const given = await foreign();
    const { CertificateArn } = await call('ImportCertificate', { ...given, Tags: [{ Key: 'a', Value: 'b' }] });
    const before = await described(CertificateArn);
    expect(before).toMatchObject({ DomainName: 'other.org', Type: 'IMPORTED', ImportedAt: harness.clock.now() });
    expect(before).not.toHaveProperty('DomainValidationOptions');
    const { Certificate, CertificateChain } = await call('GetCertificate', { CertificateArn });
    expect(Certificate).toBe(Buffer.from(given.Certificate, 'base64').toString());
    expect(CertificateChain).toBe(Buffer.from(given.CertificateChain, 'base64').toString());
    const { CertificateChain: _, ...second } = await foreign(1);
    passed(2 * 86_400_000);
    expect(await call('ImportCertificate', { ...second, CertificateArn })).toEqual({ CertificateArn });
    expect((await described(CertificateArn)).NotAfter).toBeGreaterThan(before.NotAfter);
    expect(await call('GetCertificate', { CertificateArn })).not.toHaveProperty('CertificateChain');
    expect((await call('ListTagsForCertificate', { CertificateArn })).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    expect(await failing('RenewCertificate', { CertificateArn })).toContain('cannot be renewed');
  });

  it('are refused where they are not whole, or not now', async () => {
    const [one, two, early, late] = [await foreign(), await foreign(), await foreign(2), await foreign(-500)];
    const refused = (input: object) => failing('ImportCertificate', { ...one, ...input });
    const text = Buffer.from('x').toString('base64');
    expect(await refused({ Certificate: text })).toContain('The certificate is not valid');
    expect(await refused({ PrivateKey: text })).toContain('The private key is not supported');
    expect(await refused({ PrivateKey: two.PrivateKey })).toContain('does not match');
    expect(await refused({ CertificateChain: one.Certificate })).toContain('The certificate chain is not valid');
    expect(await refused(early)).toContain('not in effect yet');
    expect(await refused(late)).toContain('has expired');
    const issued = await requested();
    expect(await refused({ CertificateArn: issued })).toContain('was not imported');
    expect(await refused({ CertificateArn: `${issued}x` })).toContain('ResourceNotFoundException');
  });
});

describe('all certificates', () => {
  it('are listed by when they were made, page by page, by their keys', async () => {
    const arns = [
      await requested(),
      await requested({ DomainName: 'b.com' }),
      await requested({ DomainName: 'c.com' }),
    ];
    const list = (input: object) => call('ListCertificates', { Includes: { keyTypes: ['EC_prime256v1'] }, ...input });
    const first = await list({ MaxItems: 2 });
    expect(first.CertificateSummaryList.map(({ CertificateArn }: Answer) => CertificateArn)).toEqual(arns.slice(0, 2));
    expect(first.CertificateSummaryList[0]).toMatchObject({
      DomainName: 'example.com',
      InUse: false,
      Status: 'ISSUED',
    });
    const second = await list({ MaxItems: 5, NextToken: first.NextToken });
    expect(second.CertificateSummaryList.map(({ CertificateArn }: Answer) => CertificateArn)).toEqual(arns.slice(2));
    expect(second).not.toHaveProperty('NextToken');
    const newest = await list({ SortBy: 'CREATED_AT', SortOrder: 'DESCENDING', MaxItems: 1 });
    expect(newest.CertificateSummaryList[0].CertificateArn).toBe(arns[2]);
    expect((await list({ CertificateStatuses: ['EXPIRED'] })).CertificateSummaryList).toEqual([]);
    expect((await call('ListCertificates')).CertificateSummaryList).toEqual([]);
    expect((await call('ListCertificates', {}, { accountId: accountB })).CertificateSummaryList).toEqual([]);
    expect(await failing('ListCertificates', { NextToken: 'x' })).toContain('ValidationException');
  });

  it('have tags', async () => {
    const CertificateArn = await requested();
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
      { Key: 'c', Value: '3' },
    ];
    await call('AddTagsToCertificate', { CertificateArn, Tags });
    await call('RemoveTagsFromCertificate', {
      CertificateArn,
      Tags: [{ Key: 'a' }, { Key: 'b', Value: 'other' }, { Key: 'c', Value: '3' }],
    });
    expect(await call('ListTagsForCertificate', { CertificateArn })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
  });

  it('are deleted, but for those that a listener shows', async () => {
    const arn = await requested();
    const loadBalancerArn = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/web/1';
    const { accountId, region } = [...harness.store.view.certificates.all()][0]!;
    const listener = {
      accountId,
      region,
      listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/web/1/2',
      loadBalancerArn,
      port: 443,
      protocol: 'HTTPS' as const,
      defaultCertificateArn: arn,
      certificateArns: [],
      attributes: {},
      tags: [],
      createdAt: harness.clock.now(),
    };
    await harness.store.update('api', (tx) => tx.listeners.put(listener));
    expect(await described(arn)).toMatchObject({ InUseBy: [loadBalancerArn], RenewalEligibility: 'ELIGIBLE' });
    expect(await failing('DeleteCertificate', { CertificateArn: arn })).toBe(
      `ResourceInUseException: Certificate ${arn} in account 111111111111 is in use.`,
    );
    await harness.store.update('api', (tx) => tx.listeners.delete(listener.listenerArn));
    await call('DeleteCertificate', { CertificateArn: arn });
    expect(await failing('DescribeCertificate', { CertificateArn: arn })).toBe(
      `ResourceNotFoundException: Could not find certificate ${arn}.`,
    );
  });

  it('are their account’s alone', async () => {
    const CertificateArn = await requested();
    expect(await failing('DescribeCertificate', { CertificateArn }, { accountId: accountB })).toContain(
      'AccessDeniedException',
    );
  });
});
