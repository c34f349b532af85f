import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import { type CodeDeployApplication, type CodeDeployGroup, serviceArn } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError, type InputOf } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { balancingFrom, requireBalancing, requireRoutable } from './balancing.ts';
import { alarmsFrom, autoRollbackFrom, waitsFrom } from './conduct.ts';
import { invalidInput, invalidService } from './errors.ts';
import { findRouting } from './find.ts';

type UpdateInput = InputOf<typeof CodeDeploy, 'UpdateDeploymentGroup'>;
/** What both requests say of a group. */
export type GroupInput = Omit<UpdateInput, 'applicationName' | 'currentDeploymentGroupName' | 'newDeploymentGroupName'>;

export const defaultConfig = 'CodeDeployDefault.ECSAllAtOnce';

/** The parts of a group that a request names; those it does not are absent. */
export type GroupParts = Partial<
  Pick<
    CodeDeployGroup,
    | 'deploymentConfigName'
    | 'readyWaitMinutes'
    | 'terminationWaitMinutes'
    | 'autoRollback'
    | 'alarms'
    | 'balancing'
    | 'serviceRoleArn'
    | 'outdatedInstancesStrategy'
    | 'clusterName'
    | 'serviceName'
    | 'serviceArn'
  >
>;

/** Checks what a request says of a group, and makes of it what the record has. */
export function groupParts(input: GroupInput, ctx: OperationContext): GroupParts {
  refuseOtherPlatforms(input);
  const { deploymentConfigName, serviceRoleArn, outdatedInstancesStrategy, ecsServices } = input;
  const autoRollback = autoRollbackFrom(input.autoRollbackConfiguration);
  const alarms = alarmsFrom(input.alarmConfiguration);
  if (serviceRoleArn !== undefined && !/^arn:aws:iam::\d{12}:role\/.+$/.test(serviceRoleArn)) {
    throw new ApiError('InvalidRoleException', `The role ARN ${serviceRoleArn} is not valid.`);
  }
  return {
    ...(deploymentConfigName === undefined ? {} : { deploymentConfigName }),
    ...(input.blueGreenDeploymentConfiguration === undefined ? {} : waitsFrom(input.blueGreenDeploymentConfiguration)),
    ...(autoRollback === undefined ? {} : { autoRollback }),
    ...(alarms === undefined ? {} : { alarms }),
    ...(input.loadBalancerInfo === undefined ? {} : { balancing: balancingFrom(input.loadBalancerInfo) }),
    ...(serviceRoleArn === undefined ? {} : { serviceRoleArn }),
    ...(outdatedInstancesStrategy === undefined ? {} : { outdatedInstancesStrategy }),
    ...(ecsServices === undefined ? {} : serviceFrom(ecsServices, ctx)),
  };
}

function serviceFrom(
  given: NonNullable<GroupInput['ecsServices']>,
  { scope }: OperationContext,
): Pick<CodeDeployGroup, 'clusterName' | 'serviceName' | 'serviceArn'> {
  const [service, ...more] = given;
  const { clusterName = 'default', serviceName = '' } = service ?? {};
  if (serviceName === '' || more.length > 0) {
    throw invalidService('A deployment group needs exactly one Amazon ECS service, with its cluster.');
  }
  // A cluster may be named by its ARN.
  const cluster = clusterName.split('/').at(-1) ?? clusterName;
  return { clusterName: cluster, serviceName, serviceArn: serviceArn(scope, cluster, serviceName) };
}

/** Everything that the group names is there and goes together. */
export function requireGroupWorks(view: RoadsteadView, group: CodeDeployGroup, ctx: OperationContext): void {
  const service = view.services.find(group.serviceArn);
  if (service === undefined || service.status === 'INACTIVE') {
    throw invalidService(
      `The Amazon ECS service ${group.serviceName} of the cluster ${group.clusterName} does not exist.`,
    );
  }
  if (service.deploymentController !== 'CODE_DEPLOY') {
    throw invalidService("Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.");
  }
  for (const { deploymentGroupId, deploymentGroupName } of view.codeDeployGroups.by('service', group.serviceArn)) {
    if (deploymentGroupId === group.deploymentGroupId) continue;
    throw new ApiError(
      'ECSServiceMappingLimitExceededException',
      `The Amazon ECS service ${group.serviceName} is in the deployment group ${deploymentGroupName} already.`,
    );
  }
  requireBalancing(view, ctx.scope, group.balancing);
  requireRoutable(view, group.balancing, findRouting(view, ctx.scope, group.deploymentConfigName));
}

/** What is about instances, and what needs a service that is not there. */
function refuseOtherPlatforms(input: GroupInput): void {
  const { deploymentType = 'BLUE_GREEN', deploymentOption = 'WITH_TRAFFIC_CONTROL' } = input.deploymentStyle ?? {};
  if (deploymentType !== 'BLUE_GREEN' || deploymentOption !== 'WITH_TRAFFIC_CONTROL') {
    throw new ApiError(
      'InvalidDeploymentStyleException',
      'The deployment style of a deployment group of Amazon ECS must be BLUE_GREEN and WITH_TRAFFIC_CONTROL.',
    );
  }
  for (const [member, named] of [
    ['ec2TagFilters', input.ec2TagFilters],
    ['onPremisesInstanceTagFilters', input.onPremisesInstanceTagFilters],
    ['autoScalingGroups', input.autoScalingGroups],
    ['ec2TagSet', input.ec2TagSet?.ec2TagSetList],
    ['onPremisesTagSet', input.onPremisesTagSet?.onPremisesTagSetList],
  ] as const) {
    if ((named?.length ?? 0) > 0) throw invalidInput(`${member} does not apply to deployment groups of Amazon ECS.`);
  }
  if ((input.triggerConfigurations?.length ?? 0) > 0) {
    throw new ApiError(
      'InvalidTriggerConfigException',
      'Triggers need Amazon SNS, which is not part of this version of Roadstead. Leave triggerConfigurations out.',
    );
  }
  if (input.terminationHookEnabled === true) {
    throw invalidInput('terminationHookEnabled does not apply to deployment groups of Amazon ECS.');
  }
}

/** The same application's group under its new record; `undefined` parts were not named. */
export function newGroup(
  application: Pick<CodeDeployApplication, 'applicationId'>,
  {
    deploymentGroupName,
    parts,
    tags,
  }: { readonly deploymentGroupName: string; readonly parts: GroupParts; readonly tags: CodeDeployGroup['tags'] },
  ctx: OperationContext,
): CodeDeployGroup {
  const { balancing, serviceRoleArn, clusterName, serviceName, serviceArn: arn } = parts;
  if (serviceName === undefined || clusterName === undefined || arn === undefined) {
    throw invalidService('A deployment group needs exactly one Amazon ECS service, with its cluster.');
  }
  return {
    ...ctx.scope,
    deploymentConfigName: defaultConfig,
    terminationWaitMinutes: 0,
    outdatedInstancesStrategy: 'UPDATE',
    ...parts,
    balancing: balancing ?? balancingFrom(undefined),
    serviceRoleArn: serviceRoleArn ?? '',
    clusterName,
    serviceName,
    serviceArn: arn,
    deploymentGroupId: ctx.ids.uuid(),
    deploymentGroupName,
    applicationId: application.applicationId,
    tags,
    createdAt: ctx.now,
  };
}
