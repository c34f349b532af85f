import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { acm } from './service.ts';
import { taggedWith } from './tags.ts';

/** AddTagsToCertificate. */
export const AddTagsToCertificate = operation(acm, 'AddTagsToCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:AddTagsToCertificate', resource: CertificateArn }),
  command: ({ CertificateArn, Tags }) => ({ arn: CertificateArn, added: Tags }),
  apply: (tx, { arn, added }, ctx) => {
    const certificate = getCertificate(tx, arn, ctx);
    tx.certificates.put({ ...certificate, tags: taggedWith(certificate.tags, added) });
  },
  output: () => ({}),
});
