import { describe, expect, it } from 'vitest';
import { accountB, apiHarness } from '../../../test/support/api-harness.ts';

const fargateDefinition = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'app:1', portMappings: [{ containerPort: 80 }] }],
};
const bridgeDefinition = {
  family: 'job',
  containerDefinitions: [
    { name: 'app', image: 'app:1', cpu: 100, memory: 128, portMappings: [{ containerPort: 80, hostPort: 8080 }] },
  ],
};

async function withCluster() {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  await harness.call('RegisterTaskDefinition', fargateDefinition);
  await harness.call('RegisterTaskDefinition', bridgeDefinition);
  return harness;
}

describe('RunTask on Fargate', () => {
  it('makes a PROVISIONING task with a size, an interface asked for and no instance', async () => {
    const { call, addHost, subnets } = await withCluster();
    await addHost({ pool: 'fargate' });
    const { tasks, failures } = await call('RunTask', {
      taskDefinition: 'web',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: await subnets() } },
      tags: [{ key: 'a', value: 'b' }],
      enableECSManagedTags: true,
    });
    expect(failures).toEqual([]);
    expect(tasks[0]).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      platformFamily: 'Linux',
      cpu: '256',
      memory: '512',
      group: 'family:web',
      version: 1,
      healthStatus: 'UNKNOWN',
      ephemeralStorage: { sizeInGiB: 20 },
      overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
      attachments: [{ type: 'ElasticNetworkInterface', status: 'PRECREATED', details: [] }],
      tags: expect.arrayContaining([{ key: 'aws:ecs:clusterName', value: 'default' }]),
      containers: [{ name: 'app', image: 'app:1', lastStatus: 'PENDING', cpu: '0' }],
    });
    expect(tasks[0]).not.toHaveProperty('containerInstanceArn');
    expect(tasks[0].taskArn).toMatch(/^arn:aws:ecs:eu-west-1:111111111111:task\/default\/[0-9a-f]{32}$/);
  });

  it('says that there is no capacity without naming a host', async () => {
    const { call, addHost, subnets } = await withCluster();
    await addHost({ pool: 'fargate', cpuUnits: 300 });
    const { tasks, failures } = await call('RunTask', {
      taskDefinition: 'web',
      count: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: await subnets() } },
    });
    expect(tasks).toHaveLength(1);
    expect(failures).toHaveLength(1);
    expect(failures[0].reason).toContain('Capacity is unavailable at this time.');
    expect(failures[0]).not.toHaveProperty('arn');
  });
});

