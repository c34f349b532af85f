import { type Ids, instantFromMs } from '#base';
import {
  type AccountId,
  attachInterface,
  type ContainerInstance,
  clusterArn,
  containerInstanceArn,
  newTask,
  placeTask,
  type Region,
  type Task,
  type TaskDefinition,
  type TaskInterface,
  type TaskSpec,
  taskDefinitionArn,
} from '#model';
import { standaloneSpec } from '../../../test/support/definitions.ts';

/** Records for the tests of this folder: one account, one cluster, one host unless said otherwise. */
export const scope = { accountId: '111122223333' as AccountId, region: 'us-east-1' as Region };
export const startedAt = instantFromMs(1_800_000_000_000);
export const cluster = clusterArn(scope, 'default');
export const hostArn = containerInstanceArn(scope, 'default', '0123456789abcdef0123456789abcdef');

export function instance(overrides: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    ...scope,
    containerInstanceArn: hostArn,
    clusterArn: cluster,
    ec2InstanceId: 'i-0123456789abcdef0',
    status: 'ACTIVE',
    resources: { cpuUnits: 4096, memoryMiB: 8192, reservedTcpPorts: [22], reservedUdpPorts: [], gpuIds: [] },
    attributes: [{ name: 'ecs.availability-zone', value: 'us-east-1a' }],
    versionInfo: {},
    registeredAt: startedAt,
    tags: [],
    agentConnected: false,
    version: 1,
    ...overrides,
  };
}

export function definition(overrides: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    ...scope,
    taskDefinitionArn: taskDefinitionArn(scope, 'web', 3),
    family: 'web',
    revision: 3,
    status: 'ACTIVE',
    containerDefinitions: [{ name: 'app', image: 'nginx:1', cpu: 128, memory: 256, essential: true }],
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ['EC2'],
    registeredAt: startedAt,
    registeredBy: 'arn:aws:iam::111122223333:root',
    tags: [],
    ...overrides,
  };
}

/** A task placed on the host: PENDING, or PROVISIONING in awsvpc mode until {@link withInterface}. */
export function placedTask(
  of: TaskDefinition,
  ids: Ids,
  options: {
    readonly spec?: Partial<TaskSpec>;
    readonly on?: ContainerInstance['containerInstanceArn'];
    readonly gpuIds?: readonly string[];
  } = {},
): Task {
  const task = newTask(of, standaloneSpec(scope, cluster, options.spec), startedAt, ids);
  return placeTask(task, options.on ?? hostArn, 'us-east-1a', options.gpuIds);
}

export function networkInterface(task: Task): TaskInterface {
  return {
    ...scope,
    networkInterfaceId: 'eni-0123456789abcdef0',
    attachmentId: task.attachment?.id ?? '',
    taskArn: task.taskArn,
    subnetId: 'subnet-1',
    securityGroups: ['sg-1'],
    macAddress: '02:42:ac:1f:00:05',
    privateIpv4Address: '172.31.0.5',
    subnetGatewayIpv4Address: '172.31.0.1/20',
    privateDnsName: 'ip-172-31-0-5.ec2.internal',
  };
}

export function withInterface(task: Task): Task {
  return attachInterface(task, networkInterface(task), startedAt);
}
