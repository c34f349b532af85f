import { isTerminal } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { serviceDeploymentArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { findServiceDeployment } from './service-deployment/resolve.ts';

/**
 * StopServiceDeployment: asks for a rollback, which the service loop does, whether or not rollback was configured. One
 * that is being stopped or rolled back already goes on with that.
 */
export const StopServiceDeployment = operation(ecs, 'StopServiceDeployment', {
  authorize: (input, ctx) => ({
    action: 'ecs:StopServiceDeployment',
    resource: serviceDeploymentArnFrom(ctx.scope, input.serviceDeploymentArn),
  }),
  command: (input, ctx) => {
    if (input.stopType === 'ABORT') {
      throw invalidParameter('The stopType ABORT is not supported for service deployments. Use ROLLBACK.');
    }
    return { reference: input.serviceDeploymentArn, at: ctx.now };
  },
  apply: (tx, { reference, at }, ctx) => {
    const record = findServiceDeployment(tx, ctx.scope, reference);
    const { serviceDeploymentArn: arn, status } = record;
    if (isTerminal(status)) {
      const message = `The service deployment ${arn} cannot be stopped because it is in the ${status} state.`;
      throw new ApiError('ConflictException', message, { members: { resourceIds: [arn] } });
    }
    if (status === 'PENDING' || status === 'IN_PROGRESS') {
      tx.serviceDeployments.put({ ...record, status: 'ROLLBACK_REQUESTED', updatedAt: at });
    }
    return arn;
  },
  output: (serviceDeploymentArn) => ({ serviceDeploymentArn }),
});
