import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let api: ApiHarness;

beforeEach(async () => {
  api = await apiHarness();
  await api.call('CreateCluster');
});

const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const arn = (path: string, account = '111111111111') => `arn:aws:ecs:eu-west-1:${account}:${path}`;
const serviceArn = arn('service/default/web');
const primaryContainer = { image: 'nginx:1.27' };
const create = (members: object = {}) =>
  api.call('CreateExpressGatewayService', {
    infrastructureRoleArn: role('infrastructure'),
    executionRoleArn: role('execution'),
    primaryContainer,
    ...members,
  });
const createOwn = (taskDefinitionArn: string, members: object = {}) =>
  api.call('CreateExpressGatewayService', {
    infrastructureRoleArn: role('infrastructure'),
    taskDefinitionArn,
    ...members,
  });
const update = (members: object = {}) => api.call('UpdateExpressGatewayService', { serviceArn, ...members });
const code = (name: string) => ({ code: name });

const unsupported = {
  code: 'UnsupportedFeatureException',
  message:
    'Express services come with load balancers, which are not part of this version of Roadstead. Create a service with CreateService and launchType FARGATE.',
};

it('CreateExpressGatewayService names what is missing once everything else is right', async () => {
  await expect(create()).rejects.toMatchObject(unsupported);
  const full = create({
    serviceName: 'web',
    cluster: 'default',
    healthCheckPath: '/ping?format=json',
    primaryContainer: {
      image: 'nginx:1.27',
      containerPort: 8080,
      command: ['serve'],
      environment: [{ name: 'A', value: 'b' }],
      secrets: [{ name: 'S', valueFrom: 'parameter' }],
      repositoryCredentials: { credentialsParameter: 'secret' },
      awsLogsConfiguration: { logGroup: '/web', logStreamPrefix: 'ecs' },
    },
    taskRoleArn: role('task'),
    networkConfiguration: { subnets: ['subnet-01234567'], securityGroups: ['sg-01234567'] },
    cpu: '1 vCPU',
    memory: '2 GB',
    cpuArchitecture: 'ARM64',
    scalingTarget: {
      minTaskCount: 1,
      maxTaskCount: 1,
      autoScalingMetric: 'REQUEST_COUNT_PER_TARGET',
      autoScalingTargetValue: 1000,
    },
    tags: [{ key: 'a', value: 'b' }],
  });
  await expect(full).rejects.toMatchObject(unsupported);
});

describe('a task definition of the user’s own', () => {
  const register = (family: string, container: object, members: object = {}) =>
    api.call('RegisterTaskDefinition', {
      family,
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'Main', image: 'nginx:1.27', memory: 128, ...container }],
      ...members,
    });
  const portMappings = [{ containerPort: 80, name: 'http' }];
  const needsMain =
    'The task definition must have a container named Main with a single TCP port mapping that includes a container port and port name.';

  it('is looked up and has a container Main with one named TCP port', async () => {
    await register('right', { portMappings });
    await expect(createOwn(arn('task-definition/right:1'))).rejects.toMatchObject(unsupported);
    await expect(createOwn(arn('task-definition/right:2'))).rejects.toMatchObject({
      code: 'ClientException',
      message: 'TaskDefinition not found.',
    });
    await register('bridge', { portMappings }, { networkMode: 'bridge' });
    await expect(createOwn('bridge')).rejects.toMatchObject({
      message: 'Task definition does not support launch_type FARGATE.',
    });
  });

  it.each([
    ['no port', {}],
    ['two ports', { portMappings: [...portMappings, { containerPort: 81, name: 'other' }] }],
    ['a port without a name', { portMappings: [{ containerPort: 80 }] }],
    ['a UDP port', { portMappings: [{ containerPort: 80, name: 'http', protocol: 'udp' }] }],
    ['another name', { name: 'main', portMappings }],
  ])('with %s is refused', async (_, container) => {
    await register('wrong', container);
    await expect(createOwn('wrong')).rejects.toMatchObject({ code: 'InvalidParameterException', message: needsMain });
  });

  it.each([create, update])('does not go together with what it defines', async (call) => {
    const members = { taskDefinitionArn: 'web', primaryContainer, cpu: '256', executionRoleArn: role('execution') };
    await expect(call(members)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'taskDefinitionArn cannot be specified together with [primaryContainer, executionRoleArn, cpu].',
    });
  });
});

it('a cluster is looked up before the task definition', async () => {
  await expect(createOwn('nothing', { cluster: 'nope' })).rejects.toMatchObject(code('ClusterNotFoundException'));
});

const invalidContainer: [object, string, string?][] = [
  [{ image: '' }, 'Container.image should not be null or empty.', 'ClientException'],
  [
    { ...primaryContainer, containerPort: 70_000 },
    "Invalid 'containerPort' setting for container 'Main'.",
    'ClientException',
  ],
  [
    { ...primaryContainer, environment: [{ value: 'x' }] },
    'Container.environment.name should not be null or empty.',
    'ClientException',
  ],
  [
    { ...primaryContainer, awsLogsConfiguration: { logGroup: '', logStreamPrefix: 'ecs' } },
    'awsLogsConfiguration.logGroup must have 1 to 512 characters.',
  ],
  [{ ...primaryContainer, repositoryCredentials: {} }, 'repositoryCredentials must have a credentialsParameter.'],
];

