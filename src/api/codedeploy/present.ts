import {
  type CodeDeployApplication,
  type CodeDeployAutoRollback,
  type CodeDeployConduct,
  type CodeDeployConfig,
  type CodeDeployDeployment,
  type CodeDeployGroup,
  type CodeDeployRevision,
  type CodeDeployRevisionText,
  type CodeDeployRouting,
  predefinedCodeDeployConfigs,
} from '#model';
import type { RoadsteadView } from '#store';
import { overviewOf } from './target.ts';

/** CodeDeploy's records as its API shows them. */

export function presentApplication({ applicationId, applicationName, createdAt }: CodeDeployApplication) {
  return {
    applicationId,
    applicationName,
    createTime: createdAt,
    linkedToGitHub: false,
    computePlatform: 'ECS' as const,
  };
}

export function presentConfig(name: string, routing: CodeDeployRouting, stored: CodeDeployConfig | undefined) {
  const number = [...predefinedCodeDeployConfigs.keys()].indexOf(name) + 1;
  return {
    deploymentConfigId: stored?.deploymentConfigId ?? `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
    deploymentConfigName: name,
    ...(stored === undefined ? {} : { createTime: stored.createdAt }),
    computePlatform: 'ECS' as const,
    trafficRoutingConfig: presentRouting(routing),
  };
}

function presentRouting(routing: CodeDeployRouting) {
  if (routing.type === 'AllAtOnce') return { type: routing.type };
  const { type, percentage, intervalMinutes } = routing;
  return type === 'TimeBasedCanary'
    ? { type, timeBasedCanary: { canaryPercentage: percentage, canaryInterval: intervalMinutes } }
    : { type, timeBasedLinear: { linearPercentage: percentage, linearInterval: intervalMinutes } };
}

export function presentRevision({ type, content, sha256 }: CodeDeployRevisionText) {
  const text = { content, sha256 };
  return { revisionType: type, ...(type === 'String' ? { string: text } : { appSpecContent: text }) };
}

export function presentRevisionInfo(view: RoadsteadView, revision: CodeDeployRevision) {
  const groups = [...view.codeDeployGroups.by('application', revision.applicationId)];
  const running = groups.filter((group) => lastSucceeded(view, group)?.revision.sha256 === revision.sha256);
  return {
    ...(revision.description === undefined ? {} : { description: revision.description }),
    deploymentGroups: running.map(({ deploymentGroupName }) => deploymentGroupName),
    ...(revision.firstUsedAt === undefined ? {} : { firstUsedTime: revision.firstUsedAt }),
    ...(revision.lastUsedAt === undefined ? {} : { lastUsedTime: revision.lastUsedAt }),
    registerTime: revision.registeredAt,
  };
}

const deploymentStyle = {
  deploymentType: 'BLUE_GREEN' as const,
  deploymentOption: 'WITH_TRAFFIC_CONTROL' as const,
};

export function presentGroup(view: RoadsteadView, application: CodeDeployApplication, group: CodeDeployGroup) {
  const last = [...view.codeDeployDeployments.by('group', group.deploymentGroupId)].at(-1);
  const succeeded = lastSucceeded(view, group);
  return {
    applicationName: application.applicationName,
    deploymentGroupId: group.deploymentGroupId,
    deploymentGroupName: group.deploymentGroupName,
    deploymentConfigName: group.deploymentConfigName,
    serviceRoleArn: group.serviceRoleArn,
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: [],
    triggerConfigurations: [],
    outdatedInstancesStrategy: group.outdatedInstancesStrategy,
    deploymentStyle,
    ...presentConduct(group),
    ...presentAlarms(group),
    ...(succeeded === undefined ? {} : { targetRevision: presentRevision(succeeded.revision) }),
    ...(succeeded === undefined ? {} : { lastSuccessfulDeployment: presentLast(succeeded) }),
    ...(last === undefined ? {} : { lastAttemptedDeployment: presentLast(last) }),
    computePlatform: 'ECS' as const,
    ecsServices: [{ serviceName: group.serviceName, clusterName: group.clusterName }],
    terminationHookEnabled: false,
  };
}

/** The last deployment of a group that succeeded. */
export function lastSucceeded(
  view: RoadsteadView,
  { deploymentGroupId }: Pick<CodeDeployGroup, 'deploymentGroupId'>,
): CodeDeployDeployment | undefined {
  return [...view.codeDeployDeployments.by('group', deploymentGroupId)].findLast(
    ({ status }) => status === 'Succeeded',
  );
}

function presentLast({ deploymentId, status, createdAt, completedAt }: CodeDeployDeployment) {
  const endTime = completedAt === undefined ? {} : { endTime: completedAt };
  return { deploymentId, status, createTime: createdAt, ...endTime };
}

export function presentDeployment(deployment: CodeDeployDeployment) {
  const { description, previousRevision, error, startedAt, completedAt } = deployment;
  const alarms = deployment.alarmsOverridden === true ? presentAlarms(deployment).alarmConfiguration : undefined;
  return {
    applicationName: deployment.applicationName,
    deploymentGroupName: deployment.deploymentGroupName,
    deploymentConfigName: deployment.deploymentConfigName,
    deploymentId: deployment.deploymentId,
    ...(previousRevision === undefined ? {} : { previousRevision: presentRevision(previousRevision) }),
    revision: presentRevision(deployment.revision),
    status: deployment.status,
    ...(error === undefined ? {} : { errorInformation: error as { code: 'TIMEOUT'; message: string } }),
    createTime: deployment.createdAt,
    ...(startedAt === undefined ? {} : { startTime: startedAt }),
    ...(completedAt === undefined ? {} : { completeTime: completedAt }),
    deploymentOverview: overviewOf(deployment),
    ...(description === undefined ? {} : { description }),
    creator: deployment.creator,
    ignoreApplicationStopFailures: false,
    updateOutdatedInstancesOnly: false,
    ...presentRollback(deployment),
    deploymentStyle,
    instanceTerminationWaitTimeStarted: deployment.phase === 'TERMINATION_WAIT' || deployment.phase === 'TERMINATE',
    ...presentConduct(deployment),
    fileExistsBehavior: 'DISALLOW' as const,
    deploymentStatusMessages: [],
    computePlatform: 'ECS' as const,
    ...(alarms === undefined ? {} : { overrideAlarmConfiguration: alarms }),
  };
}

function presentRollback({ rollbackDeploymentId, rollbackOf, error }: CodeDeployDeployment) {
  if (rollbackDeploymentId === undefined && rollbackOf === undefined) return {};
  return {
    rollbackInfo: {
      ...(rollbackDeploymentId === undefined ? {} : { rollbackDeploymentId }),
      ...(rollbackOf === undefined ? {} : { rollbackTriggeringDeploymentId: rollbackOf }),
      ...(rollbackDeploymentId === undefined || error === undefined ? {} : { rollbackMessage: error.message }),
    },
  };
}

function presentConduct(conduct: CodeDeployConduct) {
  const { readyWaitMinutes, terminationWaitMinutes, autoRollback, balancing } = conduct;
  const { targetGroupNames, prodListenerArns, testListenerArns } = balancing;
  return {
    ...(autoRollback === undefined ? {} : { autoRollbackConfiguration: presentAutoRollback(autoRollback) }),
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess: {
        action: 'TERMINATE' as const,
        terminationWaitTimeInMinutes: terminationWaitMinutes,
      },
      deploymentReadyOption: {
        actionOnTimeout:
          readyWaitMinutes === undefined ? ('CONTINUE_DEPLOYMENT' as const) : ('STOP_DEPLOYMENT' as const),
        waitTimeInMinutes: readyWaitMinutes ?? 0,
      },
    },
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: targetGroupNames.map((name) => ({ name })),
          prodTrafficRoute: { listenerArns: [...prodListenerArns] },
          ...(testListenerArns.length === 0 ? {} : { testTrafficRoute: { listenerArns: [...testListenerArns] } }),
        },
      ],
    },
  };
}

function presentAutoRollback({ enabled, events }: CodeDeployAutoRollback) {
  return { enabled, events: [...events] };
}

function presentAlarms({ alarms }: Pick<CodeDeployConduct, 'alarms'>) {
  if (alarms === undefined) return {};
  const { enabled, ignorePollAlarmFailure, names } = alarms;
  return { alarmConfiguration: { enabled, ignorePollAlarmFailure, alarms: names.map((name) => ({ name })) } };
}
