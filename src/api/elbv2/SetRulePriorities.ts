import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { notPermitted, validationError } from './errors.ts';
import { getRule } from './find.ts';
import { checkedPriority, presentRule } from './rule.ts';
import { access, elbv2 } from './service.ts';

/** SetRulePriorities: all of them at once, so that rules may change places. */
export const SetRulePriorities = operation(elbv2, 'SetRulePriorities', {
  authorize: ({ RulePriorities }) => access('SetRulePriorities', RulePriorities[0]?.RuleArn),
  command: ({ RulePriorities: pairs }) => {
    const wanted = new Map(pairs.map(({ RuleArn = '', Priority }) => [RuleArn, checkedPriority(Priority)]));
    if (wanted.size < pairs.length) throw validationError('Rule ARNs must be unique');
    return wanted;
  },
  apply: (tx, wanted, { scope }) => {
    const rules = [...wanted].map(([arn, priority]) => {
      const rule = getRule(tx, scope, arn);
      if (rule.priority === 'default') throw notPermitted(`Default rule '${arn}' priority cannot be modified`);
      return { ...rule, priority };
    });
    if (new Set(rules.map(({ listenerArn }) => listenerArn)).size > 1) {
      throw validationError('Rules must be of the same listener');
    }
    for (const { listenerArn, priority, ruleArn } of rules) {
      const staying = [...tx.listenerRules.by('listener', listenerArn)].filter((rule) => !wanted.has(rule.ruleArn));
      const moving = rules.filter((rule) => rule.ruleArn !== ruleArn);
      if ([...staying, ...moving].some((rule) => rule.priority === priority)) {
        throw new ApiError('PriorityInUse', `Priority '${priority}' is currently in use`);
      }
    }
    for (const rule of rules) tx.listenerRules.put(rule);
    return { view: tx, rules };
  },
  output: ({ view, rules }) => ({
    Rules: rules.map((rule) => presentRule(rule, view.listeners.get(rule.listenerArn).protocol)),
  }),
});
