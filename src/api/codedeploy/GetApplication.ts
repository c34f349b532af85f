import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { findApplication } from './find.ts';
import { presentApplication } from './present.ts';
import { codedeploy } from './service.ts';

/** GetApplication. */
export const GetApplication = operation(codedeploy, 'GetApplication', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:GetApplication',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName }) => applicationName,
  read: (view, name, ctx) => findApplication(view, ctx.scope, name),
  output: (application) => ({ application: presentApplication(application) }),
});
