import { type CodeDeployRevision, codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findApplication } from './find.ts';
import { presentRevision } from './present.ts';
import { codedeploy } from './service.ts';

/** ListApplicationRevisions: in the order of registration if no other is asked for; on one page. */
export const ListApplicationRevisions = operation(codedeploy, 'ListApplicationRevisions', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:ListApplicationRevisions',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName, sortBy = 'registerTime', sortOrder = 'ascending', s3Bucket }) => ({
    applicationName,
    at: times[sortBy],
    newestFirst: sortOrder === 'descending',
    inS3: s3Bucket !== undefined,
  }),
  read: (view, { applicationName, at, newestFirst, inS3 }, ctx) => {
    const { applicationId } = findApplication(view, ctx.scope, applicationName);
    const all = inS3 ? [] : [...view.codeDeployRevisions.by('application', applicationId)];
    const sorted = all.toSorted((a, b) => at(a) - at(b));
    return newestFirst ? sorted.toReversed() : sorted;
  },
  output: (revisions) => ({ revisions: revisions.map(presentRevision) }),
});

const times = {
  registerTime: ({ registeredAt }: CodeDeployRevision): number => registeredAt,
  firstUsedTime: ({ firstUsedAt }: CodeDeployRevision): number => firstUsedAt ?? 0,
  lastUsedTime: ({ lastUsedAt }: CodeDeployRevision): number => lastUsedAt ?? 0,
};
