import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../../test/support/api-harness.ts';

const app = { name: 'app', image: 'app:1', memory: 16 };
const tag = (key: string, value = ''): { key: string; value: string } => ({ key, value });
const tags = (count: number) => Array.from({ length: count }, (_, index) => tag(`k${index}`));

async function opened() {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  const host = await harness.addHost({ cluster: 'default' });
  await harness.call('RegisterTaskDefinition', {
    family: 'job',
    containerDefinitions: [app],
    tags: [tag('team', 'definition'), tag('only', 'definition')],
  });
  return { ...harness, host };
}

describe('the tags of a request', () => {
  const cases: [string, object[], string, string, object[]][] = [
    ['at most fifty', tags(51), 'InvalidParameterException', 'The number of tags exceeds the limit of 50.', tags(50)],
    [
      'a key has a character at least',
      [tag('')],
      'InvalidParameterException',
      'Tag keys must be between 1 and 128 characters in length.',
      [tag('k')],
    ],
    [
      'a key has at most 128 characters',
      [tag('k'.repeat(129))],
      'InvalidParameterException',
      'Tag keys must be between 1 and 128 characters in length.',
      [tag('k'.repeat(128))],
    ],
    [
      'a value has at most 256 characters',
      [tag('k', 'v'.repeat(257))],
      'InvalidParameterException',
      'Tag values cannot be longer than 256 characters.',
      [tag('k', 'v'.repeat(256))],
    ],
    [
      'only some characters',
      [tag('k', 'a;b')],
      'InvalidParameterException',
      'Some tags contain invalid characters.',
      [tag('ä + - = . _ : / @', 'ä + - = . _ : / @ 1')],
    ],
    [
      'no prefix of AWS',
      [tag('aws:k')],
      'ClientException',
      `Tag keys that start with the reserved prefix "aws:" can't be added or changed: aws:k`,
      [tag('awsk')],
    ],
    ['no prefix of AWS in any case', [tag('AWS:k')], 'ClientException', 'reserved prefix "aws:"', [tag('my:aws:k')]],
    [
      'each key once',
      [tag('k', '1'), tag('k', '2')],
      'InvalidParameterException',
      'Duplicate tag key: k',
      [tag('k'), tag('K')],
    ],
  ];
  it.each(cases)('%s', async (_, refused, code, message, accepted) => {
    const { call, store, host } = await opened();
    const bare = { family: 'bare', containerDefinitions: [app] };
    const { taskDefinition } = await call('RegisterTaskDefinition', bare);
    const { cluster } = await call('CreateCluster', { clusterName: 'tagged' });
    const asked: [string, object][] = [
      ['CreateCluster', { clusterName: 'other' }],
      ['RegisterTaskDefinition', { family: 'job', containerDefinitions: [app] }],
      ['RunTask', { taskDefinition: 'job' }],
      ['StartTask', { taskDefinition: 'job', containerInstances: [host] }],
      ['CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 0 }],
      ['RegisterContainerInstance', {}],
      ['TagResource', { resourceArn: cluster.clusterArn }],
      ['TagResource', { resourceArn: taskDefinition.taskDefinitionArn }],
    ];
    for (const [operation, input] of asked) {
      const before = store.revision;
      const answer = call(operation, { ...input, tags: refused });
      await expect(answer, operation).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
      expect(store.revision, operation).toBe(before);
      await expect(call(operation, { ...input, tags: accepted }), operation).resolves.toBeDefined();
    }
  });
});

describe('the tags of a task', () => {
  it('are those of the request, then the definition’s if asked for, then ECS’s own', async () => {
    const { call, host } = await opened();
    const run = async (input: object) => {
      const [{ taskArn }] = (await call('RunTask', { taskDefinition: 'job', ...input })).tasks;
      const [task] = (await call('DescribeTasks', { tasks: [taskArn], include: ['TAGS'] })).tasks;
      return Object.fromEntries(task.tags.map(({ key, value }: { key: string; value: string }) => [key, value]));
    };
    expect(await run({})).toEqual({});
    expect(await run({ propagateTags: 'NONE', tags: [tag('a', '1')] })).toEqual({ a: '1' });
    expect(await run({ propagateTags: 'TASK_DEFINITION', tags: [tag('team', 'request')] })).toEqual({
      team: 'request',
      only: 'definition',
    });
    expect(await run({ enableECSManagedTags: true })).toEqual({ 'aws:ecs:clusterName': 'default' });
    const started = await call('StartTask', {
      taskDefinition: 'job',
      containerInstances: [host],
      propagateTags: 'TASK_DEFINITION',
    });
    expect(started.tasks[0].tags).toContainEqual(tag('only', 'definition'));
  });

  it('go when it has stopped, and it takes no new ones', async () => {
    const { call } = await opened();
    const [{ taskArn }] = (await call('RunTask', { taskDefinition: 'job', tags: [tag('a', '1')] })).tasks;
    expect((await call('ListTagsForResource', { resourceArn: taskArn })).tags).toEqual([tag('a', '1')]);
    await call('SubmitTaskStateChange', { task: taskArn, status: 'RUNNING' });
    await call('StopTask', { task: taskArn });
    expect((await call('ListTagsForResource', { resourceArn: taskArn })).tags).toEqual([tag('a', '1')]);
    await call('SubmitTaskStateChange', { task: taskArn, status: 'STOPPED' });
    const [task] = (await call('DescribeTasks', { tasks: [taskArn], include: ['TAGS'] })).tasks;
    expect(task).toMatchObject({ lastStatus: 'STOPPED', tags: [] });
    await expect(call('TagResource', { resourceArn: taskArn, tags: [tag('b')] })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The specified task is inactive. Specify an active task and try again.',
    });
  });
});

