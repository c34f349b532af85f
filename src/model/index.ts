export { type AccessKey, type Account, defaultAccountId, type Principal, platformAccountId } from './account.ts';
export { type AccountSetting } from './account-setting.ts';
export {
  type AccountId,
  attachmentArn,
  type CapacityProviderArn,
  type ClusterArn,
  type ContainerArn,
  type ContainerInstanceArn,
  capacityProviderArn,
  clusterArn,
  clusterNameOf,
  containerArn,
  containerInstanceArn,
  type DeploymentId,
  type EcsResourceType,
  familyRevisionOf,
  newDeploymentId,
  type ParsedEcsArn,
  parseEcsArn,
  type Region,
  rootArn,
  type Scope,
  type ServiceArn,
  scopeKey,
  serviceArn,
  shortId,
  type TaskArn,
  type TaskDefinitionArn,
  taskArn,
  taskDefinitionArn,
} from './arn.ts';
export {
  type AutoScalingGroupProvider,
  type CapacityProvider,
  isReservedProvider,
  type ManagedScaling,
  reservedProviders,
} from './capacity-provider.ts';
export { type ClientToken } from './client-token.ts';
export { type Cluster, type ClusterConfiguration, type ClusterSetting, type ClusterStatus } from './cluster.ts';
export {
  acceptsTasks,
  attributeValue,
  autoScalingGroupOf,
  type ContainerInstance,
  type ContainerInstanceStatus,
  groupAttribute,
  type InstanceAttribute,
  type InstanceHealth,
  type InstanceResources,
} from './container-instance.ts';
export {
  type AwsvpcConfiguration,
  type NetworkInterface,
  type SecurityGroup,
  type Subnet,
  type Vpc,
} from './network.ts';
export { containerSize, latestPlatformVersion, newTask, type TaskSpec, taskClusterName } from './new-task.ts';
export { type PlacementConstraint, type PlacementStrategy } from './placement.ts';
export { type ContainerSize, type ReservedResources, reservedResources } from './resources.ts';
export {
  type CreateServiceInput,
  type Deployment,
  type DeploymentConfiguration,
  type DeploymentStatus,
  primaryDeployment,
  type RolloutState,
  type Service,
  type ServiceEvent,
  type ServiceStatus,
  type StartBackoff,
  type Trouble,
} from './service.ts';
export { type Tag } from './tags.ts';
export {
  type ContainerOverride,
  type ContainerStatus,
  containerStatuses,
  type DesiredStatus,
  type EnvironmentVariable,
  type HealthStatus,
  holdsResources,
  isPending,
  isRunning,
  type LaunchType,
  type NetworkBinding,
  type StopCode,
  type Task,
  type TaskAttachment,
  type TaskContainer,
  type TaskOverride,
  type TaskStatus,
  taskHealth,
  taskStatuses,
  taskStatusRank,
} from './task.ts';
export {
  type Compatibility,
  type ContainerDefinition,
  type NetworkMode,
  networkModeOf,
  type PortMapping,
  type RequiredAttribute,
  type TaskDefinition,
  type TaskDefinitionContent,
  type TaskDefinitionFamily,
  type TaskDefinitionStatus,
  type Volume,
} from './task-definition.ts';
export {
  applyContainerHealth,
  applyTaskReport,
  attachInterface,
  type ContainerReport,
  hostGone,
  placeTask,
  releaseInterface,
  requestStop,
  type TaskReport,
  wasHandedOver,
} from './task-lifecycle.ts';
