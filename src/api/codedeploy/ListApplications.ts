import { codeDeployArn, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { codedeploy } from './service.ts';

const list = 'ListApplications';

/** ListApplications: oldest first. */
export const ListApplications = operation(codedeploy, list, {
  authorize: (_, ctx) => ({
    action: 'codedeploy:ListApplications',
    resource: codeDeployArn(ctx.scope, 'application', '*'),
  }),
  command: (input) => pageRequest(list, input),
  read: (view, page, ctx) => view.codeDeployApplications.page('scope', scopeKey(ctx.scope), page),
  output: ({ records, next }) => ({
    applications: records.map(({ applicationName }) => applicationName),
    ...nextTokenMember(list, next),
  }),
});