describe.each([
  ['CreateExpressGatewayService', create],
  ['UpdateExpressGatewayService', update],
])('%s refuses', (_, call) => {
  it.each(invalidContainer)('a container %j', async (container, message, name = 'InvalidParameterException') => {
    await expect(call({ primaryContainer: container })).rejects.toMatchObject({ code: name, message });
  });

  it.each([
    [{ healthCheckPath: 'ping' }, /^healthCheckPath must begin with \//],
    [{ healthCheckPath: '/a b' }, /^healthCheckPath must begin with \//],
    [{ cpuArchitecture: 'RISCV' }, /Value 'RISCV' at 'cpuArchitecture' .*\[ARM64, X86_64\]$/],
    [{ executionRoleArn: 'role' }, 'executionRoleArn must be the ARN of an IAM role, but was role'],
    [{ taskRoleArn: 'role' }, 'taskRoleArn must be the ARN of an IAM role, but was role'],
    [{ networkConfiguration: { subnets: ['a'] } }, 'Invalid subnet: a'],
    [{ networkConfiguration: { securityGroups: ['a'] } }, 'Invalid security group: a'],
    [{ networkConfiguration: { subnets: Array(17).fill('a') } }, 'subnets can have at most 16 items.'],
    [{ networkConfiguration: { securityGroups: Array(6).fill('a') } }, 'securityGroups can have at most 5 items.'],
    [{ scalingTarget: { minTaskCount: 0 } }, 'minTaskCount must be at least 1'],
    [{ scalingTarget: { minTaskCount: 3, maxTaskCount: 2 } }, 'maxTaskCount must be at least 3'],
    [{ scalingTarget: { autoScalingTargetValue: 101 } }, 'autoScalingTargetValue must be at least 1 and at most 100'],
    [{ scalingTarget: { autoScalingMetric: 'CPU' } }, /enum value set: \[AVERAGE_CPU, AVERAGE_MEMORY/],
  ])('%j', async (members, message) => {
    const text = message instanceof RegExp ? expect.stringMatching(message) : message;
    await expect(call(members)).rejects.toMatchObject({ code: 'InvalidParameterException', message: text });
  });

  it('a size that Fargate does not have', async () => {
    await expect(call({ cpu: '256', memory: '4096' })).rejects.toMatchObject({
      code: 'ClientException',
      message: expect.stringContaining('No Fargate configuration exists for given values: 256 CPU, 4096 memory.'),
    });
  });
});

it.each([
  [{ infrastructureRoleArn: 'role' }, 'infrastructureRoleArn must be the ARN of an IAM role, but was role'],
  [{ serviceName: 'a b' }, 'ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b'],
  [
    { executionRoleArn: undefined },
    'Either taskDefinitionArn, or both primaryContainer and executionRoleArn, must be specified.',
  ],
  [
    { primaryContainer: undefined },
    'Either taskDefinitionArn, or both primaryContainer and executionRoleArn, must be specified.',
  ],
])('CreateExpressGatewayService refuses %j', async (members, message) => {
  await expect(create(members)).rejects.toMatchObject({ code: 'InvalidParameterException', message });
});

it('half a size takes its other half from the defaults, or from the service that is updated', async () => {
  await expect(create({ cpu: '4096' })).rejects.toMatchObject({
    message: expect.stringContaining('No Fargate configuration exists for given values: 4096 CPU, 512 memory.'),
  });
  await expect(update({ cpu: '4096' })).rejects.toMatchObject(code('ServiceNotFoundException'));
  await expect(update({ cpu: 'much' })).rejects.toMatchObject({ message: "Invalid 'cpu' setting for task." });
});

describe('what is not there', () => {
  const remove = (arnOf: string) => api.call('DeleteExpressGatewayService', { serviceArn: arnOf });
  const describeOne = (arnOf: string) =>
    api.call('DescribeExpressGatewayService', { serviceArn: arnOf, include: ['TAGS'] });

  it('is said to be unknown, after its cluster', async () => {
    const full = { primaryContainer, scalingTarget: { maxTaskCount: 3 } };
    await expect(update(full)).rejects.toMatchObject(code('ServiceNotFoundException'));
    await expect(remove(serviceArn)).rejects.toMatchObject(code('ServiceNotFoundException'));
    await expect(describeOne(serviceArn)).rejects.toMatchObject(code('ResourceNotFoundException'));
    const elsewhere = arn('service/nope/web');
    for (const call of [update({ serviceArn: elsewhere }), remove(elsewhere), describeOne(elsewhere)]) {
      await expect(call).rejects.toMatchObject(code('ClusterNotFoundException'));
    }
  });

  it('is not a service that CreateService made', async () => {
    await api.call('RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'a', image: 'a', memory: 8 }],
    });
    await api.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 0 });
    const refusal = (operation: string) => ({
      code: 'InvalidParameterException',
      message: `The service web is not an Express service. Use ${operation}.`,
    });
    await expect(update()).rejects.toMatchObject(refusal('UpdateService'));
    await expect(remove(serviceArn)).rejects.toMatchObject(refusal('DeleteService'));
    await expect(describeOne(serviceArn)).rejects.toMatchObject(code('ResourceNotFoundException'));
    await api.call('DeleteService', { service: 'web' });
    await expect(update()).rejects.toMatchObject(code('ServiceNotActiveException'));
    expect(api.store.view.services.size).toBe(1);
  });

  it.each([
    ['web', 'Invalid service ARN.'],
    [arn('service/web'), 'Invalid service ARN.'],
    [arn('service/default/web', accountB), 'AccountIDs mismatch'],
  ])('%s is no ARN of a service', async (reference, message) => {
    for (const call of [update({ serviceArn: reference }), remove(reference), describeOne(reference)]) {
      await expect(call).rejects.toMatchObject({ code: 'InvalidParameterException', message });
    }
  });
});
