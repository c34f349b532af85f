import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let api: ApiHarness;

beforeEach(async () => {
  api = await apiHarness();
});

const arn = (reference: string) => `arn:aws:ecs:eu-west-1:111111111111:daemon-task-definition/${reference}`;
const container = (members: object = {}) => ({ name: 'app', image: 'agent:1', memory: 64, ...members });
const definition = (members: object = {}) => ({ family: 'logs', containerDefinitions: [container()], ...members });
const register = async (members: object = {}): Promise<string> =>
  (await api.call('RegisterDaemonTaskDefinition', definition(members))).daemonTaskDefinitionArn;
const describeOne = async (daemonTaskDefinition: string): Promise<Answer> =>
  (await api.call('DescribeDaemonTaskDefinition', { daemonTaskDefinition })).daemonTaskDefinition;
const remove = (daemonTaskDefinition: string) => api.call('DeleteDaemonTaskDefinition', { daemonTaskDefinition });

describe('registering', () => {
  it('stores the whole definition, completed', async () => {
    const answer = await api.call(
      'RegisterDaemonTaskDefinition',
      definition({
        cpu: '.25 vCPU',
        memory: '0.5 GB',
        pidMode: 'shared',
        executionRoleArn: 'execution',
        networkMode: 'awsvpc',
        volumes: [{ name: 'host' }, { name: 'logs', logDriverVolumeConfiguration: { driver: 'json-file' } }],
        containerDefinitions: [
          container({
            portMappings: [{ containerPort: 80 }],
            mountPoints: [
              { sourceVolume: 'host', containerPath: '/h' },
              { sourceVolume: 'logs', containerPath: '/l', readOnly: true },
            ],
          }),
        ],
      }),
    );
    expect(answer).toEqual({ daemonTaskDefinitionArn: arn('logs:1') });
    expect(await describeOne('logs')).toEqual({
      daemonTaskDefinitionArn: arn('logs:1'),
      family: 'logs',
      revision: 1,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      pidMode: 'shared',
      executionRoleArn: 'execution',
      volumes: [
        { name: 'host', host: {} },
        { name: 'logs', logDriverVolumeConfiguration: { driver: 'json-file' } },
      ],
      containerDefinitions: [
        {
          name: 'app',
          image: 'agent:1',
          memory: 64,
          cpu: 0,
          essential: true,
          environment: [],
          systemControls: [],
          mountPoints: [
            { sourceVolume: 'host', containerPath: '/h' },
            { sourceVolume: 'logs', containerPath: '/l', readOnly: true },
          ],
        },
      ],
      registeredAt: 1_800_000_000,
      registeredBy: 'arn:aws:iam::111111111111:root',
    });
  });

  it('gives each revision a number that never comes back', async () => {
    expect([await register(), await register()]).toEqual([arn('logs:1'), arn('logs:2')]);
    await remove('logs:2');
    await api.store.update('reaper', (tx) => tx.daemonTaskDefinitions.delete(arn('logs:2')));
    expect(await register()).toBe(arn('logs:3'));
    const elsewhere = await api.call('RegisterDaemonTaskDefinition', definition(), { accountId: accountB });
    expect(elsewhere.daemonTaskDefinitionArn).toMatch(/:222222222222:.*\/logs:1$/);
  });

  it('ends at a million revisions', async () => {
    await register();
    await api.store.update('api', (tx) => {
      for (const family of tx.daemonTaskDefinitionFamilies.all())
        tx.daemonTaskDefinitionFamilies.put({ ...family, lastRevision: 1_000_000 });
    });
    await expect(register()).rejects.toMatchObject({ code: 'LimitExceededException' });
  });
});

