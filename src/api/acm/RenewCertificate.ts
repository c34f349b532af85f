import { operation } from '../operation.ts';
import { getCertificate } from './certificate.ts';
import { validationException } from './errors.ts';
import { issued } from './issue.ts';
import { acm } from './service.ts';

/** RenewCertificate: the authority issues it again, with a new key, under the same ARN. */
export const RenewCertificate = operation(acm, 'RenewCertificate', {
  authorize: ({ CertificateArn }) => ({ action: 'acm:RenewCertificate', resource: CertificateArn }),
  command: ({ CertificateArn }) => CertificateArn,
  perform: async (store, arn, ctx) => {
    const current = await store.read((view) => getCertificate(view, arn, ctx));
    if (current.type === 'IMPORTED')
      throw validationException(`Certificate ${arn} was imported and cannot be renewed.`);
    const renewed = await issued(current, ctx);
    await store.update('api', (tx) =>
      tx.certificates.put({ ...getCertificate(tx, arn, ctx), ...renewed, renewedAt: ctx.now }),
    );
  },
  output: () => ({}),
});
