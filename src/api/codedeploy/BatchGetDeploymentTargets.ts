import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findDeployment } from './find.ts';
import { codedeploy } from './service.ts';
import { presentTarget, requireTarget } from './target.ts';

/** BatchGetDeploymentTargets: a deployment to ECS has one target, whether it is named or not. */
export const BatchGetDeploymentTargets = operation(codedeploy, 'BatchGetDeploymentTargets', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:BatchGetDeploymentTargets',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId, targetIds }) => ({ deploymentId, targetIds: targetIds ?? [] }),
  read: (view, { deploymentId, targetIds }, ctx) => {
    const deployment = findDeployment(view, ctx.scope, deploymentId);
    for (const targetId of targetIds) requireTarget(deployment, targetId);
    return presentTarget(view, deployment, ctx.totals);
  },
  output: (target) => ({ deploymentTargets: [target] }),
});
