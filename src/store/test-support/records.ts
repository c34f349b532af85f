import * as fc from 'fast-check';
import { instantFromMs } from '#base';
import {
  type AccountId,
  type ClusterArn,
  type ContainerInstance,
  type ContainerInstanceArn,
  clusterArn,
  containerArn,
  containerInstanceArn,
  type DeploymentId,
  type LaunchType,
  type Region,
  type Service,
  type ServiceDeployment,
  type ServiceDeploymentArn,
  serviceArn,
  serviceRevisionArn,
  type Task,
  type TaskContainer,
  taskArn,
  taskDefinitionArn,
  taskStatuses,
} from '#model';

const scope = { accountId: '000000000000' as AccountId, region: 'us-east-1' as Region };
const at = instantFromMs(1_700_000_000_000);

export const clusters = ['east', 'west'];
export const hosts = ['h1', 'h2', 'h3'].map((id) => containerInstanceArn(scope, 'east', id));
export const services = ['web', 'api'].map((name) => serviceArn(scope, 'east', name));

export function clusterOf(name: string): ClusterArn {
  return clusterArn(scope, name);
}

/** A whole task with what matters to a test given. */
export function aTask(id: string, fields: Partial<Task> = {}): Task {
  return {
    ...scope,
    taskArn: taskArn(scope, 'east', id),
    clusterArn: clusterOf('east'),
    taskDefinitionArn: taskDefinitionArn(scope, 'app', 1),
    launchType: 'EC2',
    group: 'family:app',
    overrides: { containerOverrides: [] },
    placementConstraints: [],
    enableExecuteCommand: false,
    cpu: '256',
    memory: '512',
    reserves: { cpuUnits: 256, memoryMiB: 512, tcpPorts: [], udpPorts: [], gpuCount: 0 },
    tags: [],
    createdAt: at,
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    containers: [],
    healthStatus: 'UNKNOWN',
    version: 1,
    ...fields,
  };
}

function aContainer(fields: Partial<TaskContainer>): TaskContainer {
  return {
    containerArn: containerArn(scope, 'east', 't', 'c'),
    name: 'app',
    image: 'app:1',
    lastStatus: 'PENDING',
    healthStatus: 'UNKNOWN',
    healthCheck: false,
    essential: true,
    networkBindings: [],
    cpu: '0',
    ...fields,
  };
}

export function aService(name: string, fields: Partial<Service> = {}): Service {
  return {
    ...scope,
    serviceArn: serviceArn(scope, 'east', name),
    serviceName: name,
    clusterArn: clusterOf('east'),
    status: 'ACTIVE',
    taskDefinitionArn: taskDefinitionArn(scope, 'app', 1),
    desiredCount: 1,
    launchType: 'EC2',
    schedulingStrategy: 'REPLICA',
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: 0,
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'DISABLED',
    deploymentControllerGiven: false,
    createdAt: at,
    createdBy: 'arn:aws:iam::000000000000:root',
    tags: [],
    requestDigest: '',
    deployments: [],
    ...fields,
  };
}

/** The release of the service's deployment 1. */
export function aServiceDeployment(
  { accountId, region, serviceArn: arn, clusterArn }: Service,
  fields: Partial<ServiceDeployment> = {},
): ServiceDeployment {
  const deploymentId = 'ecs-svc/1' as DeploymentId;
  return {
    accountId,
    region,
    serviceArn: arn,
    clusterArn,
    deploymentId,
    serviceDeploymentArn: `${arn}/deployment` as ServiceDeploymentArn,
    status: 'PENDING',
    sourceServiceRevisionArns: [],
    targetServiceRevisionArn: serviceRevisionArn(arn, deploymentId),
    createdAt: at,
    updatedAt: at,
    ...fields,
  };
}

export function anInstance(id: string, fields: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    ...scope,
    containerInstanceArn: containerInstanceArn(scope, 'east', id),
    clusterArn: clusterOf('east'),
    ec2InstanceId: `i-${id}`,
    status: 'ACTIVE',
    resources: { cpuUnits: 1024, memoryMiB: 4096, reservedTcpPorts: [], reservedUdpPorts: [], gpuIds: [] },
    attributes: [],
    versionInfo: {},
    registeredAt: at,
    tags: [],
    agentConnected: true,
    version: 1,
    ...fields,
  };
}

const ports = fc.array(fc.integer({ min: 80, max: 84 }), { maxLength: 3 });
const launchType = fc.constantFrom<LaunchType>('EC2', 'FARGATE', 'EXTERNAL');

/** Any of a few tasks in any state: also ones that cannot follow each other, for a projection must not mind. */
export const anyTask: fc.Arbitrary<Task> = fc
  .record({
    id: fc.integer({ min: 0, max: 7 }),
    cluster: fc.constantFrom(...clusters),
    launchType,
    group: fc.constantFrom('family:app', 'service:web'),
    hostArn: fc.option(fc.constantFrom<ContainerInstanceArn>(...hosts), { nil: undefined }),
    service: fc.option(fc.constantFrom(...services), { nil: undefined }),
    deployment: fc.constantFrom('ecs-svc/1', 'ecs-svc/2'),
    provider: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    attachment: fc.option(fc.constantFrom('ATTACHING' as const, 'DELETED' as const), { nil: undefined }),
    desiredStatus: fc.constantFrom('RUNNING' as const, 'STOPPED' as const),
    lastStatus: fc.constantFrom(...taskStatuses),
    reserves: fc.record({
      cpuUnits: fc.nat(2048),
      memoryMiB: fc.nat(4096),
      tcpPorts: ports,
      udpPorts: ports,
      gpuCount: fc.nat(2),
    }),
    gpuIds: fc.subarray(['g0', 'g1']),
  })
  .map(({ id, cluster, hostArn, service, deployment, provider, attachment, gpuIds, ...rest }) =>
    aTask(`t${id}`, {
      ...rest,
      containers: gpuIds.length === 0 ? [] : [aContainer({ gpuIds })],
      clusterArn: clusterOf(cluster),
      ...(hostArn === undefined ? {} : { hostArn }),
      ...(provider === undefined ? {} : { capacityProviderName: provider }),
      ...(service === undefined ? {} : { serviceArn: service, deploymentId: deployment as DeploymentId }),
      ...(attachment === undefined ? {} : { attachment: { id: 'a', status: attachment } }),
    }),
  );

export const anyService: fc.Arbitrary<Service> = fc
  .record({
    id: fc.integer({ min: 0, max: 4 }),
    cluster: fc.constantFrom(...clusters),
    launchType,
    status: fc.constantFrom('ACTIVE' as const, 'DRAINING' as const, 'INACTIVE' as const),
  })
  .map(({ id, cluster, ...rest }) => aService(`s${id}`, { ...rest, clusterArn: clusterOf(cluster) }));

export const anyInstance: fc.Arbitrary<ContainerInstance> = fc
  .record({
    id: fc.integer({ min: 0, max: 4 }),
    cluster: fc.constantFrom(...clusters),
    status: fc.constantFrom('ACTIVE' as const, 'DRAINING' as const, 'INACTIVE' as const),
  })
  .map(({ id, cluster, ...rest }) => anInstance(`h${id}`, { ...rest, clusterArn: clusterOf(cluster) }));
