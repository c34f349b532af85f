import { listenerAttributes } from '#model';
import { operation } from '../operation.ts';
import { presentAttributes } from './attributes.ts';
import { getListener } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DescribeListenerAttributes: every key of the type. */
export const DescribeListenerAttributes = operation(elbv2, 'DescribeListenerAttributes', {
  authorize: () => access('DescribeListenerAttributes'),
  command: ({ ListenerArn: arn }) => arn,
  read: (view, arn, { scope }) => listenerAttributes(getListener(view, scope, arn)),
  output: (attributes) => ({ Attributes: presentAttributes(attributes) }),
});
