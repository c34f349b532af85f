import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findApplication } from './find.ts';
import { presentRevision, presentRevisionInfo } from './present.ts';
import { findRevision } from './revision.ts';
import { codedeploy } from './service.ts';

/** GetApplicationRevision, by its content or its SHA-256. */
export const GetApplicationRevision = operation(codedeploy, 'GetApplicationRevision', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:GetApplicationRevision',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName, revision }) => ({ applicationName, revision }),
  read: (view, { applicationName, revision: given }, ctx) => {
    const revision = findRevision(view, findApplication(view, ctx.scope, applicationName), given);
    return {
      applicationName,
      revision: presentRevision(revision),
      revisionInfo: presentRevisionInfo(view, revision),
    };
  },
  output: (answer) => answer,
});
