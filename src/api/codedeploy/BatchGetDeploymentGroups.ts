import { operation } from '../operation.ts';
import { batchLimitExceeded } from './errors.ts';
import { findApplication, groupArn } from './find.ts';
import { limits } from './limits.ts';
import { presentGroup } from './present.ts';
import { codedeploy } from './service.ts';

/** BatchGetDeploymentGroups: those that are not there are told of, the others shown. */
export const BatchGetDeploymentGroups = operation(codedeploy, 'BatchGetDeploymentGroups', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:BatchGetDeploymentGroups',
    resource: groupArn(ctx.scope, applicationName, '*'),
  }),
  command: ({ applicationName, deploymentGroupNames }) => {
    const most = limits.batch.groups;
    if (deploymentGroupNames.length > most) throw batchLimitExceeded(most);
    return { applicationName, deploymentGroupNames };
  },
  read: (view, { applicationName, deploymentGroupNames: names }, ctx) => {
    const application = findApplication(view, ctx.scope, applicationName);
    const named = names.map((name) => ({
      name,
      group: [...view.codeDeployGroups.by('name', `${application.applicationId}/${name}`)][0],
    }));
    return {
      found: named.flatMap(({ group }) => (group === undefined ? [] : [presentGroup(view, application, group)])),
      missing: named.flatMap(({ name, group }) => (group === undefined ? [name] : [])),
    };
  },
  output: ({ found, missing }) => ({
    deploymentGroupsInfo: found,
    ...(missing.length === 0 ? {} : { errorMessage: `No Deployment Group found for name: ${missing.join(', ')}` }),
  }),
});
