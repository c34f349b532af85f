import { scopeKey, targetGroupsOf } from '#model';
import type { RoadsteadView } from '#store';
import { operation } from '../operation.ts';
import { targetGroupNotFound, validationError } from './errors.ts';
import { findTargetGroupByName, getLoadBalancer, getTargetGroup } from './find.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { access, elbv2 } from './service.ts';
import { presentTargetGroup } from './target-group.ts';

/** DescribeTargetGroups: by ARN, by name, of a load balancer, or all of the account in the region. */
export const DescribeTargetGroups = operation(elbv2, 'DescribeTargetGroups', {
  authorize: () => access('DescribeTargetGroups'),
  command: (input) => {
    const { LoadBalancerArn: balancer, TargetGroupArns: arns = [], Names: names = [] } = input;
    const ways = [balancer !== undefined, arns.length > 0, names.length > 0].filter(Boolean).length;
    if (ways > 1) {
      throw validationError('You can specify only one of: load balancer ARN, target group names, target group ARNs');
    }
    checkedPageSize(input);
    return { balancer, arns, names, input };
  },
  read: (view, { balancer, arns, names, input }, { scope }) => {
    if (names.some((name) => findTargetGroupByName(view, scope, name) === undefined)) throw targetGroupNotFound();
    const found =
      balancer !== undefined
        ? groupsOf(view, getLoadBalancer(view, scope, balancer).loadBalancerArn)
        : arns.length > 0
          ? arns.map((arn) => getTargetGroup(view, scope, arn))
          : names.length > 0
            ? names.flatMap((name) => findTargetGroupByName(view, scope, name) ?? [])
            : [...view.targetGroups.by('scope', scopeKey(scope))];
    return { view, ...pageOf(found, input) };
  },
  output: ({ view, page, next }) => ({
    TargetGroups: page.map((group) => presentTargetGroup(view, group)),
    ...next,
  }),
});

function groupsOf(view: RoadsteadView, loadBalancerArn: string) {
  const arns = [...view.listeners.by('loadBalancer', loadBalancerArn)].flatMap(({ listenerArn }) =>
    [...view.listenerRules.by('listener', listenerArn)].flatMap(({ action }) => targetGroupsOf(action)),
  );
  return [...new Set(arns)].map((arn) => view.targetGroups.get(arn));
}
