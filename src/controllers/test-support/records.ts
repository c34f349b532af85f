import { type Ids, type Instant, instantFromMs } from '#base';
import {
  type AccountId,
  type Cluster,
  type ContainerInstance,
  clusterArn,
  containerInstanceArn,
  type Deployment,
  newDeploymentId,
  newServiceDeploymentArn,
  type Region,
  revisionArnOf,
  type Scope,
  type Service,
  type ServiceDeployment,
  type Subnet,
  serviceArn,
  type TaskDefinition,
  taskDefinitionArn,
} from '#model';

/** Records for tests: complete, plain, and alike but for what a test says. */
export const scope: Scope = { accountId: '000000000000' as AccountId, region: 'us-east-1' as Region };
export const clusterName = 'test';
export const testClusterArn = clusterArn(scope, clusterName);
export const start: Instant = instantFromMs(1_800_000_000_000);

export function testCluster(overrides: Partial<Cluster> = {}): Cluster {
  return {
    ...scope,
    clusterArn: testClusterArn,
    clusterName,
    status: 'ACTIVE',
    settings: [],
    tags: [],
    createdAt: start,
    ...overrides,
  };
}

export interface DefinitionShape {
  readonly healthCheck?: boolean;
  readonly cpu?: number;
  readonly networkMode?: 'bridge' | 'awsvpc';
  readonly overrides?: Partial<TaskDefinition>;
}

/** One essential container, `web`. */
export function testDefinition(revision: number, shape: DefinitionShape = {}): TaskDefinition {
  const arn = taskDefinitionArn(scope, 'web', revision);
  return {
    ...scope,
    family: 'web',
    taskDefinitionArn: arn,
    revision,
    status: 'ACTIVE',
    containerDefinitions: [
      {
        name: 'web',
        image: 'web',
        essential: true,
        cpu: shape.cpu ?? 10,
        memory: 16,
        ...(shape.healthCheck === true ? { healthCheck: { command: ['CMD', 'true'] } } : {}),
      },
    ],
    volumes: [],
    placementConstraints: [],
    ...(shape.networkMode === undefined ? {} : { networkMode: shape.networkMode }),
    requiresAttributes: [],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: start,
    registeredBy: 'arn:aws:iam::000000000000:root',
    tags: [{ key: 'from', value: 'definition' }],
    ...shape.overrides,
  };
}

export function testInstance(
  ids: Ids,
  overrides: Partial<ContainerInstance> & { zone?: string } = {},
): ContainerInstance {
  const { zone = 'us-east-1a', ...rest } = overrides;
  return {
    ...scope,
    containerInstanceArn: containerInstanceArn(scope, clusterName, ids.hex(32)),
    clusterArn: testClusterArn,
    ec2InstanceId: `i-${ids.hex(17)}`,
    status: 'ACTIVE',
    resources: {
      cpuUnits: 4096,
      memoryMiB: 8192,
      reservedTcpPorts: [],
      reservedUdpPorts: [],
      gpuIds: [],
    },
    attributes: [{ name: 'ecs.availability-zone', value: zone }],
    versionInfo: { agentVersion: '1.100.0' },
    registeredAt: start,
    tags: [],
    agentConnected: true,
    version: 1,
    ...rest,
  };
}

export function testDeployment(ids: Ids, definition: TaskDefinition, overrides: Partial<Deployment> = {}): Deployment {
  const id = newDeploymentId(ids);
  return {
    id,
    status: 'PRIMARY',
    taskDefinitionArn: definition.taskDefinitionArn,
    launchType: 'EC2',
    desiredCount: 0,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: start,
    updatedAt: start,
    ...overrides,
  };
}

export function testServiceDeployment(
  ids: Ids,
  { accountId, region, serviceArn: arn, clusterArn: cluster }: Service,
  deployment: Deployment,
  status: ServiceDeployment['status'] = 'PENDING',
): ServiceDeployment {
  return {
    accountId,
    region,
    serviceArn: arn,
    clusterArn: cluster,
    status,
    serviceDeploymentArn: newServiceDeploymentArn(arn, ids),
    deploymentId: deployment.id,
    sourceServiceRevisionArns: [],
    targetServiceRevisionArn: revisionArnOf(arn, deployment),
    createdAt: deployment.createdAt,
    updatedAt: deployment.createdAt,
  };
}

export function testService(ids: Ids, definition: TaskDefinition, overrides: Partial<Service> = {}): Service {
  return {
    ...scope,
    serviceArn: serviceArn(scope, clusterName, 'web'),
    serviceName: 'web',
    clusterArn: testClusterArn,
    status: 'ACTIVE',
    taskDefinitionArn: definition.taskDefinitionArn,
    desiredCount: 1,
    launchType: 'EC2',
    schedulingStrategy: 'REPLICA',
    deploymentConfiguration: rolling(100, 200),
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: 0,
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'DISABLED',
    deploymentControllerGiven: false,
    createdAt: start,
    createdBy: 'arn:aws:iam::000000000000:root',
    tags: [{ key: 'from', value: 'service' }],
    requestDigest: '',
    deployments: [testDeployment(ids, definition)],
    ...overrides,
  };
}

export function rolling(
  minimumHealthyPercent: number,
  maximumPercent: number,
  breaker: { readonly enable: boolean; readonly rollback: boolean } = { enable: false, rollback: false },
): Service['deploymentConfiguration'] {
  return { minimumHealthyPercent, maximumPercent, deploymentCircuitBreaker: breaker };
}

export function testSubnet(letter: string, cidrBlock: string): Subnet {
  return {
    ...scope,
    subnetId: `subnet-${letter}`,
    vpcId: 'vpc-1',
    cidrBlock,
    availabilityZone: `us-east-1${letter}`,
  };
}
