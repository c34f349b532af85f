import { operation } from '../operation.ts';
import { validationError } from './errors.ts';
import { getListener, getLoadBalancer } from './find.ts';
import { presentListener } from './listener.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { access, elbv2 } from './service.ts';

/** DescribeListeners: by ARN, or all of a load balancer. */
export const DescribeListeners = operation(elbv2, 'DescribeListeners', {
  authorize: () => access('DescribeListeners'),
  command: (input) => {
    const { LoadBalancerArn: balancer, ListenerArns: arns = [] } = input;
    if ((balancer === undefined) === (arns.length === 0)) {
      throw validationError('You must specify either listener ARNs or a load balancer ARN');
    }
    checkedPageSize(input);
    return { balancer, arns, input };
  },
  read: (view, { balancer, arns, input }, { scope }) => {
    const found =
      balancer === undefined
        ? arns.map((arn) => getListener(view, scope, arn))
        : [...view.listeners.by('loadBalancer', getLoadBalancer(view, scope, balancer).loadBalancerArn)];
    return { view, ...pageOf(found, input) };
  },
  output: ({ view, page, next }) => ({ Listeners: page.map((listener) => presentListener(view, listener)), ...next }),
});
