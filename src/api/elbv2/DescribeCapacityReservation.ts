import { operation } from '../operation.ts';
import { getLoadBalancer } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DescribeCapacityReservation: no load balancer has one. */
export const DescribeCapacityReservation = operation(elbv2, 'DescribeCapacityReservation', {
  authorize: ({ LoadBalancerArn }) => access('DescribeCapacityReservation', LoadBalancerArn),
  command: ({ LoadBalancerArn: arn }) => arn,
  read: (view, arn, { scope }) => getLoadBalancer(view, scope, arn),
  output: () => ({ DecreaseRequestsRemaining: 2, CapacityReservationState: [] }),
});
