import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiHarness, accountB } from '../../../test/support/api-harness.ts';
import { daemonHarness } from '../../../test/support/daemon-harness.ts';

let api: ApiHarness;

beforeEach(async () => {
  api = await daemonHarness();
});

const arn = (path: string, account = '111111111111') => `arn:aws:ecs:eu-west-1:${account}:${path}`;
const provider = arn('capacity-provider/mine');
const settings = (members: object = {}) => ({
  daemonTaskDefinitionArn: arn('daemon-task-definition/logs:1'),
  capacityProviderArns: [provider],
  ...members,
});
const create = (members: object = {}) => api.call('CreateDaemon', settings({ daemonName: 'logs', ...members }));
const update = (members: object = {}) =>
  api.call('UpdateDaemon', settings({ daemonArn: arn('daemon/default/logs'), ...members }));

describe('what is stored', () => {
  const daemonArn = arn('daemon/default/logs');

  it('a daemon has a revision and a deployment from the start, as it was asked for', async () => {
    const full = {
      clusterArn: arn('cluster/default'),
      daemonTaskDefinitionArn: 'logs',
      deploymentConfiguration: {
        drainPercent: 100,
        bakeTimeInMinutes: 1440,
        alarms: { enable: true, alarmNames: ['a'] },
      },
      tags: [{ key: 'a', value: 'b' }],
      propagateTags: 'DAEMON',
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      critical: false,
    };
    const { deploymentArn, ...made } = await create(full);
    expect(made).toMatchObject({ daemonArn, status: 'ACTIVE' });
    expect(deploymentArn).toMatch(/:daemon-deployment\/default\/logs\/[\w-]{21}$/);
    const { daemon } = await api.call('DescribeDaemon', { daemonArn });
    const counts = { withoutDaemonCount: 1, runningCount: 0, arn: provider };
    expect(daemon).toMatchObject({
      daemonArn,
      clusterArn: arn('cluster/default'),
      deploymentArn,
      currentRevisions: [{ capacityProviders: [counts], totalRunningCount: 0, totalWithoutDaemonCount: 1 }],
    });
    const [revision] = daemon.currentRevisions;
    expect(revision.arn).toMatch(/:daemon-revision\/default\/logs\/[0-9a-f-]{36}$/);
    const described = await api.call('DescribeDaemonRevisions', { daemonRevisionArns: [revision.arn] });
    expect(described).toMatchObject({
      daemonRevisions: [
        {
          daemonRevisionArn: revision.arn,
          daemonArn,
          daemonTaskDefinitionArn: arn('daemon-task-definition/logs:1'),
          containerImages: [{ containerName: 'app', image: 'agent:1' }],
          propagateTags: 'DAEMON',
          enableECSManagedTags: true,
          enableExecuteCommand: true,
          critical: false,
        },
      ],
      failures: [],
    });
    const deployments = await api.call('DescribeDaemonDeployments', { daemonDeploymentArns: [deploymentArn] });
    expect(deployments).toMatchObject({
      daemonDeployments: [
        {
          status: 'PENDING',
          targetDaemonRevision: { arn: revision.arn, totalWithoutDaemonInstanceCount: 1 },
          sourceDaemonRevisions: [],
          circuitBreaker: { failureCount: 0, status: 'MONITORING' },
          alarms: { alarmNames: ['a'], status: 'MONITORING', triggeredAlarmNames: [] },
          deploymentConfiguration: full.deploymentConfiguration,
        },
      ],
      failures: [],
    });
    expect(await api.call('ListTagsForResource', { resourceArn: daemonArn })).toEqual({ tags: full.tags });
    await api.call('TagResource', { resourceArn: daemonArn, tags: [{ key: 'c', value: 'd' }] });
    expect((await api.call('ListTagsForResource', { resourceArn: daemonArn })).tags).toHaveLength(2);
  });

  it('an update has defaults for what it does not say, and stops the deployment before it', async () => {
    const first = await create({
      critical: false,
      propagateTags: 'DAEMON',
      deploymentConfiguration: { drainPercent: 5 },
    });
    const second = await update({ capacityProviderArns: [arn('capacity-provider/other')] });
    expect(second).toMatchObject({ daemonArn, status: 'ACTIVE', updatedAt: expect.anything() });
    const { daemon } = await api.call('DescribeDaemon', { daemonArn });
    const [{ arn: revisionArn, capacityProviders }] = daemon.currentRevisions;
    expect(capacityProviders).toMatchObject([{ arn: arn('capacity-provider/other') }]);
    const { daemonRevisions } = await api.call('DescribeDaemonRevisions', { daemonRevisionArns: [revisionArn] });
    expect(daemonRevisions[0]).toMatchObject({ critical: true, propagateTags: 'NONE', enableExecuteCommand: false });
    const { daemonDeployments } = await api.call('DescribeDaemonDeployments', {
      daemonDeploymentArns: [first.deploymentArn, second.deploymentArn],
    });
    expect(daemonDeployments).toMatchObject([
      { status: 'STOPPED', statusReason: expect.stringContaining('newer deployment') },
      { status: 'PENDING', deploymentConfiguration: { drainPercent: 25, bakeTimeInMinutes: 0 } },
    ]);
  });

  it('is listed by cluster, provider and status, page by page', async () => {
    for (const daemonName of ['one', 'two', 'three']) await create({ daemonName });
    await create({ daemonName: 'elsewhere', capacityProviderArns: [arn('capacity-provider/other')] });
    const names = async (input: object) =>
      (await api.call('ListDaemons', input)).daemonSummariesList.map((each: { daemonArn: string }) =>
        each.daemonArn.split('/').at(-1),
      );
    expect(await names({})).toEqual(['one', 'two', 'three', 'elsewhere']);
    expect(await names({ capacityProviderArns: [provider] })).toEqual(['one', 'two', 'three']);
    const page = await api.call('ListDaemons', { clusterArn: 'default', maxResults: 3 });
    expect(page.daemonSummariesList).toHaveLength(3);
    expect(await names({ clusterArn: 'default', nextToken: page.nextToken })).toEqual(['elsewhere']);
    const one = arn('daemon/default/one');
    await api.call('UpdateDaemon', settings({ daemonArn: one }));
    const first = await api.call('ListDaemonDeployments', { daemonArn: one, maxResults: 1 });
    expect(first.daemonDeployments).toMatchObject([{ status: 'PENDING', daemonArn: one }]);
    const rest = await api.call('ListDaemonDeployments', { daemonArn: one, nextToken: first.nextToken });
    expect(rest.daemonDeployments).toMatchObject([{ status: 'STOPPED' }]);
    const stopped = await api.call('ListDaemonDeployments', { daemonArn: one, status: ['STOPPED'] });
    expect(stopped.daemonDeployments).toEqual(rest.daemonDeployments);
  });

  it('holds what it needs: its cluster and its capacity providers', async () => {
    await create();
    const without = { cluster: 'default', capacityProviders: ['other'], defaultCapacityProviderStrategy: [] };
    await expect(api.call('PutClusterCapacityProviders', without)).rejects.toMatchObject({
      code: 'ResourceInUseException',
    });
    const { containerInstanceArns } = await api.call('ListContainerInstances');
    for (const containerInstance of containerInstanceArns) {
      await api.call('DeregisterContainerInstance', { containerInstance });
    }
    await expect(api.call('DeleteCluster', { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterContainsServicesException',
      message: expect.stringContaining('the daemon logs'),
    });
  });

  it('tasks are listed by the daemon they are of', async () => {
    expect(await api.call('ListTasks', { daemonName: 'logs' })).toEqual({ taskArns: [] });
  });
});

describe('state is checked in ECS’s order: cluster, definition, providers', () => {
  const worst = {
    clusterArn: 'nope',
    daemonTaskDefinitionArn: arn('daemon-task-definition/logs:2'),
    capacityProviderArns: [provider, arn('capacity-provider/FARGATE')],
  };

  it('CreateDaemon', async () => {
    await expect(create(worst)).rejects.toMatchObject({ code: 'ClusterNotFoundException' });
    await expect(create({ ...worst, clusterArn: 'default' })).rejects.toMatchObject({
      code: 'ClientException',
      message: 'DaemonTaskDefinition not found.',
    });
    const onFargate = { capacityProviderArns: worst.capacityProviderArns };
    await expect(create(onFargate)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The capacity provider FARGATE is not a Managed Instances capacity provider.',
    });
    await api.call('DeleteDaemonTaskDefinition', { daemonTaskDefinition: 'logs:1' });
    await expect(create(onFargate)).rejects.toMatchObject({ message: 'DaemonTaskDefinition is inactive' });
  });

  it('UpdateDaemon, DeleteDaemon and DescribeDaemon', async () => {
    for (const [daemonArn, code] of [
      [arn('daemon/nope/logs'), 'ClusterNotFoundException'],
      [arn('daemon/default/logs'), 'DaemonNotFoundException'],
    ] as const) {
      await expect(update({ daemonArn })).rejects.toMatchObject({ code });
      await expect(api.call('DeleteDaemon', { daemonArn })).rejects.toMatchObject({ code });
      await expect(api.call('DescribeDaemon', { daemonArn })).rejects.toMatchObject({ code });
    }
  });
});

