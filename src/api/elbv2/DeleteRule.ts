import { operation } from '../operation.ts';
import { notPermitted } from './errors.ts';
import { getRule } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DeleteRule: any but the default rule. */
export const DeleteRule = operation(elbv2, 'DeleteRule', {
  authorize: ({ RuleArn }) => access('DeleteRule', RuleArn),
  command: ({ RuleArn: arn }) => arn,
  apply: (tx, arn, { scope }) => {
    const rule = getRule(tx, scope, arn);
    if (rule.priority === 'default') throw notPermitted(`Default rule '${arn}' cannot be deleted`);
    tx.listenerRules.delete(arn);
  },
  output: () => ({}),
});
