import { operation } from '../operation.ts';
import { findApplication, groupArn } from './find.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { codedeploy } from './service.ts';

const list = 'ListDeploymentGroups';

/** ListDeploymentGroups of an application: oldest first. */
export const ListDeploymentGroups = operation(codedeploy, list, {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:ListDeploymentGroups',
    resource: groupArn(ctx.scope, applicationName, '*'),
  }),
  command: (input) => ({ applicationName: input.applicationName, page: pageRequest(list, input) }),
  read: (view, { applicationName, page }, ctx) => {
    const { applicationId } = findApplication(view, ctx.scope, applicationName);
    return { applicationName, ...view.codeDeployGroups.page('application', applicationId, page) };
  },
  output: ({ applicationName, records, next }) => ({
    applicationName,
    deploymentGroups: records.map(({ deploymentGroupName }) => deploymentGroupName),
    ...nextTokenMember(list, next),
  }),
});
