import { type CodeDeployDeployment, codeDeployArn, scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { findApplication, findGroup } from './find.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { codedeploy } from './service.ts';

const list = 'ListDeployments';

/** ListDeployments, of a group or of all: oldest first. */
export const ListDeployments = operation(codedeploy, list, {
  authorize: (_, ctx) => ({
    action: 'codedeploy:ListDeployments',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: (input) => {
    const { applicationName, deploymentGroupName, includeOnlyStatuses = [], createTimeRange } = input;
    if (deploymentGroupName !== undefined && applicationName === undefined) {
      throw new ApiError('ApplicationNameRequiredException', 'The application name was not specified.');
    }
    const { start, end } = createTimeRange ?? {};
    return {
      applicationName,
      deploymentGroupName,
      page: pageRequest(list, input),
      wanted: ({ status, createdAt }: CodeDeployDeployment): boolean =>
        (includeOnlyStatuses.length === 0 || includeOnlyStatuses.includes(status)) &&
        (start === undefined || createdAt >= start) &&
        (end === undefined || createdAt <= end),
    };
  },
  read: (view, { applicationName, deploymentGroupName, page, wanted }, ctx) => {
    const application = applicationName === undefined ? undefined : findApplication(view, ctx.scope, applicationName);
    const group =
      application === undefined || deploymentGroupName === undefined
        ? undefined
        : findGroup(view, application, deploymentGroupName);
    const filter = (each: CodeDeployDeployment): boolean =>
      wanted(each) && (application === undefined || each.applicationId === application.applicationId);
    return group === undefined
      ? view.codeDeployDeployments.page('scope', scopeKey(ctx.scope), { ...page, filter })
      : view.codeDeployDeployments.page('group', group.deploymentGroupId, { ...page, filter });
  },
  output: ({ records, next }) => ({
    deployments: records.map(({ deploymentId }) => deploymentId),
    ...nextTokenMember(list, next),
  }),
});
