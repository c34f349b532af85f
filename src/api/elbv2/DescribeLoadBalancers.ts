import { scopeKey } from '#model';
import { operation } from '../operation.ts';
import { loadBalancerNotFound, validationError } from './errors.ts';
import { findLoadBalancerByName, getLoadBalancer } from './find.ts';
import { presentLoadBalancer } from './load-balancer.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { access, elbv2 } from './service.ts';

/** DescribeLoadBalancers: by ARN, by name, or all of the account in the region. */
export const DescribeLoadBalancers = operation(elbv2, 'DescribeLoadBalancers', {
  authorize: () => access('DescribeLoadBalancers'),
  command: (input) => {
    const { LoadBalancerArns: arns = [], Names: names = [] } = input;
    if (arns.length > 0 && names.length > 0) {
      throw validationError('Load balancer ARNs and load balancer names cannot be specified at the same time');
    }
    checkedPageSize(input);
    return { arns, names, input };
  },
  read: (view, { arns, names, input }, { scope }) => {
    const missing = names.filter((name) => findLoadBalancerByName(view, scope, name) === undefined);
    if (missing.length > 0) throw loadBalancerNotFound(missing.join(', '));
    const found =
      arns.length > 0
        ? arns.map((arn) => getLoadBalancer(view, scope, arn))
        : names.length > 0
          ? names.flatMap((name) => findLoadBalancerByName(view, scope, name) ?? [])
          : [...view.loadBalancers.by('scope', scopeKey(scope))];
    return pageOf(found, input);
  },
  output: ({ page, next }) => ({ LoadBalancers: page.map(presentLoadBalancer), ...next }),
});
