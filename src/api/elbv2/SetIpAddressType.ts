import { operation } from '../operation.ts';
import { getLoadBalancer } from './find.ts';
import { checkedIpAddressType } from './load-balancer.ts';
import { access, elbv2 } from './service.ts';

/** SetIpAddressType: `ipv4` is what every load balancer has; there is no IPv6. */
export const SetIpAddressType = operation(elbv2, 'SetIpAddressType', {
  authorize: ({ LoadBalancerArn }) => access('SetIpAddressType', LoadBalancerArn),
  command: ({ LoadBalancerArn: arn, IpAddressType }) => {
    checkedIpAddressType(IpAddressType);
    return arn;
  },
  read: (view, arn, { scope }) => getLoadBalancer(view, scope, arn),
  output: () => ({ IpAddressType: 'ipv4' as const }),
});
