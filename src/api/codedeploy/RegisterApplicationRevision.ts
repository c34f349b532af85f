import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { readAppSpec } from './app-spec.ts';
import { findApplication } from './find.ts';
import { putRevision, revisionFrom } from './revision.ts';
import { codedeploy } from './service.ts';

/** RegisterApplicationRevision: an AppSpec, given as text. */
export const RegisterApplicationRevision = operation(codedeploy, 'RegisterApplicationRevision', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:RegisterApplicationRevision',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName, description, revision: given }) => {
    const revision = revisionFrom(given);
    readAppSpec(revision.content);
    return { applicationName, revision, described: description === undefined ? {} : { description } };
  },
  apply: (tx, { applicationName, revision, described }, ctx) => {
    const application = findApplication(tx, ctx.scope, applicationName);
    putRevision(tx, application, revision, { ...described, used: false, ctx });
  },
  output: () => ({}),
});
