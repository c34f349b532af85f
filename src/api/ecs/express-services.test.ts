import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceArn } from '#model';
import { type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let api: ApiHarness;

beforeEach(async () => {
  api = await apiHarness();
  await api.call('CreateCluster');
});

const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const arn = (path: string, account = '111111111111') => `arn:aws:ecs:eu-west-1:${account}:${path}`;
const serviceArn = arn('service/default/web');
const serviceArnOf = (name: string) => arn(`service/default/${name}`) as ServiceArn;
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

const full = {
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
    awsLogsConfiguration: { logGroup: '/web', logStreamPrefix: 'web' },
  },
  taskRoleArn: role('task'),
  cpu: '1 vCPU',
  memory: '2 GB',
  cpuArchitecture: 'ARM64',
  scalingTarget: { minTaskCount: 2, maxTaskCount: 3, autoScalingMetric: 'AVERAGE_MEMORY', autoScalingTargetValue: 50 },
  tags: [{ key: 'a', value: 'b' }],
};

it('CreateExpressGatewayService makes all that is between an endpoint and tasks, with ECS’s defaults', async () => {
  const { service } = await create({ serviceName: 'My_web' });
  expect(service).toMatchObject({
    cluster: 'default',
    serviceName: 'My_web',
    serviceArn: arn('service/default/My_web'),
    infrastructureRoleArn: role('infrastructure'),
    status: { statusCode: 'ACTIVE' },
    currentDeployment: expect.stringContaining(':service-deployment/default/My_web/'),
  });
  const [configuration, ...others] = service.activeConfigurations;
  expect(others).toEqual([]);
  expect(configuration).toMatchObject({
    serviceRevisionArn: expect.stringContaining(':service-revision/default/My_web/'),
    taskDefinitionArn: arn('task-definition/default-My_web:1'),
    executionRoleArn: role('execution'),
    cpu: '256',
    memory: '512',
    cpuArchitecture: 'X86_64',
    healthCheckPath: '/ping',
    primaryContainer: {
      image: 'nginx:1.27',
      containerPort: 80,
      awsLogsConfiguration: {
        logGroup: expect.stringMatching(/^\/aws\/ecs\/default\/My_web-[0-9a-f]{4}$/),
        logStreamPrefix: 'ecs',
      },
    },
    scalingTarget: { minTaskCount: 1, maxTaskCount: 20, autoScalingMetric: 'AVERAGE_CPU', autoScalingTargetValue: 60 },
    ingressPaths: [
      {
        accessType: 'PUBLIC',
        endpoint: expect.stringMatching(/^https:\/\/my-web-[0-9a-f]{12}\.ecs\.eu-west-1\.localhost$/),
      },
    ],
  });
  const { view } = api.store;
  const host = configuration.ingressPaths[0].endpoint.slice('https://'.length);
  const [balancer] = view.loadBalancers.all();
  expect(balancer).toMatchObject({ type: 'application', scheme: 'internet-facing' });
  const [listener] = view.listeners.all();
  expect(listener).toMatchObject({ port: 443, protocol: 'HTTPS', loadBalancerArn: balancer?.loadBalancerArn });
  expect(view.certificates.find(listener?.defaultCertificateArn ?? '')?.domainName).toBe(host);
  const rule = [...view.listenerRules.all()].find(({ priority }) => priority !== 'default');
  const groups = [...view.targetGroups.all()];
  expect(rule).toMatchObject({
    conditions: [{ field: 'host-header', values: [host] }],
    action: { targetGroups: groups.map(({ targetGroupArn }) => ({ targetGroupArn })) },
  });
  expect(groups.map(({ healthCheck, targetType }) => [healthCheck.path, targetType])).toEqual([
    ['/ping', 'ip'],
    ['/ping', 'ip'],
  ]);
  const record = view.services.get(serviceArnOf('My_web'));
  expect(record).toMatchObject({
    desiredCount: 1,
    launchType: 'FARGATE',
    deploymentConfiguration: {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 3 },
      bakeTimeInMinutes: 3,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    loadBalancers: [{ containerName: 'Main', containerPort: 80 }],
  });
  const [own = ''] = record.networkConfiguration?.securityGroups ?? [];
  const opened = [...view.securityGroupRules.by('group', own)].filter(({ isEgress }) => !isEgress);
  expect(opened).toMatchObject([{ fromPort: 80, toPort: 80, referencedGroupId: balancer?.securityGroups[0] }]);
  expect([...view.logGroups.all()]).toHaveLength(1);
});

