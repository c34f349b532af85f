import type { Ids, Instant } from '#base';
import {
  type ClusterArn,
  clusterNameOf,
  containerArn,
  type DeploymentId,
  parseEcsArn,
  type Scope,
  type ServiceArn,
  taskArn,
} from './arn.ts';
import type { TaskTargetGroup } from './balancing/service-load-balancer.ts';
import type { DaemonArn, DaemonRevisionArn } from './daemon.ts';
import { type ManagedVolume, newTaskVolume } from './managed-volume.ts';
import type { AwsvpcConfiguration } from './network/index.ts';
import type { PlacementConstraint } from './placement.ts';
import { type ContainerSize, gpusOf, reservedResources } from './resources.ts';
import type { TaskConnect } from './service-connect.ts';
import type { Tag } from './tags.ts';
import type { ContainerOverride, LaunchType, Task, TaskContainer, TaskOverride } from './task.ts';
import { type ContainerDefinition, networkModeOf, type TaskDefinition } from './task-definition.ts';

/** What RunTask, StartTask or a deployment says about a task, beside its definition. */
export interface TaskSpec {
  readonly scope: Scope;
  readonly clusterArn: ClusterArn;
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string;
  readonly group: string;
  readonly overrides: TaskOverride;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly enableExecuteCommand: boolean;
  readonly tags: readonly Tag[];
  readonly startedBy?: string;
  readonly serviceArn?: ServiceArn;
  readonly deploymentId?: DeploymentId;
  readonly daemonArn?: DaemonArn;
  readonly daemonRevisionArn?: DaemonRevisionArn;
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly platformVersion?: string;
  /** At most one: of the definition's volume that is configured at launch. */
  readonly volumeConfigurations?: readonly ManagedVolume[];
  readonly targetGroups?: readonly TaskTargetGroup[];
  /** It gets a proxy of Service Connect. */
  readonly serviceConnect?: boolean;
  /** Ports of its host that the proxy has in bridge mode. */
  readonly connectHostPorts?: readonly number[];
}

/** The only Linux platform version there is; `LATEST` resolves to it. */
export const latestPlatformVersion = '1.4.0';
/** The storage a Fargate task has when its definition asks for none, GiB. */
const defaultEphemeralStorageGiB = 20;

/** A new task, not yet placed: PROVISIONING, version 1. */
export function newTask(definition: TaskDefinition, spec: TaskSpec, at: Instant, ids: Ids): Task {
  const clusterName = clusterNameFromArn(spec.clusterArn);
  const taskId = ids.hex(32);
  const networkMode = networkModeOf(definition);
  const sized = definition.containerDefinitions.map((container) => ({
    definition: withDevices(container, spec.overrides),
    size: containerSize(container, spec.overrides),
  }));
  const cpu = spec.overrides.cpu ?? definition.cpu;
  const memory = spec.overrides.memory ?? definition.memory;
  const ofContainers = reservedResources(
    { networkMode, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) },
    sized,
  );
  const reserves = { ...ofContainers, tcpPorts: [...ofContainers.tcpPorts, ...(spec.connectHostPorts ?? [])] };
  const [volume] = spec.volumeConfigurations ?? [];
  const { targetGroups = [] } = spec;
  const ephemeral = spec.overrides.ephemeralStorage ?? definition.ephemeralStorage;
  const containers = sized.map(({ definition: container, size }) =>
    newContainer(spec.scope, clusterName, taskId, container, size, ids),
  );
  const proxy = spec.serviceConnect === true ? newProxy(spec.scope, clusterName, taskId, ids) : undefined;
  return {
    ...spec.scope,
    taskArn: taskArn(spec.scope, clusterName, taskId),
    clusterArn: spec.clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    launchType: spec.launchType,
    ...(spec.capacityProviderName === undefined ? {} : { capacityProviderName: spec.capacityProviderName }),
    ...(spec.platformVersion === undefined ? {} : { platformVersion: spec.platformVersion }),
    group: spec.group,
    ...(spec.startedBy === undefined ? {} : { startedBy: spec.startedBy }),
    ...(spec.serviceArn === undefined ? {} : { serviceArn: spec.serviceArn }),
    ...(spec.deploymentId === undefined ? {} : { deploymentId: spec.deploymentId }),
    ...(spec.daemonArn === undefined ? {} : { daemonArn: spec.daemonArn }),
    ...(spec.daemonRevisionArn === undefined ? {} : { daemonRevisionArn: spec.daemonRevisionArn }),
    ...(spec.networkConfiguration === undefined ? {} : { networkConfiguration: spec.networkConfiguration }),
    overrides: spec.overrides,
    placementConstraints: spec.placementConstraints,
    enableExecuteCommand: spec.enableExecuteCommand,
    ...(spec.launchType === 'FARGATE'
      ? { ephemeralStorageGiB: ephemeral?.sizeInGiB ?? defaultEphemeralStorageGiB }
      : {}),
    cpu: String(reserves.cpuUnits),
    memory: String(reserves.memoryMiB),
    reserves,
    tags: spec.tags,
    createdAt: at,
    ...(networkMode === 'awsvpc' ? { attachment: { id: ids.uuid(), status: 'PRECREATED' } } : {}),
    ...(volume === undefined ? {} : { volume: newTaskVolume(volume, ids) }),
    ...(targetGroups.length === 0 ? {} : { targetGroups }),
    ...(proxy === undefined ? {} : { serviceConnect: proxy.connect }),
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    containers: proxy === undefined ? containers : [...containers, proxy.container],
    healthStatus: 'UNKNOWN',
    version: 1,
  };
}

