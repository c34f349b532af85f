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

it('CreateDaemon names what is missing once everything else is right', async () => {
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
    clientToken: 'x'.repeat(36),
    critical: false,
  };
  for (const members of [{}, full]) {
    await expect(create(members)).rejects.toMatchObject({
      code: 'UnsupportedFeatureException',
      message:
        'Daemons run on Managed Instances capacity providers, which are not part of this version of Roadstead: mine. ' +
        'To run one task on each container instance, create a service with the placement constraint distinctInstance.',
    });
  }
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
