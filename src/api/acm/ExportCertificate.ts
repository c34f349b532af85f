import { encryptedKeyPem } from '#pki';
import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { validationException } from './errors.ts';
import { acm } from './service.ts';

/** ExportCertificate: of one that says it may be, with its key under the passphrase. */
export const ExportCertificate = operation(acm, 'ExportCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:ExportCertificate', resource: CertificateArn }),
  command: ({ CertificateArn, Passphrase }) => ({ arn: CertificateArn, passphrase: Passphrase }),
  read: (view, { arn, passphrase }, ctx) => {
    const { certificate, chain, exportable, sealedPrivateKey } = getCertificate(view, arn, ctx);
    if (!exportable)
      throw validationException(`Certificate ARN: ${arn} is not a private certificate or an exportable public one.`);
    return { certificate, chain, privateKey: encryptedKeyPem(ctx.privateKeys.open(sealedPrivateKey), passphrase) };
  },
  output: ({ certificate, chain, privateKey }) => ({
    Certificate: certificate,
    ...(chain === undefined ? {} : { CertificateChain: chain }),
    PrivateKey: privateKey,
  }),
});
