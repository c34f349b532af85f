import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { serviceDeploymentArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { findServiceDeployment } from './service-deployment/resolve.ts';

/**
 * ContinueServiceDeployment: answers a PAUSE lifecycle hook that waits. Only deployment strategies other than ROLLING
 * have hooks, and those are refused when a service is made: no hook waits.
 */
export const ContinueServiceDeployment = operation(ecs, 'ContinueServiceDeployment', {
  authorize: (input, ctx) => ({
    action: 'ecs:ContinueServiceDeployment',
    resource: serviceDeploymentArnFrom(ctx.scope, input.serviceDeploymentArn),
  }),
  command: (input) => {
    if (input.hookId === '') throw invalidParameter('hookId can not be blank.');
    return { reference: input.serviceDeploymentArn, hookId: input.hookId };
  },
  read: (view, { reference, hookId }, ctx): string => {
    const { serviceDeploymentArn, status } = findServiceDeployment(view, ctx.scope, reference);
    throw invalidParameter(
      `The lifecycle hook ${hookId} was not found in the service deployment ${serviceDeploymentArn}, which is in the ` +
        `${status} state. Only hooks that DescribeServiceDeployments shows as AWAITING_ACTION can be continued.`,
    );
  },
  output: (serviceDeploymentArn) => ({ serviceDeploymentArn }),
});
