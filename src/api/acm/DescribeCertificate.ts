import { operation } from '../operation.ts';
import { getCertificate, usersOf } from './certificate.ts';
import { presentCertificate } from './present.ts';
import { acm } from './service.ts';

/** DescribeCertificate. */
export const DescribeCertificate = operation(acm, 'DescribeCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:DescribeCertificate', resource: CertificateArn }),
  command: ({ CertificateArn }) => CertificateArn,
  read: (view, arn, ctx) => presentCertificate(getCertificate(view, arn, ctx), usersOf(view, arn), ctx.now),
  output: (certificate) => ({ Certificate: certificate }),
});
