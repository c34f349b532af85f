import type { ListenerRule } from '#model';
import { operation } from '../operation.ts';
import { checkedAction, requireFitting } from './actions.ts';
import { checkedConditions } from './conditions.ts';
import { notPermitted } from './errors.ts';
import { getRule } from './find.ts';
import { presentRule, refuseTransforms } from './rule.ts';
import { access, elbv2 } from './service.ts';

/** ModifyRule: conditions or actions, each whole. The default rule changes with its listener. */
export const ModifyRule = operation(elbv2, 'ModifyRule', {
  authorize: ({ RuleArn }) => access('ModifyRule', RuleArn),
  command: ({ RuleArn: arn, Conditions, Actions, Transforms }) => {
    refuseTransforms(Transforms);
    return {
      arn,
      ...(Conditions === undefined || Conditions.length === 0 ? {} : { conditions: checkedConditions(Conditions) }),
      ...(Actions === undefined || Actions.length === 0 ? {} : { action: checkedAction(Actions) }),
    };
  },
  apply: (tx, { arn, conditions, action }, ctx) => {
    const before = getRule(tx, ctx.scope, arn);
    if (before.priority === 'default') throw notPermitted(`Default rule '${arn}' cannot be modified`);
    const { loadBalancerArn, protocol } = tx.listeners.get(before.listenerArn);
    const balancer = tx.loadBalancers.get(loadBalancerArn);
    if (action !== undefined) requireFitting(tx, action, { balancer, protocol }, ctx);
    const rule: ListenerRule = {
      ...before,
      ...(conditions === undefined ? {} : { conditions }),
      ...(action === undefined ? {} : { action }),
    };
    tx.listenerRules.put(rule);
    return { rule, protocol };
  },
  output: ({ rule, protocol }) => ({ Rules: [presentRule(rule, protocol)] }),
});