describe('RunTask on EC2', () => {
  it('places on an instance, and says per instance why not', async () => {
    const { call, addHost } = await withCluster();
    const arn = await addHost({ cluster: 'default' });
    const first = await call('RunTask', { taskDefinition: 'job' });
    expect(first.tasks[0]).toMatchObject({
      lastStatus: 'PENDING',
      launchType: 'EC2',
      containerInstanceArn: arn,
      cpu: '100',
      memory: '128',
    });
    const second = await call('RunTask', { taskDefinition: 'job' });
    expect(second.tasks).toEqual([]);
    expect(second.failures).toEqual([{ arn, reason: 'RESOURCE:PORTS', detail: expect.stringContaining('8080') }]);
  });

  it('is refused in an empty cluster', async () => {
    const { call } = await withCluster();
    await expect(call('RunTask', { taskDefinition: 'job' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'No Container Instances were found in your cluster.',
    });
  });

  it('gives the same tasks for the same client token, and a conflict for another request', async () => {
    const { call, addHost } = await withCluster();
    await addHost({ cluster: 'default' });
    const first = await call('RunTask', { taskDefinition: 'job', clientToken: 'token-1' });
    const again = await call('RunTask', { taskDefinition: 'job', clientToken: 'token-1' });
    expect(again.tasks[0].taskArn).toBe(first.tasks[0].taskArn);
    await expect(call('RunTask', { taskDefinition: 'job', count: 2, clientToken: 'token-1' })).rejects.toMatchObject({
      code: 'ConflictException',
      members: { resourceIds: [first.tasks[0].taskArn] },
    });
  });

  it('merges overrides into what the task shows', async () => {
    const { call, addHost } = await withCluster();
    await addHost({ cluster: 'default' });
    const containerOverrides = [
      { name: 'app', command: ['sh'], environment: [{ name: 'A', value: '1' }], memory: 256 },
    ];
    const { tasks } = await call('RunTask', { taskDefinition: 'job', overrides: { containerOverrides } });
    expect(tasks[0].overrides.containerOverrides).toEqual(containerOverrides);
    expect(tasks[0].memory).toBe('256');
  });
});

describe('StartTask', () => {
  it('starts one task on each named instance and reports the others', async () => {
    const { call, addHost } = await withCluster();
    const arn = await addHost({ cluster: 'default' });
    const missing = 'f'.repeat(32);
    const { tasks, failures } = await call('StartTask', { taskDefinition: 'job', containerInstances: [arn, missing] });
    expect(tasks[0].containerInstanceArn).toBe(arn);
    expect(failures).toEqual([{ arn: expect.stringContaining(missing), reason: 'MISSING' }]);
  });
});

describe('StopTask, DescribeTasks and ListTasks', () => {
  it('stop a task once and keep the first reason', async () => {
    const { call, addHost } = await withCluster();
    await addHost({ cluster: 'default' });
    const { taskArn } = (await call('RunTask', { taskDefinition: 'job', startedBy: 'me' })).tasks[0];
    expect((await call('ListTasks', { startedBy: 'me' })).taskArns).toEqual([taskArn]);
    const stopped = await call('StopTask', { task: taskArn.split('/').at(-1), reason: 'enough' });
    expect(stopped.task).toMatchObject({
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPING',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
    });
    const again = await call('StopTask', { task: taskArn, reason: 'later' });
    expect(again.task.stoppedReason).toBe('enough');
    expect((await call('ListTasks')).taskArns).toEqual([]);
    expect((await call('ListTasks', { desiredStatus: 'STOPPED' })).taskArns).toEqual([taskArn]);
    const { tasks, failures } = await call('DescribeTasks', { tasks: [taskArn, '0'.repeat(32)] });
    expect(tasks).toHaveLength(1);
    expect(failures).toMatchObject([{ reason: 'MISSING' }]);
  });

  it('describe a task the same until it changes, and with its tags only when asked', async () => {
    const { call, addHost } = await withCluster();
    await addHost({ cluster: 'default' });
    const tags = [{ key: 'a', value: 'b' }];
    const [task] = (await call('RunTask', { taskDefinition: 'job', tags })).tasks;
    const describe = async (include: string[] = []) =>
      (await call('DescribeTasks', { tasks: [task.taskArn], include })).tasks;
    const before = await describe();
    expect(before).toEqual([{ ...task, tags: [] }]);
    expect(await describe()).toEqual(before);
    expect(await describe(['TAGS'])).toEqual([task]);
    const { task: stopping } = await call('StopTask', { task: task.taskArn, reason: 'enough' });
    expect(await describe()).toEqual([{ ...stopping, tags: [] }]);
    expect(await describe(['TAGS'])).toEqual([{ ...stopping, tags }]);
  });

  it('stop a task that never reached an agent at once', async () => {
    const { call, addHost, subnets } = await withCluster();
    await addHost({ pool: 'fargate' });
    const network = { awsvpcConfiguration: { subnets: await subnets() } };
    const run = await call('RunTask', { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: network });
    const { task } = await call('StopTask', { task: run.tasks[0].taskArn });
    expect(task).toMatchObject({ lastStatus: 'DEPROVISIONING', stoppedReason: 'Task stopped by user' });
  });

  it('keep accounts apart', async () => {
    const { call, addHost } = await withCluster();
    await addHost({ cluster: 'default' });
    const { taskArn } = (await call('RunTask', { taskDefinition: 'job' })).tasks[0];
    await expect(call('StopTask', { task: taskArn }, { accountId: accountB })).rejects.toThrow('AccountIDs mismatch');
    await call('CreateCluster', {}, { accountId: accountB });
    const id = taskArn.split('/').at(-1);
    await expect(call('StopTask', { task: id }, { accountId: accountB })).rejects.toThrow(
      'The referenced task was not found.',
    );
    await expect(call('DescribeTaskDefinition', { taskDefinition: 'job' }, { accountId: accountB })).rejects.toThrow();
  });
});

it('an unknown security group', async () => {
  const { call, subnets, store } = await withCluster();
  const awsvpcConfiguration = { subnets: await subnets(), securityGroups: ['sg-1'] };
  const before = store.revision;
  const input = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: { awsvpcConfiguration } };
  await expect(call('RunTask', input)).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message:
      "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)",
  });
  expect(store.revision).toBe(before);
});

