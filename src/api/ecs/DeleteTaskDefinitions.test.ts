import { expect, test } from 'vitest';
import { DeleteTaskDefinitions } from './DeleteTaskDefinitions.ts';
import { DeregisterTaskDefinition } from './DeregisterTaskDefinition.ts';
import { DescribeTaskDefinition } from './DescribeTaskDefinition.ts';
import { RegisterTaskDefinition } from './RegisterTaskDefinition.ts';
import { definition } from './task-definition/cases/case.ts';
import { TestApi } from './task-definition/test-support.ts';

const arn = (revision: number) => `arn:aws:ecs:us-east-1:000000000000:task-definition/web:${revision}`;
const invalid = 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.';
const unknown =
  'The specified task definition does not exist. Specify a valid account, family, revision and try again.';
const active = 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';

/** `web` with revision 1 INACTIVE and 2 ACTIVE. */
async function opened(): Promise<TestApi> {
  const api = await TestApi.open();
  await api.call(RegisterTaskDefinition, definition());
  await api.call(RegisterTaskDefinition, definition());
  await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:1' });
  return api;
}

test('an INACTIVE revision is on its way out, and still describable', async () => {
  await using api = await opened();
  const answer = await api.call(DeleteTaskDefinitions, { taskDefinitions: ['web:1'] });
  expect(answer).toMatchObject({
    taskDefinitions: [{ taskDefinitionArn: arn(1), status: 'DELETE_IN_PROGRESS', deleteRequestedAt: 1_700_000_003 }],
    failures: [],
  });
  expect(await api.call(DescribeTaskDefinition, { taskDefinition: 'web:1' })).toMatchObject({
    taskDefinition: { status: 'DELETE_IN_PROGRESS' },
  });
});

test('asking again changes nothing', async () => {
  await using api = await opened();
  const first = await api.call(DeleteTaskDefinitions, { taskDefinitions: ['web:1'] });
  expect(await api.call(DeleteTaskDefinitions, { taskDefinitions: [arn(1)] })).toEqual(first);
});

test('each item fails for itself', async () => {
  await using api = await opened();
  const foreign = 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:1';
  const taskDefinitions = [
    'web',
    'web:x',
    'web:9',
    'web:2',
    foreign,
    'arn:aws:ecs:us-east-1:000000000000:cluster/c',
    'web:1',
  ];
  const answer = await api.call<{ taskDefinitions: unknown[] }>(DeleteTaskDefinitions, { taskDefinitions });
  expect(answer).toMatchObject({
    taskDefinitions: [{ taskDefinitionArn: arn(1) }],
    failures: [
      { arn: 'web', reason: invalid },
      { arn: 'web:x', reason: invalid },
      { arn: arn(9), reason: unknown },
      { arn: arn(2), reason: active },
      { arn: foreign, reason: unknown },
      { arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/c', reason: invalid },
    ],
  });
  expect(answer.taskDefinitions).toHaveLength(1);
});

test('what belongs to another account is not deleted', async () => {
  await using api = await opened();
  const answer = await api.as({ accountId: '111111111111' }).call(DeleteTaskDefinitions, { taskDefinitions: [arn(1)] });
  expect(answer).toEqual({ taskDefinitions: [], failures: [{ arn: arn(1), reason: unknown }] });
  expect(api.store.view.taskDefinitions.get(arn(1)).status).toBe('INACTIVE');
});

test.each([
  [0, 'size of TaskDefinition references list must be greater than 0'],
  [11, 'Size of TaskDefinition references list cannot exceed 10'],
])('%i references are refused', async (count, message) => {
  await using api = await opened();
  const taskDefinitions = Array.from({ length: count }, (_, index) => `web:${index + 1}`);
  await expect(api.call(DeleteTaskDefinitions, { taskDefinitions })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message,
  });
});