it('CreateExpressGatewayService takes what it is given', async () => {
  const [first = '', second = ''] = await api.subnets();
  const { GroupId } = await api.call(
    'CreateSecurityGroup',
    { GroupName: 'mine', Description: 'mine' },
    { service: 'ec2' },
  );
  const networkConfiguration = { subnets: [first, second], securityGroups: [GroupId] };
  const { service } = await create({ ...full, networkConfiguration });
  const [configuration] = service.activeConfigurations;
  expect(configuration).toMatchObject({
    taskRoleArn: role('task'),
    cpu: '1024',
    memory: '2048',
    cpuArchitecture: 'ARM64',
    healthCheckPath: full.healthCheckPath,
    primaryContainer: full.primaryContainer,
    scalingTarget: full.scalingTarget,
    networkConfiguration: { subnets: [first, second], securityGroups: [GroupId, expect.stringMatching(/^sg-/)] },
  });
  expect(service.tags).toEqual(full.tags);
  const described = await api.call('DescribeExpressGatewayService', { serviceArn, include: ['TAGS'] });
  expect(described.service).toEqual(service);
  expect(api.store.view.services.get(serviceArnOf('web')).desiredCount).toBe(2);
  expect([...api.store.view.logGroups.all()].map(({ logGroupName }) => logGroupName)).toEqual(['/web']);
});

it('a missing cluster default is made, another is not', async () => {
  const as = { accountId: accountB };
  const request = {
    infrastructureRoleArn: role('infrastructure'),
    executionRoleArn: role('execution'),
    primaryContainer: { image: 'registry.example/team/shop.web:3' },
  };
  await expect(api.call('CreateExpressGatewayService', { ...request, cluster: 'shop' }, as)).rejects.toMatchObject(
    code('ClusterNotFoundException'),
  );
  const { service } = await api.call('CreateExpressGatewayService', request, as);
  expect(service.serviceName).toMatch(/^shop-web-[0-9a-f]{4}$/);
  const { clusters } = await api.call('DescribeClusters', {}, as);
  expect(clusters).toMatchObject([{ clusterName: 'default', capacityProviders: ['FARGATE'] }]);
});

it('services of the same subnets share a load balancer, up to 25; a name is taken once', async () => {
  const [first, second] = await api.subnets();
  for (let n = 0; n < 26; n++) await create({ serviceName: `s${n}` });
  expect(api.store.view.loadBalancers.size).toBe(2);
  await create({ serviceName: 'apart', networkConfiguration: { subnets: [first, second] } });
  expect(api.store.view.loadBalancers.size).toBe(3);
  expect(api.store.view.listeners.size).toBe(3);
  await expect(create({ serviceName: 's3' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'Creation of service was not idempotent.',
  });
  await expect(create({ networkConfiguration: { subnets: [first] } })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'An Express service needs subnets in at least two Availability Zones for its load balancer.',
  });
});

