import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findDeployment } from './find.ts';
import { presentDeployment } from './present.ts';
import { codedeploy } from './service.ts';

/** GetDeployment. */
export const GetDeployment = operation(codedeploy, 'GetDeployment', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:GetDeployment',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentId }) => deploymentId,
  read: (view, id, ctx) => findDeployment(view, ctx.scope, id),
  output: (deployment) => ({ deploymentInfo: presentDeployment(deployment) }),
});
