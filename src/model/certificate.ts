import type { Instant } from '#base';
import type { Scope } from './arn.ts';
import type { Tag } from './tags.ts';

export type CertificateArn = string & { readonly __brand: 'CertificateArn' };

export type CertificateKeyAlgorithm =
  | 'RSA_1024'
  | 'RSA_2048'
  | 'RSA_3072'
  | 'RSA_4096'
  | 'EC_prime256v1'
  | 'EC_secp384r1'
  | 'EC_secp521r1';

/** A certificate of ACM: issued by the installation's own authority, or imported. */
export interface Certificate extends Scope {
  readonly certificateArn: CertificateArn;
  readonly domainName: string;
  /** The domain name is the first. */
  readonly subjectAlternativeNames: readonly string[];
  readonly type: 'AMAZON_ISSUED' | 'IMPORTED';
  readonly keyAlgorithm: CertificateKeyAlgorithm;
  /** PEM. */
  readonly certificate: string;
  /** PEM, without the certificate itself; absent when there is none. */
  readonly chain?: string;
  /** Sealed: only the installation can open it. PEM (PKCS #8) inside. */
  readonly sealedPrivateKey: string;
  readonly subject: string;
  readonly issuer: string;
  /** As AWS writes it: `0a:1b:…`. */
  readonly serial: string;
  readonly signatureAlgorithm: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** Of issued ones. */
  readonly validationMethod?: 'DNS' | 'EMAIL' | 'HTTP';
  /** Of issued ones: the record by which each name would be proved, by name. */
  readonly validationRecords?: readonly ValidationRecord[];
  readonly idempotencyToken?: string;
  readonly transparencyLogging: boolean;
  readonly exportable: boolean;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
  /** The last renewal. */
  readonly renewedAt?: Instant;
}

export interface ValidationRecord {
  readonly domainName: string;
  /** Of a CNAME record: `_x1.example.com.` */
  readonly name: string;
  readonly value: string;
}

export function certificateArn(scope: Scope, id: string): CertificateArn {
  return `arn:aws:acm:${scope.region}:${scope.accountId}:certificate/${id}` as CertificateArn;
}