describe('reads', () => {
  it('of lists are empty pages', async () => {
    expect(await api.call('ListDaemons')).toEqual({ daemonSummariesList: [] });
    const filters = { clusterArn: 'default', capacityProviderArns: [provider], maxResults: 100 };
    expect(await api.call('ListDaemons', filters)).toEqual({ daemonSummariesList: [] });
    const createdAt = { after: 1, before: 2 };
    const daemonArn = arn('daemon/default/logs');
    const asked = { daemonArn, createdAt, status: ['PENDING'] };
    expect(await api.call('ListDaemonDeployments', asked)).toEqual({ daemonDeployments: [] });
  });

  it('of deployments and revisions are failures', async () => {
    const one = arn('daemon-deployment/default/logs/abc');
    expect(await api.call('DescribeDaemonDeployments', { daemonDeploymentArns: [one] })).toEqual({
      daemonDeployments: [],
      failures: [{ arn: one, reason: 'MISSING' }],
    });
    const other = arn('daemon-revision/default/logs/abc');
    expect(await api.call('DescribeDaemonRevisions', { daemonRevisionArns: [other] })).toEqual({
      daemonRevisions: [],
      failures: [{ arn: other, reason: 'MISSING' }],
    });
  });

  it.each([
    ['ListDaemons', { maxResults: 101 }, 'maxResults should be between 1 and 100'],
    ['ListDaemons', { nextToken: 'x' }, 'Invalid token.'],
    ['ListDaemons', { capacityProviderArns: ['x'] }, 'Invalid identifier: Unexpected ARN x'],
    ['ListDaemonDeployments', { daemonArn: 'logs' }, 'Invalid identifier: Unexpected ARN logs'],
    [
      'ListDaemonDeployments',
      { daemonArn: arn('daemon/default/logs'), createdAt: { after: 2, before: 1 } },
      'createdAt: before must not be earlier than after.',
    ],
    ['DescribeDaemon', { daemonArn: arn('daemon/logs') }, `Invalid identifier: Unexpected ARN ${arn('daemon/logs')}`],
    ['DescribeDaemon', { daemonArn: arn('daemon/default/logs', accountB) }, 'AccountIDs mismatch'],
    ['DescribeDaemonDeployments', { daemonDeploymentArns: [] }, 'Daemon Deployment Arns cannot be empty.'],
    [
      'DescribeDaemonRevisions',
      { daemonRevisionArns: Array.from({ length: 21 }, () => arn('daemon-revision/default/logs/a')) },
      'Daemon Revision Arns cannot have more than 20 elements.',
    ],
    [
      'DescribeDaemonRevisions',
      { daemonRevisionArns: [arn('daemon-deployment/default/logs/a')] },
      `Invalid identifier: Unexpected ARN ${arn('daemon-deployment/default/logs/a')}`,
    ],
  ])('%s refuses %j', async (operation, input, message) => {
    await expect(api.call(operation, input)).rejects.toMatchObject({ code: 'InvalidParameterException', message });
  });

  it.each([
    ['ListDaemons', { clusterArn: 'nope' }],
    ['ListDaemonDeployments', { daemonArn: arn('daemon/nope/logs') }],
  ])('%s knows its cluster', async (operation, input) => {
    await expect(api.call(operation, input)).rejects.toMatchObject({ code: 'ClusterNotFoundException' });
  });
});
