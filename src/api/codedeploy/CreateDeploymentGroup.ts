import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { groupExists } from './errors.ts';
import { findApplication, groupArn, hasGroup } from './find.ts';
import { groupParts, newGroup, requireGroupWorks } from './group.ts';
import { limits } from './limits.ts';
import { codedeploy } from './service.ts';
import { tagsFrom } from './tags.ts';

/** CreateDeploymentGroup, of one service of Amazon ECS. */
export const CreateDeploymentGroup = operation(codedeploy, 'CreateDeploymentGroup', {
  authorize: ({ applicationName, deploymentGroupName }, ctx) => ({
    action: 'codedeploy:CreateDeploymentGroup',
    resource: groupArn(ctx.scope, applicationName, deploymentGroupName),
  }),
  command: ({ applicationName, deploymentGroupName, tags, ...input }, ctx) => ({
    applicationName,
    group: { deploymentGroupName, parts: groupParts(input, ctx), tags: tagsFrom(tags) },
  }),
  apply: (tx, { applicationName, group: asked }, ctx) => {
    const application = findApplication(tx, ctx.scope, applicationName);
    if (hasGroup(tx, application, asked.deploymentGroupName)) throw groupExists(asked.deploymentGroupName);
    if (tx.codeDeployGroups.count('application', application.applicationId) >= limits.groupsPerApplication) {
      const message = `An application can have no more than ${limits.groupsPerApplication} deployment groups.`;
      throw new ApiError('DeploymentGroupLimitExceededException', message);
    }
    const group = newGroup(application, asked, ctx);
    requireGroupWorks(tx, group, ctx);
    tx.codeDeployGroups.put(group);
    return group.deploymentGroupId;
  },
  output: (deploymentGroupId) => ({ deploymentGroupId }),
});
