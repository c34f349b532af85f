import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Answer } from '../../test/support/api-harness.ts';
import { foreignCertificate } from '../../test/support/certificates.ts';
import { type ElbLoops, elbLoops } from '../../test/support/elb-loops.ts';

const dayMs = 24 * 3_600_000;
let world: ElbLoops;

beforeEach(async () => {
  world = await elbLoops();
});

afterEach(() => world[Symbol.asyncDispose]());

const acm = (operation: string, input: object): Promise<Answer> =>
  world.harness.call(operation, input, { service: 'acm' });

async function requested(DomainName = 'web.example'): Promise<string> {
  return (await acm('RequestCertificate', { DomainName, KeyAlgorithm: 'EC_prime256v1' })).CertificateArn;
}

async function shown(CertificateArn: string): Promise<Answer> {
  const listener = { Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn }] };
  return await world.listener(await world.balancer(), await world.group('web'), listener);
}

async function described(CertificateArn: string): Promise<Answer> {
  return (await acm('DescribeCertificate', { CertificateArn })).Certificate;
}

async function pass(days: number): Promise<void> {
  await world.idle();
  world.harness.clock.advanceMs(days * dayMs);
  await world.idle();
}

it('a certificate that a listener shows is renewed sixty days before its end, each time', async () => {
  const arn = await requested();
  await shown(arn);
  const first = await described(arn);
  expect(first).toMatchObject({ RenewalEligibility: 'ELIGIBLE', Status: 'ISSUED' });
  expect(first.RenewalSummary).toBeUndefined();
  await pass(334);
  expect((await described(arn)).Serial).toBe(first.Serial);
  await pass(2);
  const second = await described(arn);
  expect(second.Serial).not.toBe(first.Serial);
  expect(second).toMatchObject({ CertificateArn: arn, DomainName: 'web.example', Status: 'ISSUED' });
  expect(second.RenewalSummary).toMatchObject({
    RenewalStatus: 'SUCCESS',
    DomainValidationOptions: [{ DomainName: 'web.example', ValidationStatus: 'SUCCESS', ValidationMethod: 'DNS' }],
  });
  const now = world.harness.clock.now();
  expect(second.RenewalSummary.UpdatedAt).toBe(now);
  expect(second.NotAfter - now).toBe((395 * dayMs) / 1000);
  const { Certificate, CertificateChain } = await acm('GetCertificate', { CertificateArn: arn });
  const issuer = new X509Certificate(CertificateChain);
  expect(new X509Certificate(Certificate).verify(issuer.publicKey)).toBe(true);
  await pass(336);
  expect((await described(arn)).Serial).not.toBe(second.Serial);
});

it('what nothing shows ends, and is renewed as soon as a listener shows it', async () => {
  const arn = await requested();
  const first = await described(arn);
  await pass(400);
  expect(await described(arn)).toMatchObject({ Status: 'EXPIRED', Serial: first.Serial });
  await shown(arn);
  await world.idle();
  const renewed = await described(arn);
  expect(renewed).toMatchObject({ Status: 'ISSUED', RenewalSummary: { RenewalStatus: 'SUCCESS' } });
  expect(renewed.Serial).not.toBe(first.Serial);
});

it('an imported certificate is somebody else’s to renew', async () => {
  const { certificate, privateKey } = await foreignCertificate('web.example', world.harness.clock.now());
  const { CertificateArn } = await acm('ImportCertificate', {
    Certificate: Buffer.from(certificate).toString('base64'),
    PrivateKey: Buffer.from(privateKey).toString('base64'),
  });
  await shown(CertificateArn);
  const before = await described(CertificateArn);
  await pass(394);
  expect(await described(CertificateArn)).toMatchObject({ Serial: before.Serial, RenewalEligibility: 'INELIGIBLE' });
});
