import { type Certificate, type CertificateArn, certificateArn } from '#model';
import { inspectCertificate, inspectPair, type SealedCertificate, sealedFacts } from '#pki';
import type { RoadsteadTx } from '#store';
import { type OperationContext, operation } from '../operation.ts';
import { certificatesOf, getCertificate } from './certificate.ts';
import { tooManyCertificates, validationException } from './errors.ts';
import { newArn } from './issue.ts';
import { limits } from './limits.ts';
import { acm } from './service.ts';
import { taggedWith } from './tags.ts';

const problems = {
  privateKey: 'The private key is not supported: it must be an unencrypted PEM key.',
  mismatch: 'The private key does not match the public key of the certificate.',
  chain: 'The certificate chain is not valid: each certificate must be in PEM, and issued by the next one.',
} as const;

/** ImportCertificate: with an ARN in the place of one that was imported before. */
export const ImportCertificate = operation(acm, 'ImportCertificate', {
  authorize: ({ CertificateArn }, ctx) => ({
    action: 'acm:ImportCertificate',
    resource: CertificateArn ?? certificateArn(ctx.scope, '*'),
  }),
  command: (input, ctx) => {
    const { PrivateKey, CertificateChain, CertificateArn, Tags } = input;
    if (CertificateArn !== undefined && (Tags?.length ?? 0) > 0) {
      throw validationException('Tags cannot be specified when a certificate is imported again.');
    }
    const facts = inspectCertificate(textOf(input.Certificate));
    if (facts === undefined)
      throw validationException('The certificate is not valid: it must be one certificate in PEM.');
    const pair = inspectPair(facts.pem, textOf(PrivateKey), CertificateChain && textOf(CertificateChain));
    if ('problem' in pair) throw validationException(problems[pair.problem]);
    if (facts.keyKind === undefined)
      throw validationException('The key of the certificate is of a kind that is not supported.');
    if (facts.notAfter <= ctx.now) throw validationException('The certificate has expired.');
    if (facts.notBefore > ctx.now) throw validationException('The certificate is not in effect yet.');
    return {
      arn: CertificateArn as CertificateArn | undefined,
      content: {
        domainName: facts.domainName,
        subjectAlternativeNames: facts.names,
        keyAlgorithm: facts.keyKind,
        ...sealedFacts(facts, pair, ctx.privateKeys),
        createdAt: ctx.now,
      },
      tags: taggedWith([], Tags ?? []),
    };
  },
  apply: (tx, { arn, content, tags }, ctx) => {
    if (arn !== undefined) return importAgain(tx, arn, content, ctx);
    if (certificatesOf(tx, ctx.scope).length >= limits.certificatesPerRegion) {
      throw tooManyCertificates(limits.certificatesPerRegion);
    }
    const certificate = {
      ...ctx.scope,
      ...content,
      certificateArn: newArn(ctx),
      type: 'IMPORTED' as const,
      transparencyLogging: false,
      exportable: false,
      tags,
    };
    tx.certificates.put(certificate);
    return certificate.certificateArn;
  },
  output: (arn) => ({ CertificateArn: arn }),
});

type Content = SealedCertificate &
  Pick<Certificate, 'domainName' | 'subjectAlternativeNames' | 'keyAlgorithm' | 'createdAt'>;

function importAgain(tx: RoadsteadTx, arn: CertificateArn, content: Content, ctx: OperationContext): CertificateArn {
  const { chain: _, ...current } = getCertificate(tx, arn, ctx);
  if (current.type !== 'IMPORTED')
    throw validationException(`Certificate ${arn} was not imported, so it cannot be imported again.`);
  tx.certificates.put({ ...current, ...content });
  return arn;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
