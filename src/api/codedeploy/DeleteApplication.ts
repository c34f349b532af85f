import { codeDeployArn, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { codedeploy } from './service.ts';

/** DeleteApplication with its groups and revisions; what was deployed stays. One that is not there is gone already. */
export const DeleteApplication = operation(codedeploy, 'DeleteApplication', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:DeleteApplication',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName }) => applicationName,
  apply: (tx, name, ctx) => {
    const [application] = [...tx.codeDeployApplications.by('name', `${scopeKey(ctx.scope)}/${name}`)];
    if (application === undefined) return;
    const { applicationId } = application;
    const groups = [...tx.codeDeployGroups.by('application', applicationId)];
    for (const { deploymentGroupId } of groups) tx.codeDeployGroups.delete(deploymentGroupId);
    const revisions = [...tx.codeDeployRevisions.by('application', applicationId)];
    for (const { sha256 } of revisions) tx.codeDeployRevisions.delete(`${applicationId}/${sha256}`);
    tx.codeDeployApplications.delete(applicationId);
  },
  output: () => ({}),
});