describe('bad requests', () => {
  const fargate = { taskDefinition: 'web', launchType: 'FARGATE' };
  const cases: [string, string, object, string, string][] = [
    ['count 0', 'RunTask', { taskDefinition: 'job', count: 0 }, 'InvalidParameterException', 'Invalid count'],
    ['count 11', 'RunTask', { taskDefinition: 'job', count: 11 }, 'InvalidParameterException', 'Invalid count'],
    [
      'launch type and strategy',
      'RunTask',
      { taskDefinition: 'job', launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException',
      'Specifying both a launch type and capacity provider strategy is not supported',
    ],
    [
      'a strategy of a provider that the cluster does not have',
      'RunTask',
      { taskDefinition: 'job', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException',
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated',
    ],
    [
      'no network',
      'RunTask',
      fargate,
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      'a network too many',
      'RunTask',
      { taskDefinition: 'job', networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      'InvalidParameterException',
      'Network Configuration is not valid for the given networkMode of this task definition.',
    ],
    [
      'no subnet',
      'RunTask',
      { ...fargate, networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
      'InvalidParameterException',
      'subnets can not be empty.',
    ],
    [
      'an unknown subnet',
      'RunTask',
      { ...fargate, networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      'InvalidParameterException',
      "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
    ],
    [
      'a bridge definition on Fargate',
      'RunTask',
      { taskDefinition: 'job', launchType: 'FARGATE' },
      'InvalidParameterException',
      'Task definition does not support launch_type FARGATE.',
    ],
    ['an unknown definition', 'RunTask', { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
    [
      'an unknown cluster',
      'RunTask',
      { taskDefinition: 'job', cluster: 'nope' },
      'ClusterNotFoundException',
      'Cluster not found.',
    ],
    [
      'placement on Fargate',
      'RunTask',
      { ...fargate, placementConstraints: [{ type: 'distinctInstance' }] },
      'InvalidParameterException',
      'Placement constraints are not supported with FARGATE launch type.',
    ],
    [
      'strategies on Fargate',
      'RunTask',
      { ...fargate, placementStrategy: [{ type: 'random' }] },
      'InvalidParameterException',
      'Placement strategies are not supported with FARGATE launch type.',
    ],
    [
      'six strategies',
      'RunTask',
      { taskDefinition: 'job', placementStrategy: Array.from({ length: 6 }, () => ({ type: 'random' })) },
      'InvalidParameterException',
      'Maximum number of strategies is 5.',
    ],
    [
      'random with a field',
      'RunTask',
      { taskDefinition: 'job', placementStrategy: [{ type: 'random', field: 'x' }] },
      'InvalidParameterException',
      'random field should not be specified.',
    ],
    [
      'binpack of something else',
      'RunTask',
      { taskDefinition: 'job', placementStrategy: [{ type: 'binpack', field: 'disk' }] },
      'InvalidParameterException',
      "binpack field 'disk' is invalid",
    ],
    [
      'a bad expression',
      'RunTask',
      { taskDefinition: 'job', placementConstraints: [{ type: 'memberOf', expression: 'attribute:' }] },
      'InvalidParameterException',
      'Invalid expression',
    ],
    [
      'distinctInstance with an expression',
      'RunTask',
      { taskDefinition: 'job', placementConstraints: [{ type: 'distinctInstance', expression: 'x' }] },
      'InvalidParameterException',
      'distinctInstance expression should not be specified.',
    ],
    [
      'an override for a stranger',
      'RunTask',
      { taskDefinition: 'job', overrides: { containerOverrides: [{ name: 'nope' }] } },
      'InvalidParameterException',
      'Override for container named nope is not a container in the TaskDefinition.',
    ],
    [
      'a platform version on EC2',
      'RunTask',
      { taskDefinition: 'job', platformVersion: '1.4.0' },
      'InvalidParameterException',
      'The platform version must be null when specifying an EC2 launch type.',
    ],
    ['an unknown platform version', 'RunTask', { ...fargate, platformVersion: '9' }, 'PlatformUnknownException', ''],
    [
      'a reserved group',
      'RunTask',
      { taskDefinition: 'job', group: 'service:x' },
      'InvalidParameterException',
      'Invalid namespace for group',
    ],
    [
      'exec without a role',
      'RunTask',
      { taskDefinition: 'job', enableExecuteCommand: true },
      'InvalidParameterException',
      "The task couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    ],
    [
      'tags of a service',
      'RunTask',
      { taskDefinition: 'job', propagateTags: 'SERVICE' },
      'InvalidParameterException',
      'propagateTags should be one of [TASK_DEFINITION,NONE] for a standalone task',
    ],
    [
      'a launch type there is not',
      'RunTask',
      { taskDefinition: 'job', launchType: 'MOON' },
      'InvalidParameterException',
      '',
    ],
    ['no definition', 'RunTask', {}, 'InvalidParameterException', 'taskDefinition'],
    [
      'an id of another length',
      'StopTask',
      { task: 'abc' },
      'InvalidParameterException',
      'taskId length should be one of [32,36]',
    ],
    [
      'an unknown task',
      'StopTask',
      { task: '0'.repeat(32) },
      'InvalidParameterException',
      'The referenced task was not found.',
    ],
    ['no tasks', 'DescribeTasks', { tasks: [] }, 'InvalidParameterException', 'Tasks cannot be empty.'],
    [
      'a task of another cluster',
      'DescribeTasks',
      { cluster: 'other', tasks: [`arn:aws:ecs:eu-west-1:111111111111:task/default/${'0'.repeat(32)}`] },
      'InvalidParameterException',
      'Identifier is for cluster default. Your cluster is other',
    ],
    [
      'startedBy with others',
      'ListTasks',
      { startedBy: 'x', family: 'y' },
      'InvalidParameterException',
      'startedBy cannot be combined with other filters.',
    ],
    [
      'a public address on EC2',
      'RunTask',
      {
        taskDefinition: 'web',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
      },
      'InvalidParameterException',
      'Assign public IP is not supported for this launch type.',
    ],
    ['an unknown service', 'ListTasks', { serviceName: 'nope' }, 'ServiceNotFoundException', 'Service not found.'],
    [
      'no instances',
      'StartTask',
      { taskDefinition: 'job', containerInstances: [] },
      'ClientException',
      'Container Instances cannot be empty.',
    ],
  ];
  it.each(cases)('%s: a clear error that changes nothing', async (_, operation, input, code, message) => {
    const { call, store } = await withCluster();
    const before = store.revision;
    await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(store.revision).toBe(before);
  });
});
