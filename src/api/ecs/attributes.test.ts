import { beforeEach, describe, expect, it } from 'vitest';
import type { ContainerInstanceArn } from '#model';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let api: ApiHarness;
let one: ContainerInstanceArn;
let other: ContainerInstanceArn;

beforeEach(async () => {
  api = await apiHarness();
  await api.call('CreateCluster');
  one = await api.addHost({ cluster: 'default' });
  other = await api.addHost({ cluster: 'default' });
});

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
const record = (arn: string) => api.store.view.containerInstances.get(arn);
const custom = (arn: string) =>
  record(arn).attributes.filter(({ name }) => !name.startsWith('ecs.') && !name.startsWith('com.'));
const put = (...attributes: object[]) => api.call('PutAttributes', { attributes });
const refusal = (message: string, code = 'InvalidParameterException') => ({ code, message });

describe('PutAttributes', () => {
  it('sets them by ARN and by id, replaces values, and answers the instance’s ARN', async () => {
    const answer = await put(
      { name: 'stack', value: 'prod', targetId: one },
      { name: 'ssd', targetId: idOf(other), targetType: 'container-instance' },
    );
    expect(answer).toEqual({
      attributes: [
        { name: 'stack', value: 'prod', targetId: one },
        { name: 'ssd', targetId: other },
      ],
    });
    await put({ name: 'stack', value: 'test: a/b\\c@d', targetId: one });
    expect(custom(one)).toEqual([{ name: 'stack', value: 'test: a/b\\c@d' }]);
    expect(custom(other)).toEqual([{ name: 'ssd' }]);
    const { containerInstances } = await api.call('DescribeContainerInstances', { containerInstances: [other] });
    expect(containerInstances[0]).toMatchObject({ version: 1, attributes: expect.arrayContaining([{ name: 'ssd' }]) });
  });

  it('writes nothing when nothing is new', async () => {
    await put({ name: 'stack', value: 'prod', targetId: one });
    const { revision } = api.store;
    await put({ name: 'stack', value: 'prod', targetId: one });
    expect(api.store.revision).toBe(revision);
  });

  it('steers placement: memberOf and spread', async () => {
    await api.call('RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 16 }],
    });
    const onlyProd = [{ type: 'memberOf', expression: 'attribute:stack == prod' }];
    const before = await api.call('RunTask', { taskDefinition: 'job', placementConstraints: onlyProd });
    expect(before.failures).toHaveLength(2);
    await put({ name: 'stack', value: 'prod', targetId: other });
    const after = await api.call('RunTask', { taskDefinition: 'job', count: 3, placementConstraints: onlyProd });
    expect(after.tasks.map((task: Answer) => task.containerInstanceArn)).toEqual([other, other, other]);
    const listed = await api.call('ListContainerInstances', { filter: 'attribute:stack exists' });
    expect(listed.containerInstanceArns).toEqual([other]);
    const third = await api.addHost({ cluster: 'default' });
    await put(
      { name: 'rack', value: 'a', targetId: one },
      { name: 'rack', value: 'b', targetId: other },
      { name: 'rack', value: 'b', targetId: third },
    );
    const spread = await api.call('RunTask', {
      taskDefinition: 'job',
      group: 'racks',
      count: 2,
      placementStrategy: [{ type: 'spread', field: 'attribute:rack' }],
    });
    const racks = spread.tasks.map((task: Answer) => (task.containerInstanceArn === one ? 'a' : 'b'));
    expect(racks.sort()).toEqual(['a', 'b']);
  });

  it('gives an instance ten of them and no more, nothing of a call that asks for too many', async () => {
    const named = (count: number, prefix: string, targetId: string) =>
      Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, value: 'v', targetId }));
    await put(...named(9, 'a', one));
    await expect(put({ name: 'x', targetId: other }, ...named(2, 'b', one))).rejects.toMatchObject({
      code: 'AttributeLimitExceededException',
      message: 'You can apply up to 10 custom attributes for each resource.',
    });
    expect(custom(one)).toHaveLength(9);
    expect(custom(other)).toEqual([]);
    await put({ name: 'b0', targetId: one });
    await put({ name: 'a0', value: 'changed', targetId: one });
    expect(custom(one)).toHaveLength(10);
  });

  it('is undone as a whole when one target is not there', async () => {
    const gone = await api.addHost({ cluster: 'default' });
    await api.call('DeregisterContainerInstance', { containerInstance: gone });
    for (const targetId of [gone, one.replace(/.{4}$/, 'ffff')]) {
      await expect(put({ name: 'a', targetId: one }, { name: 'a', targetId })).rejects.toMatchObject(
        refusal(`Could not find ${targetId}`, 'TargetNotFoundException'),
      );
    }
    expect(custom(one)).toEqual([]);
  });

  const target = { targetId: '0'.repeat(32), targetType: 'container-instance' };
  it.each([
    [[], 'Attributes cannot be empty.'],
    [Array.from({ length: 11 }, () => ({ name: 'a', ...target })), 'Attributes cannot have more than 10 elements.'],
    [[{ name: '', ...target }], 'Attribute names must have 1 to 128 characters.'],
    [[{ name: 'a'.repeat(129), ...target }], 'Attribute names must have 1 to 128 characters.'],
    [[{ name: 'a b', ...target }], 'Invalid attribute name: a b'],
    [[{ name: 'a', value: ' b', ...target }], 'Invalid value for attribute a'],
    [[{ name: 'a', value: '', ...target }], 'Invalid value for attribute a'],
    [[{ name: 'a', value: 'b'.repeat(129), ...target }], 'Invalid value for attribute a'],
    [[{ name: 'a' }], 'targetId can not be blank.'],
    [[{ name: 'a', targetId: '0'.repeat(32) }], 'targetType must be specified when targetId is not a full ARN.'],
    [
      [{ name: 'a', targetId: 'short', targetType: 'container-instance' }],
      'containerInstanceId length should be one of [32,36]',
    ],
    [
      [{ name: 'ecs.os-type', value: 'x', ...target }],
      'The attribute name ecs.os-type is reserved: ecs., com.amazonaws. and roadstead. begin no custom one.',
    ],
    [
      [{ name: 'a', targetId: `arn:aws:ecs:eu-west-1:${accountB}:container-instance/default/${'0'.repeat(32)}` }],
      'AccountIDs mismatch',
    ],
  ])('refuses %j', async (attributes, message) => {
    await expect(put(...(attributes as object[]))).rejects.toMatchObject(refusal(message));
    expect([...custom(one), ...custom(other)]).toEqual([]);
  });

  it('refuses other target types, clusters that are not there and instances of another cluster', async () => {
    await expect(put({ name: 'a', targetId: 'x', targetType: 'task' })).rejects.toMatchObject({
      message: expect.stringContaining('Member must satisfy enum value set: [container-instance]'),
    });
    const attributes = [{ name: 'a', targetId: one }];
    await expect(api.call('PutAttributes', { cluster: 'nope', attributes })).rejects.toMatchObject(
      refusal('Identifier is for cluster default. Your cluster is nope'),
    );
    const byId = [{ name: 'a', targetId: idOf(one), targetType: 'container-instance' }];
    await expect(api.call('PutAttributes', { cluster: 'nope', attributes: byId })).rejects.toMatchObject(
      refusal('Cluster not found.', 'ClusterNotFoundException'),
    );
  });
});

