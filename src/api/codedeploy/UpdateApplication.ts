import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { applicationExists } from './errors.ts';
import { findApplication, hasApplication } from './find.ts';
import { codedeploy } from './service.ts';

/** UpdateApplication: its name. */
export const UpdateApplication = operation(codedeploy, 'UpdateApplication', {
  authorize: ({ applicationName = '' }, ctx) => ({
    action: 'codedeploy:UpdateApplication',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName = '', newApplicationName = applicationName }) => ({
    applicationName,
    newApplicationName,
  }),
  apply: (tx, { applicationName, newApplicationName }, ctx) => {
    const application = findApplication(tx, ctx.scope, applicationName);
    if (newApplicationName === applicationName) return;
    if (hasApplication(tx, ctx.scope, newApplicationName)) throw applicationExists(newApplicationName);
    tx.codeDeployApplications.put({ ...application, applicationName: newApplicationName });
  },
  output: () => ({}),
});
