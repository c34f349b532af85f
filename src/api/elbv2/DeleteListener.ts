import { removeListener } from '#balancing';
import { operation } from '../operation.ts';
import { getListener } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DeleteListener: with its rules. */
export const DeleteListener = operation(elbv2, 'DeleteListener', {
  authorize: ({ ListenerArn }) => access('DeleteListener', ListenerArn),
  command: ({ ListenerArn: arn }) => arn,
  apply: (tx, arn, { scope }) => removeListener(tx, getListener(tx, scope, arn)),
  output: () => ({}),
});
