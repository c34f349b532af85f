import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { acm } from './service.ts';
import { presentTags } from './tags.ts';

/** ListTagsForCertificate. */
export const ListTagsForCertificate = operation(acm, 'ListTagsForCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:ListTagsForCertificate', resource: CertificateArn }),
  command: ({ CertificateArn }) => CertificateArn,
  read: (view, arn, ctx) => getCertificate(view, arn, ctx).tags,
  output: (tags) => ({ Tags: presentTags(tags) }),
});
