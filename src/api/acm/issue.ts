import { type Certificate, type CertificateArn, certificateArn } from '#model';
import { issueSealed, type SealedCertificate } from '#pki';
import type { OperationContext } from '../operation.ts';

export function newArn({ scope, ids }: Pick<OperationContext, 'scope' | 'ids'>): CertificateArn {
  return certificateArn(scope, ids.uuid());
}

/** A new certificate of the authority for what the record says, with a new key. */
export function issued(
  {
    subjectAlternativeNames: names,
    keyAlgorithm: keyKind,
  }: Pick<Certificate, 'subjectAlternativeNames' | 'keyAlgorithm'>,
  { authority, privateKeys, now }: Pick<OperationContext, 'authority' | 'privateKeys' | 'now'>,
): Promise<SealedCertificate> {
  return issueSealed(authority, privateKeys, { names, keyKind, now });
}
