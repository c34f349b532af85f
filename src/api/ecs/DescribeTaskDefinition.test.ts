import { expect, test } from 'vitest';
import { DeregisterTaskDefinition } from './DeregisterTaskDefinition.ts';
import { DescribeTaskDefinition } from './DescribeTaskDefinition.ts';
import { RegisterTaskDefinition } from './RegisterTaskDefinition.ts';
import { definition } from './task-definition/cases/case.ts';
import { TestApi } from './task-definition/test-support.ts';

const arn = 'arn:aws:ecs:us-east-1:000000000000:task-definition/web';

/** `web` with revisions 1 and 2 ACTIVE and 3 INACTIVE. */
async function opened(): Promise<TestApi> {
  const api = await TestApi.open();
  for (let revision = 1; revision <= 3; revision++) {
    await api.call(RegisterTaskDefinition, definition({ tags: [{ key: 'revision', value: String(revision) }] }));
  }
  await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:3' });
  return api;
}

test.each([
  ['web', 2, 'ACTIVE'],
  ['web:1', 1, 'ACTIVE'],
  ['web:3', 3, 'INACTIVE'],
  [`${arn}:1`, 1, 'ACTIVE'],
  [arn, 2, 'ACTIVE'],
])('%s is revision %i', async (taskDefinition, revision, status) => {
  await using api = await opened();
  const answer = await api.call(DescribeTaskDefinition, { taskDefinition });
  expect(answer).toMatchObject({ taskDefinition: { taskDefinitionArn: `${arn}:${revision}`, revision, status } });
  expect(answer).not.toHaveProperty('tags');
});

test('a family of many inactive revisions still has its newest ACTIVE one', async () => {
  await using api = await opened();
  for (let revision = 4; revision <= 30; revision++) {
    await api.call(RegisterTaskDefinition, definition());
    await api.call(DeregisterTaskDefinition, { taskDefinition: `web:${revision}` });
  }
  expect(await api.call(DescribeTaskDefinition, { taskDefinition: 'web' })).toMatchObject({
    taskDefinition: { revision: 2 },
  });
});

test('tags are answered when they are asked for', async () => {
  await using api = await opened();
  const include = ['TAGS'];
  expect(await api.call(DescribeTaskDefinition, { taskDefinition: 'web:1', include })).toMatchObject({
    tags: [{ key: 'revision', value: '1' }],
  });
  await api.call(RegisterTaskDefinition, definition());
  expect(await api.call(DescribeTaskDefinition, { taskDefinition: 'web:4', include })).toMatchObject({ tags: [] });
});

test.each([
  ['api', 'ClientException', 'Unable to describe task definition.'],
  ['web:4', 'ClientException', 'Unable to describe task definition.'],
  ['', 'ClientException', 'Unable to describe task definition.'],
  ['web:latest', 'InvalidParameterException', 'Invalid revision number. Number: latest'],
  ['web:0', 'InvalidParameterException', 'Invalid revision number. Number: 0'],
  ['arn:aws:ecs:us-east-1:111111111111:task-definition/web:1', 'InvalidParameterException', 'AccountIDs mismatch'],
  ['arn:aws:ecs:eu-west-1:000000000000:task-definition/web:1', 'InvalidParameterException', 'Region mismatch'],
  [
    'arn:aws:ecs:us-east-1:000000000000:cluster/web',
    'InvalidParameterException',
    'Invalid identifier: Unexpected ARN arn:aws:ecs:us-east-1:000000000000:cluster/web',
  ],
])('%j is refused', async (taskDefinition, code, message) => {
  await using api = await opened();
  await expect(api.call(DescribeTaskDefinition, { taskDefinition })).rejects.toMatchObject({ code, message });
});

test('another account sees nothing of it', async () => {
  await using api = await opened();
  const other = api.as({ accountId: '111111111111' });
  await expect(other.call(DescribeTaskDefinition, { taskDefinition: 'web' })).rejects.toMatchObject({
    message: 'Unable to describe task definition.',
  });
});
