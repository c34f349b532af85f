import { removeLoadBalancer } from '#balancing';
import { balancerAttributes } from '#model';
import { operation } from '../operation.ts';
import { notPermitted } from './errors.ts';
import { getLoadBalancer } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DeleteLoadBalancer: with its listeners and rules; target groups stay. One that is not there is deleted already. */
export const DeleteLoadBalancer = operation(elbv2, 'DeleteLoadBalancer', {
  authorize: ({ LoadBalancerArn }) => access('DeleteLoadBalancer', LoadBalancerArn),
  command: ({ LoadBalancerArn: arn }) => arn,
  apply: (tx, arn, { scope }) => {
    if (!tx.loadBalancers.has(arn) && /:loadbalancer\//.test(arn)) return;
    const balancer = getLoadBalancer(tx, scope, arn);
    if (balancerAttributes(balancer)['deletion_protection.enabled'] === 'true') {
      throw notPermitted(`Load balancer '${arn}' cannot be deleted because deletion protection is enabled`);
    }
    removeLoadBalancer(tx, arn);
  },
  output: () => ({}),
});
