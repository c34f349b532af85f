import { expect, test } from 'vitest';
import { DeleteTaskDefinitions } from './DeleteTaskDefinitions.ts';
import { DeregisterTaskDefinition } from './DeregisterTaskDefinition.ts';
import { ListTaskDefinitionFamilies } from './ListTaskDefinitionFamilies.ts';
import { ListTaskDefinitions } from './ListTaskDefinitions.ts';
import { RegisterTaskDefinition } from './RegisterTaskDefinition.ts';
import { definition } from './task-definition/cases/case.ts';
import { TestApi } from './task-definition/test-support.ts';

async function register(api: TestApi, family: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) await api.call(RegisterTaskDefinition, definition({ family }));
}

/** Names and revisions of one page. */
async function list(
  api: TestApi,
  input: Record<string, unknown> = {},
): Promise<{ names: string[]; nextToken?: string }> {
  const answer = await api.call<{ taskDefinitionArns: string[]; nextToken?: string }>(ListTaskDefinitions, input);
  const names = answer.taskDefinitionArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
  return answer.nextToken === undefined ? { names } : { names, nextToken: answer.nextToken };
}

/** All pages, with something done between them. */
async function pages(
  api: TestApi,
  input: Record<string, unknown>,
  between: (page: number) => Promise<void> = async () => {},
): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  for (let page = 1; page < 50; page++) {
    const answer = await list(api, nextToken === undefined ? input : { ...input, nextToken });
    names.push(...answer.names);
    if (answer.nextToken === undefined) return names;
    nextToken = answer.nextToken;
    await between(page);
  }
  throw new Error('too many pages');
}

/** `web` has 11 revisions, of which the second is INACTIVE; `api` and `web-admin` have one. */
async function opened(): Promise<TestApi> {
  const api = await TestApi.open();
  await register(api, 'web', 11);
  await register(api, 'web-admin');
  await register(api, 'api');
  await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:2' });
  return api;
}

const active = ['api:1', ...[1, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((revision) => `web:${revision}`), 'web-admin:1'];

test('by family, then by revision as a number', async () => {
  await using api = await opened();
  expect(await list(api)).toEqual({ names: active });
  expect(await list(api, { sort: 'DESC' })).toEqual({ names: [...active].reverse() });
});

test('by status', async () => {
  await using api = await opened();
  expect(await list(api, { status: 'INACTIVE' })).toEqual({ names: ['web:2'] });
  expect(await list(api, { status: 'DELETE_IN_PROGRESS' })).toEqual({ names: [] });
  await api.call(DeleteTaskDefinitions, { taskDefinitions: ['web:2'] });
  expect(await list(api, { status: 'DELETE_IN_PROGRESS' })).toEqual({ names: ['web:2'] });
});

test('familyPrefix is a whole family name', async () => {
  await using api = await opened();
  expect((await list(api, { familyPrefix: 'web-admin' })).names).toEqual(['web-admin:1']);
  expect((await list(api, { familyPrefix: 'web' })).names).toHaveLength(10);
  expect((await list(api, { familyPrefix: 'we' })).names).toEqual([]);
});

test.each([1, 2, 3, 5, 11, 12, 13])('pages of %i cover all once', async (maxResults) => {
  await using api = await opened();
  expect(await pages(api, { maxResults })).toEqual(active);
  expect(await pages(api, { maxResults, sort: 'DESC' })).toEqual([...active].reverse());
});

test('a page token outlives what comes and goes between the pages', async () => {
  await using api = await opened();
  const seen = await pages(api, { maxResults: 4 }, async (page) => {
    if (page !== 1) return;
    // The last one shown goes; one comes before it, one behind.
    await api.call(DeregisterTaskDefinition, { taskDefinition: 'web:4' });
    await register(api, 'aaa');
    await register(api, 'zzz');
  });
  expect(seen).toEqual([...active, 'zzz:1']);
});

test('another account and another region have lists of their own', async () => {
  await using api = await opened();
  expect(await list(api.as({ accountId: '111111111111' }))).toEqual({ names: [] });
  expect(await list(api.as({ region: 'eu-west-1' }))).toEqual({ names: [] });
});

test.each([
  [{ nextToken: 'x' }, 'Invalid token.'],
  [{ maxResults: 0 }, 'maxResults should be between 1 and 100'],
  [{ maxResults: 101 }, 'maxResults should be between 1 and 100'],
])('%j is refused', async (input, message) => {
  await using api = await opened();
  for (const operation of [ListTaskDefinitions, ListTaskDefinitionFamilies]) {
    await expect(api.call(operation, input)).rejects.toMatchObject({ code: 'InvalidParameterException', message });
  }
});

test("a token of the other list is none of this one's", async () => {
  await using api = await opened();
  const { nextToken } = await api.call(ListTaskDefinitionFamilies, { maxResults: 1 });
  await expect(api.call(ListTaskDefinitions, { nextToken })).rejects.toMatchObject({ message: 'Invalid token.' });
});
