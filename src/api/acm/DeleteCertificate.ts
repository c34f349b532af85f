import { operation } from '../operation.ts';
import { getCertificate, usersOf } from './certificate.ts';
import { certificateInUse } from './errors.ts';
import { acm } from './service.ts';

/** DeleteCertificate: one that no listener shows. */
export const DeleteCertificate = operation(acm, 'DeleteCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:DeleteCertificate', resource: CertificateArn }),
  command: ({ CertificateArn }) => CertificateArn,
  apply: (tx, arn, ctx) => {
    const { accountId } = getCertificate(tx, arn, ctx);
    if (usersOf(tx, arn).length > 0) throw certificateInUse(arn, accountId);
    tx.certificates.delete(arn);
  },
  output: () => ({}),
});
