import { codeDeployArn, predefinedCodeDeployConfigs, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { codedeploy } from './service.ts';

/** ListDeploymentConfigs: AWS's own ones of ECS first; there are too few for a second page. */
export const ListDeploymentConfigs = operation(codedeploy, 'ListDeploymentConfigs', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:ListDeploymentConfigs',
    resource: codeDeployArn(ctx.scope, 'deploymentconfig', '*'),
  }),
  command: () => undefined,
  read: (view, _, ctx) =>
    [...view.codeDeployConfigs.by('scope', scopeKey(ctx.scope))].map(({ deploymentConfigName: name }) => name),
  output: (own) => ({ deploymentConfigsList: [...predefinedCodeDeployConfigs.keys(), ...own] }),
});
