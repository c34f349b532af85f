import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { afterMs, Ids, instantFromMs, SeededRandom } from '#base';
import {
  createCertificateAuthority,
  createSealer,
  encryptedKeyPem,
  inspectCertificate,
  inspectPair,
  type KeyKind,
} from './index.ts';

const masterKey = new Uint8Array(32).fill(7);
const now = instantFromMs(Date.now());
const ids = new Ids(new SeededRandom(1));
const authority = createCertificateAuthority({ masterKey, now }, { ids });

describe('the authority', () => {
  it('is one that certificates may be checked by', () => {
    const certificate = new X509Certificate(authority.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.subject).toMatch(/^O=Roadstead\nCN=Roadstead [0-9a-f]{8}$/);
  });

  it('has a key of its installation, and keeps the certificate that clients have', () => {
    const keyOf = (pem: string) => new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' });
    const again = createCertificateAuthority({ masterKey, now }, { ids });
    expect(keyOf(again.certificate)).toBe(keyOf(authority.certificate));
    const other = createCertificateAuthority({ masterKey: new Uint8Array(32).fill(8), now }, { ids });
    expect(keyOf(other.certificate)).not.toBe(keyOf(authority.certificate));
    const known = { known: authority.certificate };
    expect(createCertificateAuthority({ masterKey, now, ...known }, { ids }).certificate).toBe(authority.certificate);
    const late = afterMs(now, 19 * 365 * 24 * 3_600_000);
    for (const options of [
      { now: late, ...known },
      { now, known: other.certificate },
      { now, known: 'x' },
    ]) {
      const made = createCertificateAuthority({ masterKey, ...options }, { ids });
      expect(made.certificate).not.toBe(options.known);
      expect(keyOf(made.certificate)).toBe(keyOf(authority.certificate));
    }
  });

  it.each([
    ['RSA_2048', 'rsa'],
    ['EC_prime256v1', 'ec'],
    ['EC_secp384r1', 'ec'],
  ] as const)('issues a certificate for a key of kind %s', async (keyKind: KeyKind, type) => {
    const names = ['example.com', '*.example.com'];
    const { facts, chain, privateKey } = await authority.issue({ names, keyKind, now });
    expect(facts).toMatchObject({
      subject: 'CN=example.com',
      domainName: 'example.com',
      names,
      keyKind,
      signatureAlgorithm: 'SHA256WITHECDSA',
      serial: expect.stringMatching(/^4[0-9a-f](:[0-9a-f]{2}){15}$/),
      issuer: expect.stringMatching(/^Roadstead [0-9a-f]{8}$/),
    });
    expect(createPrivateKey(privateKey).asymmetricKeyType).toBe(type);
    const certificate = new X509Certificate(facts.pem);
    const issuer = new X509Certificate(chain);
    expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkHost('www.example.com')).toBe('*.example.com');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(inspectPair(facts.pem, privateKey, chain)).toEqual({ privateKey, chain });
  });

  it('issues what a TLS client takes that trusts the authority, and no other', async () => {
    const { facts, privateKey } = await authority.issue({ names: ['a.example'], keyKind: 'EC_prime256v1', now });
    const server = createServer({ cert: facts.pem, key: privateKey }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const greeting = (servername: string, ca?: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', servername, ...(ca === undefined ? {} : { ca }) });
        socket.once('data', (data) => resolve(String(data)));
        socket.once('error', reject);
      });
    expect(await greeting('a.example', authority.certificate)).toBe('hello');
    await expect(greeting('b.example', authority.certificate)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(greeting('a.example')).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  it('leaves a name out of the subject that is too long for it', async () => {
    const name = `${'a'.repeat(60)}.example.com`;
    const { facts } = await authority.issue({ names: [name], keyKind: 'EC_prime256v1', now });
    expect(facts).toMatchObject({ subject: '', domainName: name, names: [name] });
  });
});

describe('what is given', () => {
  it('is no certificate, no key, or belongs to something else', async () => {
    const issue = () => authority.issue({ names: ['a.example'], keyKind: 'EC_prime256v1', now });
    const [one, two] = [await issue(), await issue()];
    const other = createCertificateAuthority({ masterKey: new Uint8Array(32).fill(8), now }, { ids });
    expect(inspectCertificate('')).toBeUndefined();
    expect(inspectCertificate(one.privateKey)).toBeUndefined();
    expect(inspectCertificate(one.facts.pem + one.chain)).toBeUndefined();
    expect(inspectPair(one.facts.pem, 'x', undefined)).toEqual({ problem: 'privateKey' });
    expect(inspectPair(one.facts.pem, two.privateKey, undefined)).toEqual({ problem: 'mismatch' });
    expect(inspectPair(one.facts.pem, one.privateKey, 'x')).toEqual({ problem: 'chain' });
    expect(inspectPair(one.facts.pem, one.privateKey, other.certificate)).toEqual({ problem: 'chain' });
    expect(inspectPair(one.facts.pem, one.privateKey, undefined)).toEqual({ privateKey: one.privateKey });
  });

  it('is given back for a passphrase', async () => {
    const { privateKey } = await authority.issue({ names: ['a.example'], keyKind: 'EC_prime256v1', now });
    const encrypted = encryptedKeyPem(privateKey, Buffer.from('secret'));
    expect(encrypted).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const opened = createPrivateKey({ key: encrypted, passphrase: 'secret' });
    expect(createPublicKey(opened).equals(createPublicKey(createPrivateKey(privateKey)))).toBe(true);
    expect(() => createPrivateKey({ key: encrypted, passphrase: 'other' })).toThrow();
  });
});

describe('a sealer', () => {
  it('opens what it sealed, and nothing else', () => {
    const sealer = createSealer(masterKey, 'keys');
    const sealed = sealer.seal('secret ü');
    expect(sealed).not.toContain('secret');
    expect(sealer.seal('secret ü')).not.toBe(sealed);
    expect(sealer.open(sealed)).toBe('secret ü');
    expect(createSealer(masterKey, 'keys').open(sealed)).toBe('secret ü');
    expect(() => createSealer(masterKey, 'others').open(sealed)).toThrow();
    expect(() => createSealer(new Uint8Array(32), 'keys').open(sealed)).toThrow();
    const changed = Buffer.from(sealed, 'base64');
    changed[changed.length - 1]! ^= 1;
    expect(() => sealer.open(changed.toString('base64'))).toThrow();
    expect(() => sealer.open('')).toThrow();
  });
});
