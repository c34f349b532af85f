import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Instant } from '#base';
import * as der from './der.ts';

/** A certificate of X.509 version 3 (RFC 5280), signed with ECDSA and SHA-256. */

export interface Name {
  readonly commonName: string;
  readonly organization?: string;
}

export interface CertificateContent {
  /** Hexadecimal, up to 20 bytes. */
  readonly serial: string;
  readonly subject: Name | undefined;
  readonly issuer: Name;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly publicKey: KeyObject;
  /** Names of hosts; a leading `*.` stands for any one label. */
  readonly dnsNames: readonly string[];
  readonly isAuthority: boolean;
}

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** The certificate in PEM. `issuerKey` is the private key of the issuer, on an elliptic curve. */
export function makeCertificate(content: CertificateContent, issuerKey: KeyObject): string {
  const algorithm = der.sequence(der.oid(oids.ecdsaWithSha256));
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(Buffer.from(content.serial, 'hex')),
    algorithm,
    nameOf(content.issuer),
    der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
    nameOf(content.subject),
    content.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensionsOf(content, issuerKey))),
  );
  const signature = sign('sha256', toBeSigned, issuerKey);
  return pem('CERTIFICATE', der.sequence(toBeSigned, algorithm, der.bitString(signature)));
}

function nameOf(name: Name | undefined): Uint8Array {
  if (name === undefined) return der.sequence();
  const attribute = (id: string, text: string): Uint8Array => der.set(der.sequence(der.oid(id), der.utf8String(text)));
  return der.sequence(
    ...(name.organization === undefined ? [] : [attribute(oids.organization, name.organization)]),
    attribute(oids.commonName, name.commonName),
  );
}

function extensionsOf({ publicKey, dnsNames, isAuthority, subject }: CertificateContent, issuerKey: KeyObject) {
  const issuerId = keyIdentifier(createPublicKey(issuerKey));
  const common = [
    extension(oids.subjectKeyIdentifier, false, der.octetString(keyIdentifier(publicKey))),
    extension(oids.authorityKeyIdentifier, false, der.sequence(der.implicit(0, issuerId))),
  ];
  if (isAuthority) {
    return [
      ...common,
      extension(oids.basicConstraints, true, der.sequence(der.boolean(true), der.integer(Uint8Array.of(0)))),
      // keyCertSign, cRLSign
      extension(oids.keyUsage, true, der.bitString(Uint8Array.of(0x06), 1)),
    ];
  }
  const names = dnsNames.map((name) => der.implicit(2, Buffer.from(name, 'latin1')));
  return [
    ...common,
    extension(oids.basicConstraints, true, der.sequence()),
    // digitalSignature, keyEncipherment
    extension(oids.keyUsage, true, der.bitString(Uint8Array.of(0xa0), 5)),
    extension(oids.extKeyUsage, false, der.sequence(der.oid(oids.serverAuth), der.oid(oids.clientAuth))),
    // Without a subject the names alone say whose certificate it is.
    extension(oids.subjectAltName, subject === undefined, der.sequence(...names)),
  ];
}

function extension(id: string, isCritical: boolean, content: Uint8Array): Uint8Array {
  return der.sequence(der.oid(id), ...(isCritical ? [der.boolean(true)] : []), der.octetString(content));
}

/** Twenty bytes by which certificates are put in a chain. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
