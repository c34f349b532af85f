import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { checkedCertificates, requireCertificates } from './certificates.ts';
import { invalidConfiguration } from './errors.ts';
import { getListener } from './find.ts';
import { limits } from './limits.ts';
import { access, elbv2 } from './service.ts';

/** AddListenerCertificates: chosen by the name that a client asks for, beside the default one. */
export const AddListenerCertificates = operation(elbv2, 'AddListenerCertificates', {
  authorize: ({ ListenerArn }) => access('AddListenerCertificates', ListenerArn),
  command: ({ ListenerArn: arn, Certificates }) => ({ arn, certificates: checkedCertificates(Certificates) }),
  apply: (tx, { arn, certificates }, { scope }) => {
    const listener = getListener(tx, scope, arn);
    if (listener.defaultCertificateArn === undefined) {
      throw invalidConfiguration(`Certificates cannot be added to ${listener.protocol} listeners`);
    }
    requireCertificates(tx, scope, certificates);
    const certificateArns = [...new Set([...listener.certificateArns, ...certificates])];
    if (certificateArns.length > limits.certificatesPerLoadBalancer) {
      throw new ApiError(
        'TooManyCertificates',
        "You've reached the limit on the number of certificates per load balancer",
      );
    }
    tx.listeners.put({ ...listener, certificateArns });
    return certificates;
  },
  output: (added) => ({ Certificates: added.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) }),
});
