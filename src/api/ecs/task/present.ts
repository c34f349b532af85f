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

/** A task as the API shows it; tags only when asked for. A Fargate task never shows its host. */
export function presentTask(task: Task, include: { readonly tags: boolean }) {
  const fargate = task.launchType === 'FARGATE';
  return {
    attachments: [
      ...(task.attachment === undefined ? [] : [presentAttachment(task.attachment, task)]),
      ...(task.volume === undefined ? [] : [presentVolume(task.volume)]),
      ...(task.serviceConnect === undefined ? [] : [presentConnect(task.serviceConnect, task)]),
    ],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    ...(task.availabilityZone === undefined ? {} : { availabilityZone: task.availabilityZone }),
    ...(task.capacityProviderName === undefined ? {} : { capacityProviderName: task.capacityProviderName }),
    clusterArn: task.clusterArn,
    ...(task.connectivity === undefined ? {} : { connectivity: task.connectivity }),
    ...(task.connectivityAt === undefined ? {} : { connectivityAt: task.connectivityAt }),
    ...(fargate || task.hostArn === undefined ? {} : { containerInstanceArn: task.hostArn }),
    containers: task.containers.map((container) => presentContainer(container, task)),
    cpu: task.cpu,
    createdAt: task.createdAt,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ...(task.executionStoppedAt === undefined ? {} : { executionStoppedAt: task.executionStoppedAt }),
    group: task.group,
    healthStatus: task.healthStatus,
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: task.memory,
    overrides: presentOverrides(task),
    ...(fargate ? fargateMembers(task) : {}),
    ...(task.pullStartedAt === undefined ? {} : { pullStartedAt: task.pullStartedAt }),
    ...(task.pullStoppedAt === undefined ? {} : { pullStoppedAt: task.pullStoppedAt }),
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
    ...(task.startedBy === undefined ? {} : { startedBy: task.startedBy }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
    ...(task.stoppedAt === undefined ? {} : { stoppedAt: task.stoppedAt }),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    ...(task.stoppingAt === undefined ? {} : { stoppingAt: task.stoppingAt }),
    tags: include.tags ? [...task.tags] : [],
    taskArn: task.taskArn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: task.version,
  };
}

function fargateMembers(task: Task) {
  const sizeInGiB = task.ephemeralStorageGiB ?? 20;
  return {
    platformVersion: task.platformVersion ?? '1.4.0',
    platformFamily: 'Linux',
    ephemeralStorage: { sizeInGiB },
    fargateEphemeralStorage: { sizeInGiB },
  };
}

/** `overrides` always has one entry per container, at least with its name. */
function presentOverrides(task: Task) {
  const { containerOverrides, ...rest } = task.overrides;
  return {
    ...rest,
    containerOverrides: task.containers.map(({ name }) => {
      const override = containerOverrides.find((candidate) => candidate.name === name);
      if (override === undefined) return { name };
      const { command, environment, environmentFiles, resourceRequirements, ...numbers } = override;
      return {
        ...numbers,
        ...(command === undefined ? {} : { command: [...command] }),
        ...(environment === undefined ? {} : { environment: [...environment] }),
        ...(environmentFiles === undefined ? {} : { environmentFiles: [...environmentFiles] }),
        ...(resourceRequirements === undefined ? {} : { resourceRequirements: [...resourceRequirements] }),
      };
    }),
    inferenceAcceleratorOverrides: [],
  };
}

function presentContainer(container: TaskContainer, task: Task) {
  const { attachment } = task;
  return {
    containerArn: container.containerArn,
    taskArn: task.taskArn,
    name: container.name,
    ...(container.image === '' ? {} : { image: container.image }),
    ...(container.imageDigest === undefined ? {} : { imageDigest: container.imageDigest }),
    ...(container.runtimeId === undefined ? {} : { runtimeId: container.runtimeId }),
    lastStatus: container.lastStatus,
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.reason === undefined ? {} : { reason: container.reason }),
    networkBindings: [...container.networkBindings],
    networkInterfaces:
      attachment?.privateIpv4Address === undefined
        ? []
        : [{ attachmentId: attachment.id, privateIpv4Address: attachment.privateIpv4Address }],
    healthStatus: container.healthStatus,
    cpu: container.cpu,
    ...(container.memory === undefined ? {} : { memory: container.memory }),
    ...(container.memoryReservation === undefined ? {} : { memoryReservation: container.memoryReservation }),
    ...(container.gpuIds === undefined ? {} : { gpuIds: [...container.gpuIds] }),
    ...(task.enableExecuteCommand && container.image !== ''
      ? { managedAgents: [executeCommandAgent(container, task)] }
      : {}),
  };
}

/** Roadstead's agent runs commands itself: it can as soon as the container runs. */
function executeCommandAgent({ lastStatus }: TaskContainer, { startedAt }: Task) {
  const running = lastStatus === 'RUNNING';
  return {
    name: 'ExecuteCommandAgent' as const,
    lastStatus: running || lastStatus === 'STOPPED' ? lastStatus : 'PENDING',
    ...(running && startedAt !== undefined ? { lastStartedAt: startedAt } : {}),
  };
}

/** The members in the order AWS gives them. */
function presentAttachment(attachment: TaskAttachment, task: Task) {
  const details = [
    ['subnetId', attachment.subnetId],
    ['networkInterfaceId', attachment.networkInterfaceId],
    ['macAddress', attachment.macAddress],
    ['privateDnsName', attachment.privateDnsName],
    ['privateIPv4Address', attachment.privateIpv4Address],
  ] as const;
  return {
    id: attachment.id,
    type: 'ElasticNetworkInterface',
    status: attachmentStatus(attachment, task),
    details: details.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
  };
}

function presentConnect({ attachmentId: id, containerName }: TaskConnect, task: Task) {
  const details = [{ name: 'ContainerName', value: containerName }];
  return { id, type: 'Service Connect', status: connectAttachmentStatus(task), details };
}

function presentVolume(volume: TaskVolume) {
  const { id, status } = volume;
  return { id, type: 'AmazonElasticBlockStorage', status, details: [...volumeDetails(volume)] };
}
