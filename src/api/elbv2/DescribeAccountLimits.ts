import { operation } from '../operation.ts';
import { limits } from './limits.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { access, elbv2 } from './service.ts';

const shown: readonly (readonly [string, number])[] = [
  ['target-groups', limits.targetGroupsPerRegion],
  ['targets-per-application-load-balancer', limits.targetsPerTargetGroup],
  ['listeners-per-application-load-balancer', limits.listenersPerLoadBalancer],
  ['rules-per-application-load-balancer', limits.rulesPerLoadBalancer],
  ['network-load-balancers', limits.loadBalancersPerRegion],
  ['targets-per-network-load-balancer', limits.targetsPerTargetGroup],
  ['targets-per-availability-zone-per-network-load-balancer', limits.targetsPerTargetGroup],
  ['listeners-per-network-load-balancer', limits.listenersPerLoadBalancer],
  ['condition-values-per-alb-rule', limits.conditionValuesPerRule],
  ['condition-wildcards-per-alb-rule', limits.conditionValuesPerRule],
  ['target-groups-per-action-on-application-load-balancer', limits.targetGroupsPerAction],
  ['target-groups-per-action-on-network-load-balancer', limits.targetGroupsPerAction],
  ['certificates-per-application-load-balancer', limits.certificatesPerLoadBalancer],
  ['certificates-per-network-load-balancer', limits.certificatesPerLoadBalancer],
  ['targets-per-target-group', limits.targetsPerTargetGroup],
  ['application-load-balancers', limits.loadBalancersPerRegion],
];

/** DescribeAccountLimits: those that hold here. */
export const DescribeAccountLimits = operation(elbv2, 'DescribeAccountLimits', {
  authorize: () => access('DescribeAccountLimits'),
  command: (input) => {
    checkedPageSize(input);
    return input;
  },
  read: (_, input) => pageOf(shown, input),
  output: ({ page, next }) => ({ Limits: page.map(([Name, max]) => ({ Name, Max: String(max) })), ...next }),
});
