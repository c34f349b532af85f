import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { notServedHere, validationException } from './errors.ts';
import { acm } from './service.ts';

/** UpdateCertificateOptions: whether the certificate may be exported, and the logging preference. */
export const UpdateCertificateOptions = operation(acm, 'UpdateCertificateOptions', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:UpdateCertificateOptions', resource: CertificateArn }),
  command: ({ CertificateArn, Options }) => {
    if (Options.ValidationMethod !== undefined) throw notServedHere('Options.ValidationMethod');
    return { arn: CertificateArn, options: Options };
  },
  apply: (tx, { arn, options }, ctx) => {
    const certificate = getCertificate(tx, arn, ctx);
    if (certificate.type === 'IMPORTED')
      throw validationException(`Certificate ${arn} was imported and has no options.`);
    const { CertificateTransparencyLoggingPreference: logging, Export } = options;
    tx.certificates.put({
      ...certificate,
      ...(logging === undefined ? {} : { transparencyLogging: logging === 'ENABLED' }),
      ...(Export === undefined ? {} : { exportable: Export === 'ENABLED' }),
    });
  },
  output: () => ({}),
});
