import { type ListenerRule, newRuleArn } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { checkedAction, requireFitting } from './actions.ts';
import { checkedConditions } from './conditions.ts';
import { invalidConfiguration } from './errors.ts';
import { getListener } from './find.ts';
import { limits } from './limits.ts';
import { checkedPriority, presentRule, refuseTransforms } from './rule.ts';
import { access, elbv2 } from './service.ts';
import { checkedTags } from './tags.ts';

/** CreateRule: of a listener of an Application Load Balancer. */
export const CreateRule = operation(elbv2, 'CreateRule', {
  authorize: ({ ListenerArn }) => access('CreateRule', ListenerArn),
  command: (input) => {
    refuseTransforms(input.Transforms);
    return {
      arn: input.ListenerArn ?? '',
      priority: checkedPriority(input.Priority),
      conditions: checkedConditions(input.Conditions),
      action: checkedAction(input.Actions),
      tags: checkedTags(input.Tags),
    };
  },
  apply: (tx, { arn, priority, conditions, action, tags }, ctx) => {
    const { listenerArn, loadBalancerArn, protocol } = getListener(tx, ctx.scope, arn);
    const balancer = tx.loadBalancers.get(loadBalancerArn);
    if (balancer.type === 'network') {
      throw invalidConfiguration('Rules are not supported for listeners of Network Load Balancers');
    }
    requirePriorityFree(tx, listenerArn, priority);
    requireFitting(tx, action, { balancer, protocol }, ctx);
    requireRoom(tx, loadBalancerArn);
    const rule: ListenerRule = {
      ...ctx.scope,
      ruleArn: newRuleArn(ctx.scope, listenerArn, ctx.ids),
      listenerArn,
      priority,
      conditions,
      action,
      tags,
      createdAt: ctx.now,
    };
    tx.listenerRules.put(rule);
    return { rule, protocol };
  },
  output: ({ rule, protocol }) => ({ Rules: [presentRule(rule, protocol)] }),
});

function requirePriorityFree(tx: RoadsteadTx, listenerArn: string, priority: number): void {
  for (const rule of tx.listenerRules.by('listener', listenerArn)) {
    if (rule.priority === priority) throw new ApiError('PriorityInUse', `Priority '${priority}' is currently in use`);
  }
}

function requireRoom(tx: RoadsteadTx, loadBalancerArn: string): void {
  let rules = 0;
  for (const { listenerArn } of tx.listeners.by('loadBalancer', loadBalancerArn)) {
    rules += tx.listenerRules.count('listener', listenerArn) - 1;
  }
  if (rules < limits.rulesPerLoadBalancer) return;
  throw new ApiError(
    'TooManyRules',
    `You've reached the limit on the number of rules per load balancer '${loadBalancerArn}'`,
  );
}
