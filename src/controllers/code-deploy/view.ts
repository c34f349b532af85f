import {
  type CodeDeployDeployment,
  type ListenerRule,
  latestPlatformVersion,
  networkModeOf,
  type Service,
  scopeKey,
  type TargetGroup,
  type TaskDefinition,
  type TaskDefinitionArn,
  type TaskSet,
  taskDefinitionArn,
} from '#model';
import type { RoadsteadView } from '#store';

/** All that a decision about one deployment reads. */
export interface DeploymentView {
  readonly deployment: CodeDeployDeployment;
  readonly service: Service | undefined;
  readonly taskSets: readonly TaskSet[];
  /** The rules of a listener; none of one that is gone. */
  rulesOf(listenerArn: string): readonly ListenerRule[];
  targetGroup(name: string): TargetGroup | undefined;
  /** What the AppSpec names. */
  definition(): TaskDefinition | undefined;
  subnetExists(subnetId: string): boolean;
}

export function deploymentView(view: RoadsteadView, deployment: CodeDeployDeployment): DeploymentView {
  const { serviceArn, appSpec } = deployment;
  return {
    deployment,
    service: view.services.find(serviceArn),
    taskSets: [...view.taskSets.by('service', serviceArn)],
    rulesOf: (listenerArn) => [...view.listenerRules.by('listener', listenerArn)],
    targetGroup: (name) => [...view.targetGroups.by('name', `${scopeKey(deployment)}/${name}`)][0],
    definition: () => view.taskDefinitions.find(definitionArn(deployment, appSpec.taskDefinition)),
    subnetExists: (id) => view.subnets.has(`${scopeKey(deployment)}/${id}`),
  };
}

/** `family:revision`, or the ARN itself. */
function definitionArn(deployment: CodeDeployDeployment, reference: string): TaskDefinitionArn {
  const short = /^([\w-]+):(\d+)$/.exec(reference);
  if (short === null) return reference as TaskDefinitionArn;
  return taskDefinitionArn(deployment, short[1] ?? '', Number(short[2]));
}

/** Why ECS would refuse the replacement's task set; `undefined` when it would not. */
export function replacementProblem(
  view: DeploymentView,
  service: Service,
  definition: TaskDefinition | undefined,
  group: TargetGroup,
): string | undefined {
  const { taskDefinition, containerName, containerPort, platformVersion, networkConfiguration } =
    view.deployment.appSpec;
  if (definition === undefined) return `Unable to describe task definition ${taskDefinition}.`;
  if (definition.status !== 'ACTIVE') return 'TaskDefinition is inactive.';
  if (!definition.compatibilities.includes(service.launchType)) {
    return `Task definition does not support launch_type ${service.launchType}.`;
  }
  const container = definition.containerDefinitions.find(({ name }) => name === containerName);
  if (container === undefined) return `The container ${containerName} does not exist in the task definition.`;
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
    return `The container ${containerName} did not have a container port ${containerPort} defined.`;
  }
  const mode = networkModeOf(definition);
  if ((mode === 'awsvpc') !== (group.targetType === 'ip')) {
    return `The provided target group ${group.targetGroupArn} has target type ${group.targetType}, which is incompatible with the ${mode} network mode specified in the task definition.`;
  }
  const network = networkConfiguration ?? service.networkConfiguration;
  if (mode === 'awsvpc' && network === undefined) {
    return "Network Configuration must be provided when networkMode 'awsvpc' is specified.";
  }
  const missing = network?.subnets.filter((id) => !view.subnetExists(id)) ?? [];
  if (missing.length > 0) return `The subnet ID '${missing[0]}' does not exist.`;
  return platformProblem(service, platformVersion);
}

function platformProblem({ launchType }: Service, asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  if (launchType !== 'FARGATE') {
    return `The platform version must be null when specifying an ${launchType} launch type.`;
  }
  if (asked === 'LATEST' || asked === latestPlatformVersion) return undefined;
  return `The specified platform version ${asked} does not exist.`;
}
