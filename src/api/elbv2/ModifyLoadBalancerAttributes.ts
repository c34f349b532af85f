import { balancerAttributes } from '#model';
import { operation } from '../operation.ts';
import { changedAttributes, presentAttributes } from './attributes.ts';
import { getLoadBalancer } from './find.ts';
import { access, elbv2 } from './service.ts';

/** ModifyLoadBalancerAttributes: those that are named; the others stay. */
export const ModifyLoadBalancerAttributes = operation(elbv2, 'ModifyLoadBalancerAttributes', {
  authorize: ({ LoadBalancerArn }) => access('ModifyLoadBalancerAttributes', LoadBalancerArn),
  command: ({ LoadBalancerArn: arn, Attributes }) => ({ arn, inputs: Attributes }),
  apply: (tx, { arn, inputs }, { scope }) => {
    const before = getLoadBalancer(tx, scope, arn);
    const attributes = changedAttributes(before.attributes, balancerAttributes(before), inputs, 'Load balancer');
    const after = { ...before, attributes };
    tx.loadBalancers.put(after);
    return after;
  },
  output: (after) => ({ Attributes: presentAttributes(balancerAttributes(after)) }),
});