describe('DeleteAttributes', () => {
  const remove = (...attributes: object[]) => api.call('DeleteAttributes', { attributes });

  it('answers what was there, and leaves the rest', async () => {
    await put({ name: 'a', value: '1', targetId: one }, { name: 'b', targetId: one }, { name: 'a', targetId: other });
    const before = record(one).attributes.length;
    expect(await remove({ name: 'a', targetId: one }, { name: 'c', targetId: one })).toEqual({
      attributes: [{ name: 'a', value: '1', targetId: one }],
    });
    expect(custom(one)).toEqual([{ name: 'b' }]);
    expect(record(one).attributes).toHaveLength(before - 1);
    expect(custom(other)).toEqual([{ name: 'a' }]);
    const { revision } = api.store;
    expect(await remove({ name: 'a', targetId: one })).toEqual({ attributes: [] });
    expect(api.store.revision).toBe(revision);
  });

  it('refuses values, reserved names and targets that are not there', async () => {
    await expect(remove({ name: 'a', value: 'x', targetId: one })).rejects.toMatchObject(
      refusal('The attribute a is deleted by its name: leave its value out.'),
    );
    await expect(remove({ name: 'ecs.os-type', targetId: one })).rejects.toMatchObject({
      message: expect.stringContaining('is reserved'),
    });
    const targetId = one.replace(/.{4}$/, 'ffff');
    await expect(remove({ name: 'a', targetId })).rejects.toMatchObject(
      refusal(`Could not find ${targetId}`, 'TargetNotFoundException'),
    );
  });
});

