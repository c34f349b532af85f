import { balancerAttributes } from '#model';
import { operation } from '../operation.ts';
import { presentAttributes } from './attributes.ts';
import { getLoadBalancer } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DescribeLoadBalancerAttributes: every key of the type. */
export const DescribeLoadBalancerAttributes = operation(elbv2, 'DescribeLoadBalancerAttributes', {
  authorize: () => access('DescribeLoadBalancerAttributes'),
  command: ({ LoadBalancerArn: arn }) => arn,
  read: (view, arn, { scope }) => balancerAttributes(getLoadBalancer(view, scope, arn)),
  output: (attributes) => ({ Attributes: presentAttributes(attributes) }),
});
