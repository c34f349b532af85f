import { operation } from '../operation.ts';
import { findApplication, findGroup, groupArn } from './find.ts';
import { presentGroup } from './present.ts';
import { codedeploy } from './service.ts';

/** GetDeploymentGroup, with its last deployments. */
export const GetDeploymentGroup = operation(codedeploy, 'GetDeploymentGroup', {
  authorize: ({ applicationName, deploymentGroupName }, ctx) => ({
    action: 'codedeploy:GetDeploymentGroup',
    resource: groupArn(ctx.scope, applicationName, deploymentGroupName),
  }),
  command: ({ applicationName, deploymentGroupName }) => ({ applicationName, deploymentGroupName }),
  read: (view, { applicationName, deploymentGroupName }, ctx) => {
    const application = findApplication(view, ctx.scope, applicationName);
    return presentGroup(view, application, findGroup(view, application, deploymentGroupName));
  },
  output: (deploymentGroupInfo) => ({ deploymentGroupInfo }),
});
