import { expect, test } from 'vitest';
import { DeregisterTaskDefinition } from './DeregisterTaskDefinition.ts';
import { ListTaskDefinitionFamilies } from './ListTaskDefinitionFamilies.ts';
import { RegisterTaskDefinition } from './RegisterTaskDefinition.ts';
import { definition } from './task-definition/cases/case.ts';
import { TestApi } from './task-definition/test-support.ts';

/** `api` and `web` are ACTIVE (`web` with an INACTIVE revision), `old` is INACTIVE, `gone` has no revision left. */
async function opened(): Promise<TestApi> {
  const api = await TestApi.open();
  for (const family of ['web', 'web', 'old', 'gone', 'api']) {
    await api.call(RegisterTaskDefinition, definition({ family }));
  }
  for (const taskDefinition of ['web:2', 'old:1', 'gone:1'])
    await api.call(DeregisterTaskDefinition, { taskDefinition });
  await api.store.update('reaper', (tx) => {
    tx.taskDefinitions.delete('arn:aws:ecs:us-east-1:000000000000:task-definition/gone:1');
  });
  return api;
}

test.each([
  [{}, ['api', 'old', 'web']],
  [{ status: 'ALL' }, ['api', 'old', 'web']],
  [{ status: 'ACTIVE' }, ['api', 'web']],
  [{ status: 'INACTIVE' }, ['old']],
  [{ familyPrefix: 'w' }, ['web']],
  [{ familyPrefix: 'x' }, []],
])('%j', async (input, families) => {
  await using api = await opened();
  expect(await api.call(ListTaskDefinitionFamilies, input)).toEqual({ families });
});

test('pages go on by name', async () => {
  await using api = await opened();
  const first = await api.call<{ families: string[]; nextToken: string }>(ListTaskDefinitionFamilies, {
    maxResults: 1,
  });
  expect(first.families).toEqual(['api']);
  await api.call(RegisterTaskDefinition, definition({ family: 'aaa' }));
  const rest = await api.call(ListTaskDefinitionFamilies, { nextToken: first.nextToken });
  expect(rest).toEqual({ families: ['old', 'web'] });
});