describe('describing and deleting', () => {
  it('finds the newest ACTIVE revision, and any by number or ARN', async () => {
    for (let i = 0; i < 3; i++) await register();
    await remove('logs:3');
    expect((await describeOne('logs')).revision).toBe(2);
    expect(await describeOne(arn('logs:3'))).toMatchObject({
      status: 'DELETE_IN_PROGRESS',
      deleteRequestedAt: 1_800_000_000,
    });
  });

  it.each([
    ['nothing', 'ClientException', 'Unable to describe daemon task definition.'],
    ['logs:7', 'ClientException', 'Unable to describe daemon task definition.'],
    ['logs:x', 'InvalidParameterException', 'Invalid revision number. Number: x'],
    [
      arn('logs:1').replace('daemon-', ''),
      'InvalidParameterException',
      `Invalid identifier: Unexpected ARN ${arn('logs:1').replace('daemon-', '')}`,
    ],
    [arn('logs:1').replace(/1{12}/, accountB), 'InvalidParameterException', 'AccountIDs mismatch'],
  ])('does not describe %s', async (reference, code, message) => {
    await register();
    await expect(describeOne(reference)).rejects.toMatchObject({ code, message });
  });

  it('deletes one ACTIVE revision, once', async () => {
    await register();
    expect(await remove(arn('logs:1'))).toEqual({ daemonTaskDefinitionArn: arn('logs:1') });
    const code = 'ClientException';
    await expect(remove('logs:1')).rejects.toMatchObject({
      code,
      message: 'The specified daemon task definition is inactive. You must specify an active daemon task definition.',
    });
    await expect(remove('logs')).rejects.toMatchObject({ code, message: 'Revision is missing.' });
    await expect(remove('logs:2')).rejects.toMatchObject({
      code,
      message:
        'The specified daemon task definition does not exist. Specify a valid account, family, revision and try again.',
    });
    await expect(describeOne('logs')).rejects.toMatchObject({ code });
  });
});

describe('listing', () => {
  const list = (input: object = {}) => api.call('ListDaemonTaskDefinitions', input);
  const names = (answer: Answer): string[] =>
    answer.daemonTaskDefinitions.map((each: Answer) => each.arn.slice(each.arn.indexOf('/') + 1));

  beforeEach(async () => {
    for (const family of ['b', 'a', 'ab', 'b', 'a', 'b']) await register({ family });
    await remove('b:3');
  });

  it.each([
    [{}, ['a:1', 'a:2', 'ab:1', 'b:1', 'b:2']],
    [{ sort: 'DESC' }, ['b:2', 'b:1', 'ab:1', 'a:2', 'a:1']],
    [{ familyPrefix: 'a' }, ['a:1', 'a:2', 'ab:1']],
    [{ family: 'a' }, ['a:1', 'a:2']],
    [{ family: 'a', familyPrefix: 'b' }, []],
    [{ revision: 'LAST_REGISTERED' }, ['a:2', 'ab:1', 'b:2']],
    [{ revision: 'LAST_REGISTERED', status: 'ALL' }, ['a:2', 'ab:1', 'b:3']],
    [{ status: 'DELETE_IN_PROGRESS' }, ['b:3']],
    [{ status: 'ALL', family: 'b' }, ['b:1', 'b:2', 'b:3']],
  ])('by %j', async (input, expected) => {
    expect(names(await list(input))).toEqual(expected);
    const paged: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await list({ ...input, maxResults: 1, ...(nextToken === undefined ? {} : { nextToken }) });
      paged.push(...names(page));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(paged).toEqual(expected);
  });

  it('shows who registered what when, to its account alone', async () => {
    expect((await list({ status: 'DELETE_IN_PROGRESS' })).daemonTaskDefinitions).toEqual([
      {
        arn: arn('b:3'),
        status: 'DELETE_IN_PROGRESS',
        registeredAt: 1_800_000_000,
        registeredBy: 'arn:aws:iam::111111111111:root',
        deleteRequestedAt: 1_800_000_000,
      },
    ]);
    const other = await api.call('ListDaemonTaskDefinitions', {}, { accountId: accountB });
    expect(other).toEqual({ daemonTaskDefinitions: [] });
  });

  it.each([
    [{ nextToken: 'x' }, 'Invalid token.'],
    [{ maxResults: 101 }, 'maxResults should be between 1 and 100'],
    [{ status: 'DELETED' }, /enum value set: \[ACTIVE, DELETE_IN_PROGRESS, ALL\]/],
  ])('refuses %j', async (input, message) => {
    const text = message instanceof RegExp ? expect.stringMatching(message) : message;
    await expect(list(input)).rejects.toMatchObject({ code: 'InvalidParameterException', message: text });
  });
});

it('tags belong to a revision', async () => {
  const resourceArn = await register({ tags: [{ key: 'team', value: 'core' }] });
  await api.call('TagResource', { resourceArn, tags: [{ key: 'cost', value: '1' }] });
  await api.call('UntagResource', { resourceArn, tagKeys: ['team'] });
  expect((await api.call('ListTagsForResource', { resourceArn })).tags).toEqual([{ key: 'cost', value: '1' }]);
  expect(await describeOne('logs')).not.toHaveProperty('tags');
  await expect(api.call('ListTagsForResource', { resourceArn: arn('logs:2') })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});
