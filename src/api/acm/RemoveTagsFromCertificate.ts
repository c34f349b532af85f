import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { acm } from './service.ts';
import { untagged } from './tags.ts';

/** RemoveTagsFromCertificate. */
export const RemoveTagsFromCertificate = operation(acm, 'RemoveTagsFromCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:RemoveTagsFromCertificate', resource: CertificateArn }),
  command: ({ CertificateArn, Tags }) => ({ arn: CertificateArn, removed: Tags }),
  apply: (tx, { arn, removed }, ctx) => {
    const certificate = getCertificate(tx, arn, ctx);
    tx.certificates.put({ ...certificate, tags: untagged(certificate.tags, removed) });
  },
  output: () => ({}),
});
