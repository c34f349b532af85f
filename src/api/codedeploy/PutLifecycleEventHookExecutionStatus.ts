import { codeDeployArn, isCodeDeployOver } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { deploymentCompleted } from './errors.ts';
import { findDeployment } from './find.ts';
import { codedeploy } from './service.ts';

/** PutLifecycleEventHookExecutionStatus: no hook is ever called, so there is none to answer for. */
export const PutLifecycleEventHookExecutionStatus = operation(codedeploy, 'PutLifecycleEventHookExecutionStatus', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:PutLifecycleEventHookExecutionStatus',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId = '', lifecycleEventHookExecutionId = '' }) => ({
    deploymentId,
    lifecycleEventHookExecutionId,
  }),
  read: (view, { deploymentId, lifecycleEventHookExecutionId: id }, ctx): { readonly id: string } => {
    const deployment = findDeployment(view, ctx.scope, deploymentId);
    if (isCodeDeployOver(deployment)) throw deploymentCompleted(deploymentId);
    throw new ApiError(
      'InvalidLifecycleEventHookExecutionIdException',
      `The deployment ${deploymentId} has no lifecycle event hook execution ${id}: hooks are Lambda functions, which are not part of this version of Roadstead.`,
    );
  },
  output: ({ id }) => ({ lifecycleEventHookExecutionId: id }),
});
