import { balancerTypeOf } from '#model';
import { operation } from '../operation.ts';
import { invalidConfiguration } from './errors.ts';
import { getLoadBalancer } from './find.ts';
import { askedSubnets, checkedIpAddressType, presentZones, resolveSubnets } from './load-balancer.ts';
import { access, elbv2 } from './service.ts';

/** SetSubnets: all of them, in place of those before; the balancer loop moves the nodes. */
export const SetSubnets = operation(elbv2, 'SetSubnets', {
  authorize: ({ LoadBalancerArn }) => access('SetSubnets', LoadBalancerArn),
  command: (input) => {
    checkedIpAddressType(input.IpAddressType);
    const arn = input.LoadBalancerArn ?? '';
    return { arn, asked: askedSubnets(input, balancerTypeOf(arn)) };
  },
  apply: (tx, { arn, asked }, { scope }) => {
    const balancer = getLoadBalancer(tx, scope, arn);
    const { vpcId, subnets } = resolveSubnets(tx, scope, asked, balancer.type);
    if (vpcId !== balancer.vpcId) {
      throw invalidConfiguration(`The subnets must be in the VPC '${balancer.vpcId}' of the load balancer`);
    }
    const after = { ...balancer, subnets };
    tx.loadBalancers.put(after);
    return after;
  },
  output: (after) => ({ AvailabilityZones: presentZones(after), IpAddressType: 'ipv4' as const }),
});
