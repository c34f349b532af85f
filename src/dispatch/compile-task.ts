import {
  attachmentArn,
  type NetworkInterface,
  networkModeOf,
  shortId,
  type Task,
  type TaskDefinition,
  type TaskVolume,
  taskClusterName,
} from '#model';
import type { PayloadAttachment, PayloadInterface, PayloadTask, RoleCredentials } from '#wire/link';
import { type ConnectFacts, compileConnect, compileConnectProxy } from './compile-connect.ts';
import { compileContainer } from './compile-container.ts';
import { compileVolume } from './compile-volume.ts';
import { defined } from './defined.ts';
import type { InterfaceDns } from './interface-dns.ts';
import type { Order } from './orders.ts';

/** What a task's payload says beside the task and its definition. */
export interface PayloadFacts {
  readonly order: Order;
  /** Of an awsvpc task. */
  readonly networkInterface?: NetworkInterface;
  /** Whom its containers ask for names. */
  readonly dns?: InterfaceDns;
  readonly roleCredentials?: RoleCredentials;
  readonly executionRoleCredentials?: RoleCredentials;
  /** What its revision has of Service Connect, and how its proxy logs. */
  readonly connect?: ConnectFacts;
  /** How containers log that do not say it: `blocking` or `non-blocking`. */
  readonly logDriverMode: string;
  /** Where this installation takes log events. */
  readonly logsEndpoint?: string;
}

/**
 * A task as an agent gets it: the definition with every override merged, in the agent protocol's terms. Agents know no
 * overrides but a command's, so that all of them are merged here. A stop order is the same complete task: an agent that
 * does not know the task then finishes it without starting anything. Pure; the same input gives the same payload.
 * Sources: RegisterTaskDefinition, RunTask `overrides`, and the payload model of the ECS agent.
 */
export function compileTask(task: Task, definition: TaskDefinition, facts: PayloadFacts): PayloadTask {
  const cpu = task.overrides.cpu ?? definition.cpu;
  const memory = task.overrides.memory ?? definition.memory;
  const { logDriverMode, logsEndpoint } = facts;
  const logging = { logDriverMode, ...defined({ logsEndpoint }) };
  const hasExecutionRole = facts.executionRoleCredentials !== undefined;
  const shared = { task, definition, hasExecutionRole, ...logging };
  const attachments = compileAttachments(task, definition, facts.connect);
  return {
    arn: task.taskArn,
    taskClusterArn: task.clusterArn,
    family: definition.family,
    version: String(definition.revision),
    desiredStatus: facts.order,
    networkMode: networkModeOf(definition),
    launchType: task.launchType,
    containers: [
      ...(task.serviceConnect === undefined ? [] : [compileConnectProxy(task.serviceConnect, facts.connect, shared)]),
      ...definition.containerDefinitions.map((container) => compileContainer(container, shared)),
    ],
    volumes: definition.volumes.map(compileVolume),
    group: task.group,
    ...defined({
      cpu: cpu === undefined ? undefined : Number(cpu) / 1024,
      memory: memory === undefined ? undefined : Number(memory),
      pidMode: definition.pidMode,
      ipcMode: definition.ipcMode,
      serviceName: task.serviceArn === undefined ? undefined : shortId(task.serviceArn),
      elasticNetworkInterfaces:
        facts.networkInterface === undefined ? undefined : [compileInterface(task, facts.networkInterface, facts.dns)],
      attachments: attachments.length === 0 ? undefined : attachments,
      roleCredentials: facts.roleCredentials,
      executionRoleCredentials: facts.executionRoleCredentials,
      proxyConfiguration: compileProxy(definition),
      associations: compileGpus(task),
      enableFaultInjection: definition.enableFaultInjection,
      ephemeralStorageGiB: task.ephemeralStorageGiB,
    }),
  };
}

function compileInterface(task: Task, eni: NetworkInterface, dns: InterfaceDns = {}): PayloadInterface {
  return {
    attachmentArn: attachmentArn(task, taskClusterName(task), eni.attachmentId ?? ''),
    ec2Id: eni.networkInterfaceId,
    macAddress: eni.macAddress,
    index: 0,
    interfaceAssociationProtocol: 'default',
    ipv4Addresses: [{ privateAddress: eni.privateIpv4Address, primary: true }],
    subnetGatewayIpv4Address: eni.subnetGatewayIpv4Address,
    privateDnsName: eni.privateDnsName,
    ...dns,
  };
}

function compileAttachments(
  task: Task,
  definition: TaskDefinition,
  connect: ConnectFacts | undefined,
): readonly PayloadAttachment[] {
  const { serviceConnect } = task;
  return [
    ...(task.volume === undefined ? [] : [compileAttachment(task, task.volume)]),
    ...(serviceConnect === undefined
      ? []
      : [compileConnect({ ...task, serviceConnect }, networkModeOf(definition), connect)]),
  ];
}

/** The device is a name that ECS's agent insists on; Roadstead's makes and mounts the volume itself. */
function compileAttachment(task: Task, { id, volumeId, asked }: TaskVolume): PayloadAttachment {
  const properties = {
    volumeId,
    volumeSizeGib: asked.sizeInGiB === undefined ? undefined : String(asked.sizeInGiB),
    deviceName: '/dev/sdf',
    sourceVolumeHostPath: `${shortId(task.taskArn)}_${volumeId}`,
    volumeName: asked.name,
    fileSystem: asked.filesystemType,
    'roadstead.snapshotId': asked.snapshotId,
    'roadstead.deleteOnTermination': String(asked.deleteOnTermination ?? true),
  };
  return {
    attachmentArn: attachmentArn(task, taskClusterName(task), id),
    attachmentType: 'amazonebs',
    attachmentProperties: Object.entries(properties).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    ),
  };
}

/** What tells an agent of a task's managed EBS volume before the task: its attachment as ECS's own agent reads it. */
export function announcedVolume(task: Task): PayloadAttachment | undefined {
  if (task.volume === undefined) return undefined;
  const attachment = compileAttachment(task, task.volume);
  const attachmentProperties = attachment.attachmentProperties.filter(({ name }) => !name.startsWith('roadstead.'));
  return { ...attachment, attachmentProperties };
}

/** The GPUs that are the task's: agents take only those of one container, without any content. */
function compileGpus({ containers }: Task): PayloadTask['associations'] {
  const gpus = containers.flatMap(({ name: container, gpuIds = [] }) =>
    gpuIds.map((name) => ({
      name,
      type: 'gpu' as const,
      content: { encoding: 'base64' as const, value: '' },
      containers: [container],
    })),
  );
  return gpus.length === 0 ? undefined : gpus;
}

function compileProxy(definition: TaskDefinition): PayloadTask['proxyConfiguration'] {
  const proxy = definition.proxyConfiguration;
  if (proxy === undefined) return undefined;
  return {
    type: proxy.type ?? 'APPMESH',
    containerName: proxy.containerName ?? '',
    properties: Object.fromEntries(
      (proxy.properties ?? []).map((property) => [property.name ?? '', property.value ?? '']),
    ),
  };
}
