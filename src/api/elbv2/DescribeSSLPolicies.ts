import { operation } from '../operation.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { access, elbv2 } from './service.ts';
import { findPolicies } from './ssl-policies.ts';

/** DescribeSSLPolicies: protocols and ciphers of each policy. */
export const DescribeSSLPolicies = operation(elbv2, 'DescribeSSLPolicies', {
  authorize: () => access('DescribeSSLPolicies'),
  command: (input) => {
    checkedPageSize(input);
    return input;
  },
  read: (_, input) => pageOf(findPolicies(input.Names), input),
  output: ({ page, next }) => ({
    SslPolicies: page.map(({ name, protocols, ciphers }) => ({
      Name: name,
      SslProtocols: protocols,
      Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
      SupportedLoadBalancerTypes: ['application', 'network'],
    })),
    ...next,
  }),
});
