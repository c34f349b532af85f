import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiHarness, accountB } from '../../../../test/support/api-harness.ts';
import { daemonHarness } from '../../../../test/support/daemon-harness.ts';
import { expectRefusal, expectRule, type Rule } from '../../../../test/support/rules.ts';

let api: ApiHarness;

beforeEach(async () => {
  api = await daemonHarness();
});

const arn = (path: string, account = '111111111111') => `arn:aws:ecs:eu-west-1:${account}:${path}`;
const provider = arn('capacity-provider/mine');
const settings = { daemonTaskDefinitionArn: 'logs:1', capacityProviderArns: [provider] };
const create = ['CreateDaemon', { daemonName: 'logs', ...settings }] as const;
const update = ['UpdateDaemon', { daemonArn: arn('daemon/default/logs'), ...settings }] as const;
const deployed = (deploymentConfiguration: object) => ({ deploymentConfiguration });
const alarms = (members: object) => deployed({ alarms: members });

const shared: Rule[] = [
  {
    rule: 'a daemon has a definition',
    refused: { daemonTaskDefinitionArn: '' },
    text: 'DaemonTaskDefinition can not be blank.',
    accepted: { daemonTaskDefinitionArn: 'logs' },
  },
  {
    rule: 'a revision is a positive number',
    refused: { daemonTaskDefinitionArn: 'logs:0' },
    text: 'Invalid revision number. Number: 0',
    accepted: { daemonTaskDefinitionArn: 'logs:1' },
  },
  {
    rule: 'a daemon has capacity providers',
    refused: { capacityProviderArns: [] },
    text: 'Capacity Provider Arns cannot be empty.',
    accepted: { capacityProviderArns: [provider] },
  },
  {
    rule: 'capacity providers are named by ARN',
    refused: { capacityProviderArns: ['mine'] },
    text: 'Invalid identifier: Unexpected ARN mine',
    accepted: { capacityProviderArns: [provider] },
  },
  {
    rule: 'capacity providers are of the account',
    refused: { capacityProviderArns: [arn('capacity-provider/mine', accountB)] },
    text: 'AccountIDs mismatch',
    accepted: { capacityProviderArns: [provider] },
  },
  {
    rule: 'a capacity provider is there once',
    refused: { capacityProviderArns: [provider, provider] },
    text: 'Duplicate capacity provider found: mine',
    accepted: { capacityProviderArns: [provider, arn('capacity-provider/other')] },
  },
  {
    rule: 'at most all is drained',
    refused: deployed({ drainPercent: 100.5 }),
    text: 'drainPercent must be between 0 and 100.',
    accepted: deployed({ drainPercent: 0.5 }),
  },
  {
    rule: 'at least nothing is drained',
    refused: deployed({ drainPercent: -0.5 }),
    text: 'drainPercent must be between 0 and 100.',
    accepted: deployed({ drainPercent: 100 }),
  },
  {
    rule: 'a daemon bakes for no less than nothing',
    refused: deployed({ bakeTimeInMinutes: -1 }),
    text: 'bakeTimeInMinutes must be between 0 and 1440.',
    accepted: deployed({ bakeTimeInMinutes: 0 }),
  },
  {
    rule: 'a daemon bakes for no more than a day',
    refused: deployed({ bakeTimeInMinutes: 1441 }),
    text: 'bakeTimeInMinutes must be between 0 and 1440.',
    accepted: deployed({ bakeTimeInMinutes: 1440 }),
  },
  {
    rule: 'alarms of daemons that are on are some',
    refused: alarms({ enable: true }),
    text: 'alarmNames cannot be empty when alarms are enabled.',
    accepted: alarms({ enable: true, alarmNames: ['errors'] }),
  },
  {
    rule: 'alarms of daemons have names',
    refused: alarms({ alarmNames: [''] }),
    text: 'Alarm names must have 1 to 255 characters.',
    accepted: alarms({ alarmNames: ['a'.repeat(255)] }),
  },
];

const creating: Rule[] = [
  {
    rule: 'the name of a daemon has letters, digits, hyphens and underscores',
    refused: { daemonName: 'a b' },
    text: 'DaemonName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b',
    accepted: { daemonName: 'a_b-1' },
  },
  {
    rule: 'a token for a daemon has at most 36 characters',
    refused: { clientToken: 'x'.repeat(37) },
    text: 'clientToken must be 1 to 36 characters in the ASCII range 33-126',
    accepted: { clientToken: 'x'.repeat(36) },
  },
  {
    rule: 'the tags of a daemon have keys',
    refused: { tags: [{ key: '', value: '' }] },
    text: 'Tag keys must be between 1 and 128 characters in length.',
    accepted: { tags: [{ key: 'a', value: '' }] },
  },
  {
    rule: 'the definition of a daemon is there',
    refused: { daemonTaskDefinitionArn: 'logs:2' },
    code: 'ClientException',
    text: 'DaemonTaskDefinition not found.',
    accepted: { daemonTaskDefinitionArn: 'logs:1' },
  },
  {
    rule: 'the capacity providers of a daemon have Managed Instances',
    refused: { capacityProviderArns: [arn('capacity-provider/FARGATE')] },
    text: 'The capacity provider FARGATE is not a Managed Instances capacity provider.',
    accepted: { capacityProviderArns: [provider] },
  },
  {
    rule: 'the capacity providers of a daemon are there',
    refused: { capacityProviderArns: [arn('capacity-provider/nope')] },
    code: 'ClientException',
    text: 'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    accepted: { capacityProviderArns: [arn('capacity-provider/other')] },
  },
  {
    rule: 'the cluster of a daemon is there',
    refused: { clusterArn: 'nope' },
    code: 'ClusterNotFoundException',
    text: 'Cluster not found.',
    accepted: { clusterArn: 'default' },
  },
];

describe('CreateDaemon', () => {
  it.each([...shared, ...creating])('$rule', (rule) => expectRule(api, create, rule));

  it('a daemon is made of capacity providers of its cluster', async () => {
    await api.call('CreateCluster', { clusterName: 'bare' });
    const text =
      'The capacity provider mine is not associated with the cluster. Associate the capacity provider with the cluster and try again.';
    await expectRefusal(api, [create[0], { ...create[1], clusterArn: 'bare' }], { text });
  });

  it('a daemon is made once, and again by the very same call alone', async () => {
    const [operation, input] = create;
    const made = await api.call(operation, { ...input, clientToken: 'once' });
    expect(await api.call(operation, { ...input, clientToken: 'once' })).toEqual(made);
    for (const other of [{}, { clientToken: 'other' }, { clientToken: 'once', critical: false }]) {
      await expectRefusal(api, [operation, { ...input, ...other }], { text: 'Creation of daemon was not idempotent.' });
    }
  });
});

describe('UpdateDaemon', () => {
  it.each(shared)('$rule', async (rule) => {
    await api.call(...create);
    await expectRule(api, update, rule);
  });

  it('a daemon that is deleted is not ACTIVE', async () => {
    await api.call(...create);
    await api.call('DeleteDaemon', { daemonArn: arn('daemon/default/logs') });
    const refusal = { code: 'DaemonNotActiveException', text: 'Daemon was not ACTIVE.' };
    await expectRefusal(api, update, refusal);
    await expectRefusal(api, ['DeleteDaemon', { daemonArn: arn('daemon/default/logs') }], refusal);
  });

  it('no daemon is found', async () => {
    await expectRefusal(api, update, { code: 'DaemonNotFoundException', text: 'Daemon not found.' });
  });
});
