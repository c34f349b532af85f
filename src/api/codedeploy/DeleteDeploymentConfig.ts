import { codeDeployArn, predefinedCodeDeployConfigs, scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { codedeploy } from './service.ts';

/** DeleteDeploymentConfig; not one of AWS's own, nor one that a group uses. */
export const DeleteDeploymentConfig = operation(codedeploy, 'DeleteDeploymentConfig', {
  authorize: ({ deploymentConfigName }, ctx) => ({
    action: 'codedeploy:DeleteDeploymentConfig',
    resource: codeDeployArn(ctx.scope, 'deploymentconfig', deploymentConfigName),
  }),
  command: ({ deploymentConfigName }) => deploymentConfigName,
  apply: (tx, name, ctx) => {
    if (predefinedCodeDeployConfigs.has(name)) {
      throw new ApiError('InvalidOperationException', `The deployment configuration ${name} is predefined by AWS.`);
    }
    for (const { applicationId } of tx.codeDeployApplications.by('scope', scopeKey(ctx.scope))) {
      for (const group of tx.codeDeployGroups.by('application', applicationId)) {
        if (group.deploymentConfigName !== name) continue;
        const message = `The deployment group ${group.deploymentGroupName} uses the deployment configuration ${name}.`;
        throw new ApiError('DeploymentConfigInUseException', message);
      }
    }
    const key = `${scopeKey(ctx.scope)}/${name}`;
    if (tx.codeDeployConfigs.has(key)) tx.codeDeployConfigs.delete(key);
  },
  output: () => ({}),
});
