import type { ListenerRule } from '#model';
import { operation } from '../operation.ts';
import { checkedAction, requireFitting } from './actions.ts';
import { checkedConditions } from './conditions.ts';
import { notPermitted, validationError } from './errors.ts';
import { getRule } from './find.ts';
import { presentRule } from './rule.ts';
import { access, elbv2 } from './service.ts';
import { checkedTransforms } from './transforms.ts';

/** ModifyRule: conditions, actions or transforms, each whole. The default rule changes with its listener. */
export const ModifyRule = operation(elbv2, 'ModifyRule', {
  authorize: ({ RuleArn }) => access('ModifyRule', RuleArn),
  command: ({ RuleArn: arn, Conditions, Actions, Transforms, ResetTransforms }) => {
    if (ResetTransforms === true && (Transforms?.length ?? 0) > 0) {
      throw validationError('You cannot specify both Transforms and ResetTransforms');
    }
    return {
      arn,
      ...(Conditions === undefined || Conditions.length === 0 ? {} : { conditions: checkedConditions(Conditions) }),
      ...(Actions === undefined || Actions.length === 0 ? {} : { action: checkedAction(Actions) }),
      ...(Transforms === undefined && ResetTransforms !== true ? {} : { transforms: checkedTransforms(Transforms) }),
    };
  },
  apply: (tx, { arn, conditions, action, transforms }, ctx) => {
    const before = getRule(tx, ctx.scope, arn);
    if (before.priority === 'default') throw notPermitted(`Default rule '${arn}' cannot be modified`);
    const { loadBalancerArn, protocol } = tx.listeners.get(before.listenerArn);
    const balancer = tx.loadBalancers.get(loadBalancerArn);
    if (action !== undefined) requireFitting(tx, action, { balancer, protocol }, ctx);
    const { transforms: kept = [], ...rest } = before;
    const wanted = transforms ?? kept;
    const rule: ListenerRule = {
      ...rest,
      ...(conditions === undefined ? {} : { conditions }),
      ...(action === undefined ? {} : { action }),
      ...(wanted.length === 0 ? {} : { transforms: wanted }),
    };
    tx.listenerRules.put(rule);
    return { rule, protocol };
  },
  output: ({ rule, protocol }) => ({ Rules: [presentRule(rule, protocol)] }),
});
