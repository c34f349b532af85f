import { operation } from '../operation.ts';
import { validationError } from './errors.ts';
import { getListener, getRule, rulesOf } from './find.ts';
import { checkedPageSize, pageOf } from './paging.ts';
import { presentRule } from './rule.ts';
import { access, elbv2 } from './service.ts';

/** DescribeRules: by ARN, or all of a listener in the order in which they are tried. */
export const DescribeRules = operation(elbv2, 'DescribeRules', {
  authorize: () => access('DescribeRules'),
  command: (input) => {
    const { ListenerArn: listener, RuleArns: arns = [] } = input;
    if ((listener === undefined) === (arns.length === 0)) {
      throw validationError('You must specify either listener rule ARNs or a listener ARN');
    }
    checkedPageSize(input);
    return { listener, arns, input };
  },
  read: (view, { listener, arns, input }, { scope }) => {
    const found =
      listener === undefined
        ? arns.map((arn) => getRule(view, scope, arn))
        : rulesOf(view, getListener(view, scope, listener));
    return { view, ...pageOf(found, input) };
  },
  output: ({ view, page, next }) => ({
    Rules: page.map((rule) => presentRule(rule, view.listeners.get(rule.listenerArn).protocol)),
    ...next,
  }),
});
