import { describe, expect, it } from 'vitest';
import { accountB } from '../../../test/support/api-harness.ts';
import { taskWorld } from '../../../test/support/task-world.ts';

describe('RunTask on Fargate', () => {
  it('makes a PROVISIONING task with a size, an interface asked for and no instance', async () => {
    const { call, addHost, subnets } = await taskWorld();
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
    const { call, addHost, subnets } = await taskWorld();
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
    const { call, addHost } = await taskWorld();
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

  it('goes to an instance of its runtime platform alone', async () => {
    const { call, addHost } = await taskWorld();
    const arn = await addHost({ cluster: 'default' });
    const platform = (cpuArchitecture: string) => ({
      family: cpuArchitecture,
      runtimePlatform: { cpuArchitecture, operatingSystemFamily: 'LINUX' },
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 64 }],
    });
    await call('RegisterTaskDefinition', platform('X86_64'));
    await call('RegisterTaskDefinition', platform('ARM64'));
    expect((await call('RunTask', { taskDefinition: 'X86_64' })).tasks).toHaveLength(1);
    const refused = await call('RunTask', { taskDefinition: 'ARM64' });
    expect(refused.tasks).toEqual([]);
    expect(refused.failures).toMatchObject([{ arn, reason: 'ATTRIBUTE' }]);
  });

  it('is refused in an empty cluster', async () => {
    const { call } = await taskWorld();
    await expect(call('RunTask', { taskDefinition: 'job' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'No Container Instances were found in your cluster.',
    });
  });

  it('gives the same tasks for the same client token, and a conflict for another request', async () => {
    const { call, addHost } = await taskWorld();
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
    const { call, addHost } = await taskWorld();
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
    const { call, addHost } = await taskWorld();
    const arn = await addHost({ cluster: 'default' });
    const missing = 'f'.repeat(32);
    const { tasks, failures } = await call('StartTask', { taskDefinition: 'job', containerInstances: [arn, missing] });
    expect(tasks[0].containerInstanceArn).toBe(arn);
    expect(failures).toEqual([{ arn: expect.stringContaining(missing), reason: 'MISSING' }]);
  });
});

describe('StopTask, DescribeTasks and ListTasks', () => {
  it('stop a task once and keep the first reason', async () => {
    const { call, addHost } = await taskWorld();
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
    const { call, addHost } = await taskWorld();
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
    const { call, addHost, subnets } = await taskWorld();
    await addHost({ pool: 'fargate' });
    const network = { awsvpcConfiguration: { subnets: await subnets() } };
    const run = await call('RunTask', { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: network });
    const { task } = await call('StopTask', { task: run.tasks[0].taskArn });
    expect(task).toMatchObject({ lastStatus: 'DEPROVISIONING', stoppedReason: 'Task stopped by user' });
  });

  it('keep accounts apart', async () => {
    const { call, addHost } = await taskWorld();
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
