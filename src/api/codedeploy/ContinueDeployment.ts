import { codeDeployArn, isCodeDeployOver } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { deploymentCompleted } from './errors.ts';
import { findDeployment } from './find.ts';
import { codedeploy } from './service.ts';

/** ContinueDeployment: traffic is rerouted (READY_WAIT), or the original task set goes (TERMINATION_WAIT), without waiting. */
export const ContinueDeployment = operation(codedeploy, 'ContinueDeployment', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:ContinueDeployment',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId = '', deploymentWaitType = 'READY_WAIT' }) => ({
    deploymentId: requiredId(deploymentId),
    kind: deploymentWaitType,
  }),
  apply: (tx, { deploymentId, kind }, ctx) => {
    const deployment = findDeployment(tx, ctx.scope, deploymentId);
    if (isCodeDeployOver(deployment)) throw deploymentCompleted(deploymentId);
    const waits = kind === 'READY_WAIT' ? deployment.status === 'Ready' : deployment.phase === 'TERMINATION_WAIT';
    if (!waits) {
      throw new ApiError(
        'DeploymentIsNotInReadyStateException',
        `The deployment ${deploymentId} does not wait ${kind === 'READY_WAIT' ? 'for traffic to be rerouted' : 'to terminate the original task set'}.`,
      );
    }
    const said = kind === 'READY_WAIT' ? { ready: ctx.now } : { termination: ctx.now };
    tx.codeDeployDeployments.put({ ...deployment, continuedAt: { ...deployment.continuedAt, ...said } });
  },
  output: () => ({}),
});

/** DeploymentIdRequiredException for none. */
function requiredId(id: string): string {
  if (id !== '') return id;
  throw new ApiError('DeploymentIdRequiredException', 'The deployment ID was not specified.');
}
