import { removeTargetGroup } from '#balancing';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { getTargetGroup } from './find.ts';
import { access, elbv2 } from './service.ts';

/** DeleteTargetGroup: with its targets, once no rule forwards to it. One that is not there is deleted already. */
export const DeleteTargetGroup = operation(elbv2, 'DeleteTargetGroup', {
  authorize: ({ TargetGroupArn }) => access('DeleteTargetGroup', TargetGroupArn),
  command: ({ TargetGroupArn: arn }) => arn,
  apply: (tx, arn, { scope }) => {
    if (!tx.targetGroups.has(arn) && /:targetgroup\//.test(arn)) return;
    const { targetGroupArn } = getTargetGroup(tx, scope, arn);
    if (tx.listenerRules.count('targetGroup', targetGroupArn) > 0) {
      throw new ApiError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
    }
    removeTargetGroup(tx, arn);
  },
  output: () => ({}),
});
