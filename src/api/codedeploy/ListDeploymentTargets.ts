import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findDeployment } from './find.ts';
import { codedeploy } from './service.ts';
import { targetIdOf, targetStatus } from './target.ts';

/** ListDeploymentTargets: the service, if it has a status that is asked for. */
export const ListDeploymentTargets = operation(codedeploy, 'ListDeploymentTargets', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:ListDeploymentTargets',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId, targetFilters }) => ({ deploymentId, wanted: targetFilters?.TargetStatus ?? [] }),
  read: (view, { deploymentId, wanted }, ctx) => {
    const deployment = findDeployment(view, ctx.scope, deploymentId);
    const shown = wanted.length === 0 || wanted.includes(targetStatus(deployment));
    return shown ? [targetIdOf(deployment)] : [];
  },
  output: (targetIds) => ({ targetIds }),
});
