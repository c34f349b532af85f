import type { CertificateAuthority, IssueRequest } from './authority.ts';
import type { CertificateFacts } from './inspect.ts';
import type { Sealer } from './sealer.ts';

/** A certificate as records keep it: its facts, and its key sealed. */
export interface SealedCertificate
  extends Pick<CertificateFacts, 'subject' | 'issuer' | 'serial' | 'signatureAlgorithm' | 'notBefore' | 'notAfter'> {
  /** PEM. */
  readonly certificate: string;
  /** PEM, without the certificate itself; absent when there is none. */
  readonly chain?: string;
  readonly sealedPrivateKey: string;
}

export function sealedFacts(
  { pem, subject, issuer, serial, signatureAlgorithm, notBefore, notAfter }: CertificateFacts,
  { privateKey, chain }: { readonly privateKey: string; readonly chain?: string | undefined },
  sealer: Sealer,
): SealedCertificate {
  return {
    certificate: pem,
    ...(chain === undefined ? {} : { chain }),
    sealedPrivateKey: sealer.seal(privateKey),
    subject,
    issuer,
    serial,
    signatureAlgorithm,
    notBefore,
    notAfter,
  };
}

/** A new certificate of the authority, with a new key. */
export async function issueSealed(
  authority: CertificateAuthority,
  sealer: Sealer,
  request: IssueRequest,
): Promise<SealedCertificate> {
  const made = await authority.issue(request);
  return sealedFacts(made.facts, made, sealer);
}