describe('an Express service', () => {
  beforeEach(() =>
    create({ ...full, primaryContainer: { ...full.primaryContainer, awsLogsConfiguration: undefined } }),
  );

  it('is a service like others, and listed as ECS’s', async () => {
    await api.call('RegisterTaskDefinition', {
      family: 'plain',
      containerDefinitions: [{ name: 'a', image: 'a', memory: 8 }],
    });
    await api.call('CreateService', { serviceName: 'plain', taskDefinition: 'plain', desiredCount: 0 });
    const listed = async (resourceManagementType?: string) =>
      (await api.call('ListServices', { resourceManagementType })).serviceArns;
    expect(await listed('ECS')).toEqual([serviceArn]);
    expect(await listed('CUSTOMER')).toEqual([arn('service/default/plain')]);
    expect(await listed()).toHaveLength(2);
    const { services } = await api.call('DescribeServices', { services: ['web'] });
    expect(services[0]).toMatchObject({ status: 'ACTIVE', launchType: 'FARGATE', resourceManagementType: 'ECS' });
    await api.call('UpdateService', { service: 'web', desiredCount: 3 });
    expect(api.store.view.services.get(serviceArnOf('web'))).toMatchObject({ desiredCount: 3, express: {} });
  });

  it('is updated: what is left out stays, what needs tasks is deployed', async () => {
    const before = api.store.view.services.get(serviceArnOf('web'));
    const { service } = await update({ primaryContainer: { image: 'nginx:2' }, cpu: '512' });
    expect(service).toMatchObject({ serviceArn, status: { statusCode: 'ACTIVE' } });
    expect(service.targetConfiguration).toMatchObject({
      taskDefinitionArn: arn('task-definition/default-web:2'),
      cpu: '512',
      memory: '2048',
      cpuArchitecture: 'ARM64',
      primaryContainer: { image: 'nginx:2', containerPort: 8080, command: ['serve'], environment: [{ name: 'A' }] },
    });
    const after = api.store.view.services.get(serviceArnOf('web'));
    expect(after.deployments[0]?.id).not.toBe(before.deployments[0]?.id);
    expect(service.targetConfiguration.serviceRevisionArn).toMatch(/:service-revision\/default\/web\//);
    expect(service).not.toHaveProperty('activeConfigurations');
  });

  it('is scaled without a deployment, within its bounds', async () => {
    const { deployments } = api.store.view.services.get(serviceArnOf('web'));
    const { service } = await update({ scalingTarget: { minTaskCount: 3 } });
    expect(service.targetConfiguration.scalingTarget).toEqual({ ...full.scalingTarget, minTaskCount: 3 });
    const after = api.store.view.services.get(serviceArnOf('web'));
    expect(after.desiredCount).toBe(3);
    expect(after.deployments).toBe(deployments);
    await expect(update({ scalingTarget: { maxTaskCount: 2 } })).rejects.toMatchObject({
      message: 'maxTaskCount must be at least 3',
    });
  });

  it('is reached at another port, through its group', async () => {
    await update({ primaryContainer: { image: 'nginx:2', containerPort: 9090 } });
    const { loadBalancers, express } = api.store.view.services.get(serviceArnOf('web'));
    expect(loadBalancers).toMatchObject([{ containerPort: 9090 }]);
    const rules = [...api.store.view.securityGroupRules.by('group', express?.resources?.serviceGroupId ?? '')];
    expect(rules.filter(({ isEgress }) => !isEgress).map(({ fromPort }) => fromPort)).toEqual([8080, 9090]);
  });

  it('shows in its revisions what was made for it', async () => {
    const { service } = await api.call('DescribeExpressGatewayService', { serviceArn });
    expect(service).not.toHaveProperty('tags');
    const [{ serviceRevisionArn, ingressPaths }] = service.activeConfigurations;
    const { serviceRevisions } = await api.call('DescribeServiceRevisions', {
      serviceRevisionArns: [serviceRevisionArn],
    });
    const { ecsManagedResources: managed } = serviceRevisions[0];
    const made = { arn: expect.stringMatching(/^arn:/), status: 'ACTIVE' };
    expect(managed).toMatchObject({
      ingressPaths: [
        {
          ...ingressPaths[0],
          loadBalancer: { status: 'PROVISIONING', scheme: 'internet-facing' },
          loadBalancerSecurityGroups: [made],
          certificate: made,
          listener: made,
          rule: made,
          targetGroups: [made, made],
        },
      ],
      autoScaling: { scalableTarget: { minCapacity: 2, maxCapacity: 3 } },
      serviceSecurityGroups: [made],
      logGroups: [made],
    });
    expect(managed).not.toHaveProperty('metricAlarms');
  });

  it('drains when it is deleted, and is not found as active then', async () => {
    const { service } = await api.call('DeleteExpressGatewayService', { serviceArn });
    expect(service.status).toMatchObject({ statusCode: 'DRAINING' });
    await expect(update()).rejects.toMatchObject(code('ServiceNotActiveException'));
    await expect(create({ serviceName: 'web' })).rejects.toMatchObject({
      message: 'Unable to Start a service that is still Draining.',
    });
  });
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
    const { service } = await createOwn(arn('task-definition/right:1'), { serviceName: 'own' });
    expect(service.activeConfigurations[0].taskDefinitionArn).toBe(arn('task-definition/right:1'));
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

it('requests are not counted, so nothing follows their count', async () => {
  const scalingTarget = { autoScalingMetric: 'REQUEST_COUNT_PER_TARGET', autoScalingTargetValue: 1000 };
  for (const call of [create({ scalingTarget }), update({ scalingTarget })]) {
    await expect(call).rejects.toMatchObject({
      code: 'UnsupportedFeatureException',
      message: expect.stringContaining('Use AVERAGE_CPU or AVERAGE_MEMORY.'),
    });
  }
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
