import { type Attributes, balancerAttributes, type LoadBalancerType } from '#model';
import { operation } from '../operation.ts';
import { changedAttributes, presentAttributes } from './attributes.ts';
import { invalidConfiguration, notHere } from './errors.ts';
import { getLoadBalancer } from './find.ts';
import { access, elbv2 } from './service.ts';

/** ModifyLoadBalancerAttributes: those that are named; the others stay. */
export const ModifyLoadBalancerAttributes = operation(elbv2, 'ModifyLoadBalancerAttributes', {
  authorize: ({ LoadBalancerArn }) => access('ModifyLoadBalancerAttributes', LoadBalancerArn),
  command: ({ LoadBalancerArn: arn, Attributes }) => ({ arn, inputs: Attributes }),
  apply: (tx, { arn, inputs }, { scope }) => {
    const before = getLoadBalancer(tx, scope, arn);
    const attributes = changedAttributes(before.attributes, balancerAttributes(before), inputs, 'Load balancer');
    checkAccessLogs(before.type, attributes);
    const after = { ...before, attributes };
    tx.loadBalancers.put(after);
    return after;
  },
  output: (after) => ({ Attributes: presentAttributes(balancerAttributes(after)) }),
});

/** Network Load Balancers write none here: AWS's hold TLS connections only. */
function checkAccessLogs(type: LoadBalancerType, attributes: Attributes): void {
  if (attributes['access_logs.s3.enabled'] !== 'true') return;
  if (type === 'network') throw notHere("'access_logs.s3.enabled' of a Network Load Balancer");
  if ((attributes['access_logs.s3.bucket'] ?? '') === '') {
    throw invalidConfiguration("'access_logs.s3.bucket' must be given when 'access_logs.s3.enabled' is true");
  }
}