function newContainer(
  scope: Scope,
  clusterName: string,
  taskId: string,
  definition: ContainerDefinition,
  size: ContainerSize,
  ids: Ids,
): TaskContainer {
  const command = definition.healthCheck?.command;
  const gpuCount = gpusOf(definition);
  return {
    containerArn: containerArn(scope, clusterName, taskId, ids.uuid()),
    name: definition.name ?? '',
    image: definition.image ?? '',
    lastStatus: 'PENDING',
    healthStatus: 'UNKNOWN',
    healthCheck: command !== undefined && command[0] !== 'NONE',
    essential: definition.essential ?? true,
    networkBindings: [],
    cpu: String(size.cpuUnits),
    ...(size.memoryMiB === undefined ? {} : { memory: String(size.memoryMiB) }),
    ...(size.memoryReservationMiB === undefined ? {} : { memoryReservation: String(size.memoryReservationMiB) }),
    ...(gpuCount === 0 ? {} : { gpuCount }),
  };
}

const proxyAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The proxy of Service Connect: essential, checked, and of no image that anybody asked for. */
function newProxy(
  scope: Scope,
  clusterName: string,
  taskId: string,
  ids: Ids,
): { readonly connect: TaskConnect; readonly container: TaskContainer } {
  const containerName = `ecs-service-connect-${ids.from(proxyAlphabet, 5)}`;
  const container = newContainer(scope, clusterName, taskId, { name: containerName }, noSize, ids);
  return { connect: { attachmentId: ids.uuid(), containerName }, container: { ...container, healthCheck: true } };
}

const noSize: ContainerSize = { cpuUnits: 0, memoryMiB: undefined, memoryReservationMiB: undefined };

/** The devices of an override replace those of the definition. */
function withDevices(definition: ContainerDefinition, overrides: TaskOverride): ContainerDefinition {
  const resourceRequirements = overrideOf(definition, overrides)?.resourceRequirements;
  return resourceRequirements === undefined
    ? definition
    : { ...definition, resourceRequirements: [...resourceRequirements] };
}

function overrideOf(definition: ContainerDefinition, overrides: TaskOverride): ContainerOverride | undefined {
  return overrides.containerOverrides.find((candidate) => candidate.name === definition.name);
}

/** A container's size, overrides applied. */
export function containerSize(definition: ContainerDefinition, overrides: TaskOverride): ContainerSize {
  const override = overrideOf(definition, overrides);
  return {
    cpuUnits: override?.cpu ?? definition.cpu ?? 0,
    memoryMiB: override?.memory ?? definition.memory,
    memoryReservationMiB: override?.memoryReservation ?? definition.memoryReservation,
  };
}

function clusterNameFromArn(arn: ClusterArn): string {
  return parseEcsArn(arn)?.path[0] ?? '';
}

/** The name of a task's cluster. */
export function taskClusterName(task: Pick<Task, 'taskArn'>): string {
  return clusterNameOf(task.taskArn);
}