describe('ListAttributes', () => {
  const list = (input: object = {}) => api.call('ListAttributes', { targetType: 'container-instance', ...input });

  it('filters by name, and by name and value', async () => {
    await put({ name: 'stack', value: 'prod', targetId: one }, { name: 'stack', value: 'test', targetId: other });
    expect(await list({ attributeName: 'stack' })).toEqual({
      attributes: [
        { name: 'stack', value: 'prod', targetId: one },
        { name: 'stack', value: 'test', targetId: other },
      ],
    });
    expect((await list({ attributeName: 'stack', attributeValue: 'test' })).attributes).toEqual([
      { name: 'stack', value: 'test', targetId: other },
    ]);
    expect((await list({ attributeName: 'ecs.os-type', attributeValue: 'linux' })).attributes).toHaveLength(2);
    expect(await list({ attributeName: 'nothing' })).toEqual({ attributes: [] });
  });

  it('pages so that each is seen once while others come and go', async () => {
    await put(...['a', 'c', 'e'].flatMap((name) => [one, other].map((targetId) => ({ name, targetId }))));
    const third = await api.addHost({ cluster: 'default', attributes: { c: '3' } });
    const all = [one, other, third].flatMap((arn) => record(arn).attributes.map(({ name }) => `${arn} ${name}`));
    const kept = new Set(all);
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: Answer = await list({ maxResults: 1, ...(nextToken === undefined ? {} : { nextToken }) });
      seen.push(...page.attributes.map((each: Answer) => `${each.targetId} ${each.name}`));
      nextToken = page.nextToken;
      if (seen.length === 2) {
        await api.call('DeleteAttributes', { attributes: [{ name: 'a', targetId: one }] });
        await put({ name: 'zz', targetId: third });
      }
      if (seen.at(-1) === `${other} c`) await api.call('DeregisterContainerInstance', { containerInstance: other });
    } while (nextToken !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    const missed = [...kept].filter((each) => !seen.includes(each));
    expect(missed.every((each) => each.startsWith(other))).toBe(true);
    expect(seen).toContain(`${third} zz`);
  });

  it('shows no instance of the Fargate pool, nor of another account', async () => {
    await api.addHost({ pool: 'fargate' });
    const { attributes } = await list();
    expect(new Set(attributes.map((each: Answer) => each.targetId))).toEqual(new Set([one, other]));
    await expect(
      api.call('ListAttributes', { targetType: 'container-instance' }, { accountId: accountB }),
    ).rejects.toMatchObject(refusal('Cluster not found.', 'ClusterNotFoundException'));
  });

  it.each([
    [{ attributeValue: 'x' }, 'attributeName must be specified when attributeValue is.'],
    [{ maxResults: 0 }, 'maxResults should be between 1 and 100'],
    [{ maxResults: 101 }, 'maxResults should be between 1 and 100'],
    [{ nextToken: 'abc' }, 'Invalid token.'],
  ])('refuses %j', async (input, message) => {
    await expect(list(input)).rejects.toMatchObject(refusal(message));
  });
});
