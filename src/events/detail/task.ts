import type { Instant } from '#base';
import {
  attachmentStatus,
  connectAttachmentStatus,
  type Task,
  type TaskAttachment,
  type TaskConnect,
  type TaskContainer,
  type TaskVolume,
  volumeDetails,
} from '#model';
import { isoTime } from './time.ts';

/**
 * `detail` of a task state change. What is not known is left out; health is never told.
 * Source: "Amazon ECS task state change events".
 */
export function taskDetail(task: Task, updatedAt: string): Readonly<Record<string, unknown>> {
  const isFargate = task.launchType === 'FARGATE';
  return withoutAbsent({
    attachments: [
      ...(task.attachment === undefined ? [] : [attachmentOf(task.attachment, task)]),
      ...(task.volume === undefined ? [] : [volumeOf(task.volume)]),
      ...(task.serviceConnect === undefined ? [] : [connectOf(task.serviceConnect, task)]),
    ],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.clusterArn,
    connectivity: task.connectivity,
    connectivityAt: text(task.connectivityAt),
    containerInstanceArn: isFargate ? undefined : task.hostArn,
    containers: task.containers.map((container) => containerOf(container, task)),
    cpu: task.cpu,
    createdAt: text(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: task.ephemeralStorageGiB === undefined ? undefined : { sizeInGiB: task.ephemeralStorageGiB },
    executionStoppedAt: text(task.executionStoppedAt),
    group: task.group,
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: task.memory,
    overrides: overridesOf(task),
    platformVersion: task.platformVersion,
    pullStartedAt: text(task.pullStartedAt),
    pullStoppedAt: text(task.pullStoppedAt),
    startedAt: text(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: text(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: text(task.stoppingAt),
    taskArn: task.taskArn,
    taskDefinitionArn: task.taskDefinitionArn,
    updatedAt,
    version: task.version,
  });
}

function containerOf(container: TaskContainer, { taskArn, attachment }: Task): Readonly<Record<string, unknown>> {
  const { id, privateIpv4Address } = attachment ?? {};
  return withoutAbsent({
    containerArn: container.containerArn,
    cpu: container.cpu,
    exitCode: container.exitCode,
    gpuIds: container.gpuIds,
    image: container.image === '' ? undefined : container.image,
    imageDigest: container.imageDigest,
    lastStatus: container.lastStatus,
    memory: container.memory,
    memoryReservation: container.memoryReservation,
    name: container.name,
    networkBindings: container.networkBindings,
    networkInterfaces: privateIpv4Address === undefined ? [] : [{ attachmentId: id, privateIpv4Address }],
    reason: container.reason,
    runtimeId: container.runtimeId,
    taskArn,
  });
}

/** The API calls the type `ElasticNetworkInterface`, events `eni`. */
function attachmentOf(attachment: TaskAttachment, task: Task): Readonly<Record<string, unknown>> {
  const { id, subnetId, networkInterfaceId, macAddress, privateDnsName, privateIpv4Address } = attachment;
  const values = { subnetId, networkInterfaceId, macAddress, privateDnsName, privateIPv4Address: privateIpv4Address };
  const details = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  return { id, type: 'eni', status: attachmentStatus(attachment, task), details };
}

function connectOf({ attachmentId: id, containerName }: TaskConnect, task: Task): Readonly<Record<string, unknown>> {
  const details = [{ name: 'ContainerName', value: containerName }];
  return { id, type: 'Service Connect', status: connectAttachmentStatus(task), details };
}

function volumeOf(volume: TaskVolume): Readonly<Record<string, unknown>> {
  const { id, status } = volume;
  return { id, type: 'AmazonElasticBlockStorage', status, details: volumeDetails(volume) };
}

function overridesOf({ overrides, containers }: Task): Readonly<Record<string, unknown>> {
  const { containerOverrides, ...rest } = overrides;
  return {
    ...rest,
    containerOverrides: containers.map(
      ({ name }) => containerOverrides.find((override) => override.name === name) ?? { name },
    ),
  };
}

function text(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : isoTime(instant);
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
