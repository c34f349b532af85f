import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { batchLimitExceeded } from './errors.ts';
import { findApplication } from './find.ts';
import { limits } from './limits.ts';
import { presentApplication } from './present.ts';
import { codedeploy } from './service.ts';

/** BatchGetApplications: one that is not there fails all. */
export const BatchGetApplications = operation(codedeploy, 'BatchGetApplications', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:BatchGetApplications',
    resource: codeDeployArn(ctx.scope, 'application', '*'),
  }),
  command: ({ applicationNames }) => {
    const most = limits.batch.applications;
    if (applicationNames.length > most) throw batchLimitExceeded(most);
    return applicationNames;
  },
  read: (view, names, ctx) => names.map((name) => findApplication(view, ctx.scope, name)),
  output: (applications) => ({ applicationsInfo: applications.map(presentApplication) }),
});
