import { operation } from '../operation.ts';
import { findApplication, groupArn } from './find.ts';
import { codedeploy } from './service.ts';

/** DeleteDeploymentGroup; a deployment under way goes on. A group that is not there is gone already. */
export const DeleteDeploymentGroup = operation(codedeploy, 'DeleteDeploymentGroup', {
  authorize: ({ applicationName, deploymentGroupName }, ctx) => ({
    action: 'codedeploy:DeleteDeploymentGroup',
    resource: groupArn(ctx.scope, applicationName, deploymentGroupName),
  }),
  command: ({ applicationName, deploymentGroupName }) => ({ applicationName, deploymentGroupName }),
  apply: (tx, { applicationName, deploymentGroupName }, ctx) => {
    const { applicationId } = findApplication(tx, ctx.scope, applicationName);
    const found = [...tx.codeDeployGroups.by('name', `${applicationId}/${deploymentGroupName}`)];
    for (const { deploymentGroupId } of found) tx.codeDeployGroups.delete(deploymentGroupId);
  },
  output: () => ({ hooksNotCleanedUp: [] }),
});
