import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { acm } from './service.ts';

/** GetCertificate: it and its chain, in PEM. */
export const GetCertificate = operation(acm, 'GetCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:GetCertificate', resource: CertificateArn }),
  command: ({ CertificateArn }) => CertificateArn,
  read: (view, arn, ctx) => getCertificate(view, arn, ctx),
  output: ({ certificate, chain }) => ({
    Certificate: certificate,
    ...(chain === undefined ? {} : { CertificateChain: chain }),
  }),
});
