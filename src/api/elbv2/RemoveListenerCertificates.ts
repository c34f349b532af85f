import { operation } from '../operation.ts';
import { checkedCertificates } from './certificates.ts';
import { notPermitted } from './errors.ts';
import { getListener } from './find.ts';
import { access, elbv2 } from './service.ts';

/** RemoveListenerCertificates: all but the default one. */
export const RemoveListenerCertificates = operation(elbv2, 'RemoveListenerCertificates', {
  authorize: ({ ListenerArn }) => access('RemoveListenerCertificates', ListenerArn),
  command: ({ ListenerArn: arn, Certificates }) => ({ arn, gone: checkedCertificates(Certificates) }),
  apply: (tx, { arn, gone }, { scope }) => {
    const listener = getListener(tx, scope, arn);
    const { defaultCertificateArn } = listener;
    if (defaultCertificateArn !== undefined && gone.includes(defaultCertificateArn)) {
      throw notPermitted(`Default certificate '${defaultCertificateArn}' cannot be removed`);
    }
    tx.listeners.put({ ...listener, certificateArns: listener.certificateArns.filter((each) => !gone.includes(each)) });
  },
  output: () => ({}),
});
