import { codeDeployArn, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { findRouting } from './find.ts';
import { presentConfig } from './present.ts';
import { codedeploy } from './service.ts';

/** GetDeploymentConfig, AWS's own ones too. */
export const GetDeploymentConfig = operation(codedeploy, 'GetDeploymentConfig', {
  authorize: ({ deploymentConfigName }, ctx) => ({
    action: 'codedeploy:GetDeploymentConfig',
    resource: codeDeployArn(ctx.scope, 'deploymentconfig', deploymentConfigName),
  }),
  command: ({ deploymentConfigName }) => deploymentConfigName,
  read: (view, name, ctx) => {
    const stored = view.codeDeployConfigs.find(`${scopeKey(ctx.scope)}/${name}`);
    return presentConfig(name, findRouting(view, ctx.scope, name), stored);
  },
  output: (deploymentConfigInfo) => ({ deploymentConfigInfo }),
});
