import { codeDeployArn, isCodeDeployOver } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { deploymentCompleted } from './errors.ts';
import { findDeployment } from './find.ts';
import { codedeploy } from './service.ts';

/** StopDeployment: the loop stops it, and rolls back if that is asked for here or in the deployment's configuration. */
export const StopDeployment = operation(codedeploy, 'StopDeployment', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:StopDeployment',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId, autoRollbackEnabled }) => ({ deploymentId, autoRollbackEnabled }),
  apply: (tx, { deploymentId, autoRollbackEnabled }, ctx) => {
    const deployment = findDeployment(tx, ctx.scope, deploymentId);
    if (isCodeDeployOver(deployment) || deployment.phase === 'TERMINATE') throw deploymentCompleted(deploymentId);
    if (deployment.rollbackOf !== undefined) {
      const message = `The deployment ${deploymentId} is a rollback, which cannot be stopped.`;
      throw new ApiError('UnsupportedActionForDeploymentTypeException', message);
    }
    if (deployment.stopRequested !== undefined) return;
    const { enabled = false, events = [] } = deployment.autoRollback ?? {};
    const rollback = autoRollbackEnabled ?? (enabled && events.includes('DEPLOYMENT_STOP_ON_REQUEST'));
    tx.codeDeployDeployments.put({ ...deployment, stopRequested: { at: ctx.now, rollback } });
  },
  output: () => ({ status: 'Pending' as const, statusMessage: 'Deployment is stopping.' }),
});
