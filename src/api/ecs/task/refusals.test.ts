import { describe, expect, it } from 'vitest';
import { taskWorld } from '../../../../test/support/task-world.ts';

it('an unknown security group', async () => {
  const { call, subnets, store } = await taskWorld();
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
    const { call, store } = await taskWorld();
    const before = store.revision;
    await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(store.revision).toBe(before);
  });
});
