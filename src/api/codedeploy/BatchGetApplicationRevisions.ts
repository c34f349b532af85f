import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { batchLimitExceeded } from './errors.ts';
import { findApplication } from './find.ts';
import { limits } from './limits.ts';
import { presentRevision, presentRevisionInfo } from './present.ts';
import { findRevision } from './revision.ts';
import { codedeploy } from './service.ts';

/** BatchGetApplicationRevisions: one that is not there fails all. */
export const BatchGetApplicationRevisions = operation(codedeploy, 'BatchGetApplicationRevisions', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:BatchGetApplicationRevisions',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName, revisions }) => {
    const most = limits.batch.revisions;
    if (revisions.length > most) throw batchLimitExceeded(most);
    return { applicationName, revisions };
  },
  read: (view, { applicationName, revisions }, ctx) => {
    const application = findApplication(view, ctx.scope, applicationName);
    const found = revisions.map((given) => findRevision(view, application, given));
    return {
      applicationName,
      revisions: found.map((revision) => ({
        revisionLocation: presentRevision(revision),
        genericRevisionInfo: presentRevisionInfo(view, revision),
      })),
    };
  },
  output: (answer) => answer,
});
