import { operation } from '../operation.ts';
import { groupExists } from './errors.ts';
import { findApplication, findGroup, groupArn, hasGroup } from './find.ts';
import { groupParts, requireGroupWorks } from './group.ts';
import { codedeploy } from './service.ts';

/** UpdateDeploymentGroup: what is not named stays; a deployment under way goes on as it began. */
export const UpdateDeploymentGroup = operation(codedeploy, 'UpdateDeploymentGroup', {
  authorize: ({ applicationName, currentDeploymentGroupName }, ctx) => ({
    action: 'codedeploy:UpdateDeploymentGroup',
    resource: groupArn(ctx.scope, applicationName, currentDeploymentGroupName),
  }),
  command: ({ applicationName, currentDeploymentGroupName: current, newDeploymentGroupName, ...input }, ctx) => ({
    applicationName,
    current,
    next: newDeploymentGroupName ?? current,
    parts: groupParts(input, ctx),
    /** A blue/green configuration is replaced as a whole. */
    waits: input.blueGreenDeploymentConfiguration !== undefined,
  }),
  apply: (tx, { applicationName, current, next, parts, waits }, ctx) => {
    const application = findApplication(tx, ctx.scope, applicationName);
    const group = findGroup(tx, application, current);
    if (next !== current && hasGroup(tx, application, next)) throw groupExists(next);
    const { readyWaitMinutes, ...rest } = group;
    const kept = waits || readyWaitMinutes === undefined ? rest : { ...rest, readyWaitMinutes };
    const updated = { ...kept, ...parts, deploymentGroupName: next };
    requireGroupWorks(tx, updated, ctx);
    tx.codeDeployGroups.put(updated);
  },
  output: () => ({ hooksNotCleanedUp: [] }),
});