describe('the tags of a service and of a cluster', () => {
  it('go when it is deleted, and it takes no new ones', async () => {
    const { call } = await apiHarness();
    const { cluster } = await call('CreateCluster', { tags: [tag('a', '1')] });
    await call('RegisterTaskDefinition', { family: 'job', containerDefinitions: [app] });
    const create = { serviceName: 'web', taskDefinition: 'job', desiredCount: 0, tags: [tag('a', '1')] };
    const { service } = await call('CreateService', create);
    await call('DeleteService', { service: 'web' });
    await call('DeleteCluster', { cluster: 'default' });
    for (const [resourceArn, type] of [
      [service.serviceArn, 'service'],
      [cluster.clusterArn, 'cluster'],
    ]) {
      expect((await call('ListTagsForResource', { resourceArn })).tags).toEqual([]);
      await expect(call('TagResource', { resourceArn, tags: [tag('b')] })).rejects.toThrow(
        `The specified ${type} is inactive. Specify an active ${type} and try again.`,
      );
    }
  });
});

it('tags are shown only to who asks for them, where ECS does so', async () => {
  const { call, host } = await opened();
  await call('CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 0, tags: [tag('a')] });
  const [{ taskArn }] = (await call('RunTask', { taskDefinition: 'job', tags: [tag('a')] })).tasks;
  await call('TagResource', { resourceArn: host, tags: [tag('a')] });
  const one = async (operation: string, input: object, member: string) => (await call(operation, input))[member][0];
  for (const [include, expected] of [
    [undefined, []],
    [['TAGS'], [tag('a')]],
  ] as const) {
    const asked = include === undefined ? {} : { include };
    expect((await one('DescribeTasks', { tasks: [taskArn], ...asked }, 'tasks')).tags).toEqual(expected);
    const instances = await one(
      'DescribeContainerInstances',
      { containerInstances: [host], ...asked },
      'containerInstances',
    );
    expect(instances.tags).toEqual(expected);
    const service = await one('DescribeServices', { services: ['web'], ...asked }, 'services');
    expect(service.tags).toEqual(include === undefined ? undefined : expected);
    const definition = await call('DescribeTaskDefinition', { taskDefinition: 'job', ...asked });
    expect(definition.tags === undefined).toBe(include === undefined);
  }
});
