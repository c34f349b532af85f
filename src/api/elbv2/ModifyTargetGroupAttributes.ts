import { targetGroupAttributes } from '#model';
import { operation } from '../operation.ts';
import { changedAttributes, presentAttributes } from './attributes.ts';
import { getTargetGroup } from './find.ts';
import { access, elbv2 } from './service.ts';

/** ModifyTargetGroupAttributes: those that are named; the others stay. */
export const ModifyTargetGroupAttributes = operation(elbv2, 'ModifyTargetGroupAttributes', {
  authorize: ({ TargetGroupArn }) => access('ModifyTargetGroupAttributes', TargetGroupArn),
  command: ({ TargetGroupArn: arn, Attributes }) => ({ arn, inputs: Attributes }),
  apply: (tx, { arn, inputs }, { scope }) => {
    const before = getTargetGroup(tx, scope, arn);
    const attributes = changedAttributes(before.attributes, targetGroupAttributes(before), inputs, 'Target group');
    const after = { ...before, attributes };
    tx.targetGroups.put(after);
    return after;
  },
  output: (after) => ({ Attributes: presentAttributes(targetGroupAttributes(after)) }),
});
