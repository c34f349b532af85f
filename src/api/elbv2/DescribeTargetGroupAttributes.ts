import { targetGroupAttributes } from '#model';
import { operation } from '../operation.ts';
import { presentAttributes } from './attributes.ts';
import { getTargetGroup } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DescribeTargetGroupAttributes: every key of the type. */
export const DescribeTargetGroupAttributes = operation(elbv2, 'DescribeTargetGroupAttributes', {
  authorize: () => access('DescribeTargetGroupAttributes'),
  command: ({ TargetGroupArn: arn }) => arn,
  read: (view, arn, { scope }) => targetGroupAttributes(getTargetGroup(view, scope, arn)),
  output: (attributes) => ({ Attributes: presentAttributes(attributes) }),
});
