import { registerTarget } from '#balancing';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { getTargetGroup } from './find.ts';
import { limits } from './limits.ts';
import { access, elbv2 } from './service.ts';
import { askedTargets, requireTargets } from './targets.ts';

/** RegisterTargets: the hosts that carry the load balancer begin to check them. */
export const RegisterTargets = operation(elbv2, 'RegisterTargets', {
  authorize: ({ TargetGroupArn }) => access('RegisterTargets', TargetGroupArn),
  command: ({ TargetGroupArn: arn, Targets }) => ({ arn, asked: askedTargets(Targets) }),
  apply: (tx, { arn, asked }, { scope, now }) => {
    const group = getTargetGroup(tx, scope, arn);
    requireTargets(tx, group, asked);
    for (const { port = group.port, ...target } of asked) registerTarget(tx, group, { ...target, port }, now);
    if (tx.targets.count('targetGroup', arn) > limits.targetsPerTargetGroup) {
      throw new ApiError(
        'TooManyTargets',
        `You've reached the limit on the number of targets per target group '${arn}'`,
      );
    }
  },
  output: () => ({}),
});
