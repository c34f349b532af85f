import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Instant, instantFromMs } from '#base';
import { signatureAlgorithmOf } from './der.ts';

export type KeyKind =
  | 'RSA_1024'
  | 'RSA_2048'
  | 'RSA_3072'
  | 'RSA_4096'
  | 'EC_prime256v1'
  | 'EC_secp384r1'
  | 'EC_secp521r1';

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** PEM, of this certificate alone. */
  readonly pem: string;
  readonly subject: string;
  readonly issuer: string;
  /** The subject's common name, else the first of its names. */
  readonly domainName: string;
  /** Its DNS names; the domain name is the first. */
  readonly names: readonly string[];
  /** `0a:1b:…` */
  readonly serial: string;
  /** `SHA256WITHRSA` */
  readonly signatureAlgorithm: string;
  /** `undefined`: one that ACM does not take. */
  readonly keyKind: KeyKind | undefined;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

const signatureAlgorithms: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.5', 'SHA1WITHRSA'],
  ['1.2.840.113549.1.1.11', 'SHA256WITHRSA'],
  ['1.2.840.113549.1.1.12', 'SHA384WITHRSA'],
  ['1.2.840.113549.1.1.13', 'SHA512WITHRSA'],
  ['1.2.840.10045.4.1', 'SHA1WITHECDSA'],
  ['1.2.840.10045.4.3.2', 'SHA256WITHECDSA'],
  ['1.2.840.10045.4.3.3', 'SHA384WITHECDSA'],
  ['1.2.840.10045.4.3.4', 'SHA512WITHECDSA'],
]);

/** `undefined` for what is no single certificate in PEM. */
export function inspectCertificate(text: string): CertificateFacts | undefined {
  const certificate = parsed(text);
  if (certificate === undefined || text.split('-----BEGIN').length !== 2) return undefined;
  const dnsNames = [...(certificate.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([^,\s"]+)/g)].map(
    ([, name = '']) => name,
  );
  const [domainName = ''] = [/^CN=(.+)$/m.exec(certificate.subject ?? '')?.[1] ?? dnsNames[0]];
  return {
    pem: certificate.toString(),
    subject: oneLine(certificate.subject),
    issuer: /^CN=(.+)$/m.exec(certificate.issuer ?? '')?.[1] ?? oneLine(certificate.issuer),
    domainName,
    names: [...new Set([domainName, ...dnsNames])].filter((name) => name !== ''),
    serial: (certificate.serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
    signatureAlgorithm: signatureAlgorithms.get(signatureAlgorithmOf(certificate.raw)) ?? 'UNKNOWN',
    keyKind: keyKindOf(certificate.publicKey),
    notBefore: instantFromMs(certificate.validFromDate.getTime()),
    notAfter: instantFromMs(certificate.validToDate.getTime()),
  };
}

function parsed(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

/** `C=US,O=x,CN=y`, as ACM tells a subject. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(',');
}

function keyKindOf(key: KeyObject): KeyKind | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    const kinds = { 1024: 'RSA_1024', 2048: 'RSA_2048', 3072: 'RSA_3072', 4096: 'RSA_4096' } as const;
    return kinds[modulusLength as keyof typeof kinds];
  }
  if (key.asymmetricKeyType !== 'ec') return undefined;
  const kinds = { prime256v1: 'EC_prime256v1', secp384r1: 'EC_secp384r1', secp521r1: 'EC_secp521r1' } as const;
  return kinds[namedCurve as keyof typeof kinds];
}

export type InspectedPair =
  | { readonly problem: 'privateKey' | 'mismatch' | 'chain' }
  /** PEM: the key in PKCS #8; the chain's certificates one after the other, absent when there is none. */
  | { readonly privateKey: string; readonly chain?: string };

/** Whether a key and a chain belong to a certificate. */
export function inspectPair(certificatePem: string, keyText: string, chainText: string | undefined): InspectedPair {
  const key = privateKeyFrom(keyText);
  if (key === undefined) return { problem: 'privateKey' };
  const certificate = new X509Certificate(certificatePem);
  if (!certificate.publicKey.equals(createPublicKey(key))) return { problem: 'mismatch' };
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  if (chainText === undefined) return { privateKey };
  const chain = chainFrom(chainText);
  if (chain === undefined || !isChained([certificate, ...chain])) return { problem: 'chain' };
  return { privateKey, chain: chain.map(String).join('') };
}

function privateKeyFrom(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function chainFrom(text: string): readonly X509Certificate[] | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const certificates = blocks.map(parsed);
  return certificates.length === 0 || certificates.includes(undefined)
    ? undefined
    : (certificates as readonly X509Certificate[]);
}

/** Each is signed by the next. */
function isChained(certificates: readonly X509Certificate[]): boolean {
  return certificates.every((certificate, i) => {
    const issuer = certificates[i + 1];
    return issuer === undefined || (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  });
}

/** A private key that only who knows the passphrase can read: PKCS #8, encrypted. */
export function encryptedKeyPem(privateKey: string, passphrase: Uint8Array): string {
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: Buffer.from(passphrase) } as const;
  return createPrivateKey(privateKey).export(options).toString();
}
