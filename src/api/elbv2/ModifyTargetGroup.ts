import { operation } from '../operation.ts';
import { getTargetGroup } from './find.ts';
import { checkedHealthCheck } from './health-check.ts';
import { access, elbv2 } from './service.ts';
import { presentTargetGroup } from './target-group.ts';

/** ModifyTargetGroup: how its targets are checked. */
export const ModifyTargetGroup = operation(elbv2, 'ModifyTargetGroup', {
  authorize: ({ TargetGroupArn }) => access('ModifyTargetGroup', TargetGroupArn),
  command: (input) => ({ arn: input.TargetGroupArn ?? '', input }),
  apply: (tx, { arn, input }, { scope }) => {
    const before = getTargetGroup(tx, scope, arn);
    const group = { ...before, healthCheck: checkedHealthCheck(input, before, before.healthCheck) };
    tx.targetGroups.put(group);
    return { view: tx, group };
  },
  output: ({ view, group }) => ({ TargetGroups: [presentTargetGroup(view, group)] }),
});
