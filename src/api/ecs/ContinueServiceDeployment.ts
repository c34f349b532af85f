import { answered } from '#model';
import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { serviceDeploymentArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { findServiceDeployment } from './service-deployment/resolve.ts';

/**
 * ContinueServiceDeployment: answers a PAUSE lifecycle hook that waits. The service loop goes on with the deployment, or
 * rolls it back.
 */
export const ContinueServiceDeployment = operation(ecs, 'ContinueServiceDeployment', {
  authorize: (input, ctx) => ({
    action: 'ecs:ContinueServiceDeployment',
    resource: serviceDeploymentArnFrom(ctx.scope, input.serviceDeploymentArn),
  }),
  command: (input, ctx) => {
    if (input.hookId === '') throw invalidParameter('hookId can not be blank.');
    const { serviceDeploymentArn: reference, hookId, action = 'CONTINUE' } = input;
    if (action !== 'CONTINUE' && action !== 'ROLLBACK') {
      throw invalidParameter(
        `1 validation error detected: Value '${String(action)}' at 'action' failed to satisfy constraint: ` +
          'Member must satisfy enum value set: [CONTINUE, ROLLBACK]',
      );
    }
    return {
      reference,
      hookId,
      answer: action === 'CONTINUE' ? ('SUCCEEDED' as const) : ('FAILED' as const),
      at: ctx.now,
    };
  },
  apply: (tx, { reference, hookId, answer, at }, ctx) => {
    const record = findServiceDeployment(tx, ctx.scope, reference);
    const { serviceDeploymentArn: arn, status, lifecycleHooks = [] } = record;
    const hook = lifecycleHooks.find((each) => each.hookId === hookId);
    if (hook === undefined) {
      throw invalidParameter(
        `The lifecycle hook ${hookId} was not found in the service deployment ${arn}, which is in the ${status} state. ` +
          'Only hooks that DescribeServiceDeployments shows as AWAITING_ACTION can be continued.',
      );
    }
    if (hook.status !== 'AWAITING_ACTION' || hook.expiresAt <= at) {
      const now = hook.status === 'AWAITING_ACTION' ? 'TIMED_OUT' : hook.status;
      throw invalidParameter(
        `The lifecycle hook ${hookId} is in the ${now} status. Only hooks in the AWAITING_ACTION status can be continued.`,
      );
    }
    if (status !== 'IN_PROGRESS') {
      throw invalidParameter(
        `The service deployment ${arn} is in the ${status} state. Only service deployments in the IN_PROGRESS state can ` +
          'be continued.',
      );
    }
    tx.serviceDeployments.put({
      ...record,
      lifecycleHooks: lifecycleHooks.map((each) => (each === hook ? answered(hook, answer, at) : each)),
      updatedAt: at,
    });
    return arn;
  },
  output: (serviceDeploymentArn) => ({ serviceDeploymentArn }),
});
