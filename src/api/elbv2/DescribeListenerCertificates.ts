import { operation } from '../operation.ts';
import { getListener } from './find.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { access, elbv2 } from './service.ts';

/** DescribeListenerCertificates: the default one first. */
export const DescribeListenerCertificates = operation(elbv2, 'DescribeListenerCertificates', {
  authorize: () => access('DescribeListenerCertificates'),
  command: (input) => {
    checkedPageSize(input);
    return { arn: input.ListenerArn ?? '', input };
  },
  read: (view, { arn, input }, { scope }) => {
    const { defaultCertificateArn: first, certificateArns } = getListener(view, scope, arn);
    const others = certificateArns.map((CertificateArn) => ({ CertificateArn, IsDefault: false }));
    return pageOf(first === undefined ? others : [{ CertificateArn: first, IsDefault: true }, ...others], input);
  },
  output: ({ page, next }) => ({ Certificates: page, ...next }),
});
