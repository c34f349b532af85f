import { expect, test } from 'vitest';
import { DeleteTaskDefinitions } from './DeleteTaskDefinitions.ts';
import { DeregisterTaskDefinition } from './DeregisterTaskDefinition.ts';
import { RegisterTaskDefinition } from './RegisterTaskDefinition.ts';
import { definition } from './task-definition/cases/case.ts';
import { resolveTaskDefinition } from './task-definition/index.ts';
import { TestApi } from './task-definition/test-support.ts';

const arn = 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1';

async function opened(): Promise<TestApi> {
  const api = await TestApi.open();
  await api.call(RegisterTaskDefinition, definition());
  return api;
}

test('an ACTIVE revision becomes INACTIVE', async () => {
  await using api = await opened();
  const answer = await api.call(DeregisterTaskDefinition, { taskDefinition: arn });
  expect(answer).toMatchObject({
    taskDefinition: { status: 'INACTIVE', registeredAt: 1_700_000_000, deregisteredAt: 1_700_000_001 },
  });
  expect(api.store.view.taskDefinitions.get(arn).status).toBe('INACTIVE');
});

const inactive = 'The specified task definition is inactive. You must specify an active task definition.';

test.each([
  ['web', 'ClientException', 'Revision is missing.'],
  ['web:one', 'InvalidParameterException', 'Invalid revision number. Number: one'],
  [
    'web:2',
    'ClientException',
    'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
  ],
])('%s is refused', async (taskDefinition, code, message) => {
  await using api = await opened();
  await expect(api.call(DeregisterTaskDefinition, { taskDefinition })).rejects.toMatchObject({ code, message });
});

test('a second time is refused, also once it is being deleted', async () => {
  await using api = await opened();
  await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:1' });
  const again = () => api.call(DeregisterTaskDefinition, { taskDefinition: 'web:1' });
  await expect(again()).rejects.toMatchObject({ code: 'ClientException', message: inactive });
  await api.call(DeleteTaskDefinitions, { taskDefinitions: ['web:1'] });
  await expect(again()).rejects.toMatchObject({ code: 'ClientException', message: inactive });
});

test('nothing new runs from an inactive revision', async () => {
  await using api = await opened();
  expect(resolveTaskDefinition(api.store.view, api.scope, 'web').revision).toBe(1);
  await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:1' });
  const resolve = (text: string) => () => resolveTaskDefinition(api.store.view, api.scope, text);
  const refusal = (code: string, message: string) => expect.objectContaining({ code, message });
  expect(resolve('web:1')).toThrow(refusal('ClientException', 'TaskDefinition is inactive'));
  expect(resolve('web')).toThrow(refusal('ClientException', 'TaskDefinition not found.'));
  expect(resolve('api:1')).toThrow(refusal('ClientException', 'TaskDefinition not found.'));
  expect(resolve('')).toThrow(refusal('InvalidParameterException', 'TaskDefinition can not be blank.'));
});
