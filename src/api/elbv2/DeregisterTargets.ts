import { deregisterTarget } from '#balancing';
import { operation } from '../operation.ts';
import { getTargetGroup } from './find.ts';
import { access, elbv2 } from './service.ts';
import { askedTargets } from './targets.ts';

/** DeregisterTargets: they drain; without a port, all of an id. Those that are not registered are passed over. */
export const DeregisterTargets = operation(elbv2, 'DeregisterTargets', {
  authorize: ({ TargetGroupArn }) => access('DeregisterTargets', TargetGroupArn),
  command: ({ TargetGroupArn: arn, Targets }) => ({ arn, asked: askedTargets(Targets) }),
  apply: (tx, { arn, asked }, { scope, now }) => {
    const group = getTargetGroup(tx, scope, arn);
    for (const { id, port } of asked) {
      const known = [...tx.targets.by('id', id)];
      for (const target of known) {
        if (target.targetGroupArn !== group.targetGroupArn) continue;
        if (port === undefined || port === target.port) deregisterTarget(tx, target, now);
      }
    }
  },
  output: () => ({}),
});
