import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findDeployment } from './find.ts';
import { codedeploy } from './service.ts';
import { presentTarget, requireTarget } from './target.ts';

/** GetDeploymentTarget: the service, with lifecycle events and task sets. */
export const GetDeploymentTarget = operation(codedeploy, 'GetDeploymentTarget', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:GetDeploymentTarget',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId, targetId }) => ({ deploymentId, targetId }),
  read: (view, { deploymentId, targetId }, ctx) => {
    const deployment = findDeployment(view, ctx.scope, deploymentId);
    requireTarget(deployment, targetId);
    return presentTarget(view, deployment, ctx.totals);
  },
  output: (deploymentTarget) => ({ deploymentTarget }),
});
