import { operation } from '../operation.ts';
import { invalidConfiguration, notHere } from './errors.ts';
import { getLoadBalancer } from './find.ts';
import { resolveGroups } from './load-balancer.ts';
import { access, elbv2 } from './service.ts';

/** SetSecurityGroups: all of them, in place of those before. */
export const SetSecurityGroups = operation(elbv2, 'SetSecurityGroups', {
  authorize: ({ LoadBalancerArn }) => access('SetSecurityGroups', LoadBalancerArn),
  command: (input) => {
    if (input.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic === 'off') {
      throw notHere("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic 'off'");
    }
    return { arn: input.LoadBalancerArn ?? '', groups: input.SecurityGroups };
  },
  apply: (tx, { arn, groups }, { scope }) => {
    const balancer = getLoadBalancer(tx, scope, arn);
    if (balancer.type === 'network' && balancer.securityGroups.length === 0) {
      throw invalidConfiguration(
        'Security groups cannot be set for a Network Load Balancer that was created without security groups',
      );
    }
    const securityGroups = resolveGroups(tx, scope, groups, balancer);
    tx.loadBalancers.put({ ...balancer, securityGroups });
    return securityGroups;
  },
  output: (securityGroups) => ({ SecurityGroupIds: securityGroups }),
});
