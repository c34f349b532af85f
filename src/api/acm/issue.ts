import { type Certificate, type CertificateArn, certificateArn } from '#model';
import type { CertificateFacts } from '#pki';
import type { OperationContext } from '../operation.ts';

/** A certificate's own part of its record, with the key that goes with it. */
export function factsOf(
  facts: CertificateFacts,
  { privateKey, chain }: { readonly privateKey: string; readonly chain?: string | undefined },
  { privateKeys }: Pick<OperationContext, 'privateKeys'>,
) {
  const { pem, subject, issuer, serial, signatureAlgorithm, notBefore, notAfter } = facts;
  return {
    certificate: pem,
    ...(chain === undefined ? {} : { chain }),
    sealedPrivateKey: privateKeys.seal(privateKey),
    subject,
    issuer,
    serial,
    signatureAlgorithm,
    notBefore,
    notAfter,
  };
}

export function newArn({ scope, ids }: Pick<OperationContext, 'scope' | 'ids'>): CertificateArn {
  return certificateArn(scope, ids.uuid());
}

/** A new certificate of the authority for what the record says, with a new key. */
export async function issued(
  {
    subjectAlternativeNames: names,
    keyAlgorithm: keyKind,
  }: Pick<Certificate, 'subjectAlternativeNames' | 'keyAlgorithm'>,
  ctx: Pick<OperationContext, 'authority' | 'privateKeys' | 'now'>,
) {
  const made = await ctx.authority.issue({ names, keyKind, now: ctx.now });
  return factsOf(made.facts, made, ctx);
}
