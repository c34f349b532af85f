import { lifecycleEventNames, newCodeDeployId } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { readAppSpec } from './app-spec.ts';
import { requireRoutable } from './balancing.ts';
import { alarmsFrom, autoRollbackFrom } from './conduct.ts';
import { deploymentUnderWay, invalidInput } from './errors.ts';
import { findApplication, findGroup, findRouting, groupArn } from './find.ts';
import { lastSucceeded } from './present.ts';
import { putRevision, revisionFrom } from './revision.ts';
import { codedeploy } from './service.ts';

/** CreateDeployment: one at a time of a group; the loop carries it out. */
export const CreateDeployment = operation(codedeploy, 'CreateDeployment', {
  authorize: ({ applicationName, deploymentGroupName = '*' }, ctx) => ({
    action: 'codedeploy:CreateDeployment',
    resource: groupArn(ctx.scope, applicationName, deploymentGroupName),
  }),
  command: (input) => {
    const { applicationName, deploymentGroupName = '', revision: given } = input;
    if (deploymentGroupName === '') {
      throw new ApiError('DeploymentGroupNameRequiredException', 'The deployment group name was not specified.');
    }
    if (given === undefined) {
      throw new ApiError('RevisionRequiredException', 'The revision was not specified.');
    }
    const { tagFilters = [], autoScalingGroups = [], ec2TagSet } = input.targetInstances ?? {};
    if (tagFilters.length + autoScalingGroups.length + (ec2TagSet?.ec2TagSetList?.length ?? 0) > 0) {
      throw invalidInput('targetInstances does not apply to deployments to Amazon ECS.');
    }
    const revision = revisionFrom(given);
    const autoRollback = autoRollbackFrom(input.autoRollbackConfiguration);
    const alarms = alarmsFrom(input.overrideAlarmConfiguration);
    return {
      applicationName,
      deploymentGroupName,
      configName: input.deploymentConfigName,
      asked: {
        revision,
        appSpec: readAppSpec(revision.content),
        ...(input.description === undefined ? {} : { description: input.description }),
        ...(autoRollback === undefined ? {} : { autoRollback }),
        ...(alarms === undefined ? {} : { alarms, alarmsOverridden: true as const }),
      },
    };
  },
  apply: (tx, { applicationName, deploymentGroupName, configName, asked }, ctx) => {
    const application = findApplication(tx, ctx.scope, applicationName);
    const group = findGroup(tx, application, deploymentGroupName);
    requireNone(tx, group);
    const deploymentConfigName = configName ?? group.deploymentConfigName;
    const routing = findRouting(tx, ctx.scope, deploymentConfigName);
    requireRoutable(tx, group.balancing, routing);
    const previous = lastSucceeded(tx, group)?.revision;
    const { terminationWaitMinutes, readyWaitMinutes, autoRollback, alarms, balancing } = group;
    const { deploymentGroupId, applicationId, clusterName, serviceName, serviceArn } = group;
    const deployment = {
      ...ctx.scope,
      terminationWaitMinutes,
      ...(readyWaitMinutes === undefined ? {} : { readyWaitMinutes }),
      ...(autoRollback === undefined ? {} : { autoRollback }),
      ...(alarms === undefined ? {} : { alarms }),
      ...(previous === undefined ? {} : { previousRevision: previous }),
      ...asked,
      deploymentConfigName,
      balancing,
      deploymentId: newCodeDeployId(ctx.ids),
      deploymentGroupId,
      applicationId,
      applicationName,
      deploymentGroupName,
      clusterName,
      serviceName,
      serviceArn,
      creator: 'user' as const,
      routing,
      status: 'Created' as const,
      createdAt: ctx.now,
      updatedAt: ctx.now,
      phase: 'INSTALL' as const,
      phaseAt: ctx.now,
      step: 0,
      weight: 0,
      events: lifecycleEventNames(balancing).map((name) => ({ name, status: 'Pending' as const })),
    };
    tx.codeDeployDeployments.put(deployment);
    putRevision(tx, application, asked.revision, { used: true, ctx });
    return deployment.deploymentId;
  },
  output: (deploymentId) => ({ deploymentId }),
});

/** DeploymentLimitExceededException while one of the group, or its rollback, is under way. */
function requireNone(
  view: RoadsteadView,
  {
    deploymentGroupId,
    deploymentGroupName,
  }: { readonly deploymentGroupId: string; readonly deploymentGroupName: string },
): void {
  for (const { deploymentId } of view.codeDeployDeployments.by('openGroup', deploymentGroupId)) {
    throw deploymentUnderWay(deploymentGroupName, deploymentId);
  }
}
