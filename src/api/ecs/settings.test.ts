import { describe, expect, it } from 'vitest';
import { accountB, apiHarness, region } from '../../../test/support/api-harness.ts';

const account = '111111111111';
const root = `arn:aws:iam::${account}:root`;
const user = `arn:aws:iam::${account}:user/ann`;

async function settings() {
  const { call, ...rest } = await apiHarness();
  const effective = async (name: string, principalArn?: string): Promise<unknown> => {
    const asked = { name, effectiveSettings: true, ...(principalArn === undefined ? {} : { principalArn }) };
    return (await call('ListAccountSettings', asked)).settings[0];
  };
  return { call, effective, ...rest };
}

describe('account settings', () => {
  it('have the values the service has for everybody who set nothing', async () => {
    const { call } = await settings();
    const shown: Record<string, string> = {};
    for (let nextToken: string | undefined; ; ) {
      const answer = await call('ListAccountSettings', {
        effectiveSettings: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      for (const { name, value } of answer.settings) shown[name] = value;
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    expect(shown).toEqual({
      serviceLongArnFormat: 'enabled',
      taskLongArnFormat: 'enabled',
      containerInstanceLongArnFormat: 'enabled',
      awsvpcTrunking: 'disabled',
      containerInsights: 'disabled',
      dualStackIPv6: 'disabled',
      fargateFIPSMode: 'disabled',
      tagResourceAuthorization: 'on',
      fargateTaskRetirementWaitPeriod: '7',
      fargateEventWindows: 'disabled',
      guardDutyActivate: 'off',
      defaultLogDriverMode: 'non-blocking',
    });
  });

  it('hold for a principal by its own value, then the account’s, then the service’s', async () => {
    const { call, effective } = await settings();
    const name = 'containerInsights';
    expect(await effective(name, user)).toEqual({ name, value: 'disabled', principalArn: user, type: 'user' });
    await call('PutAccountSettingDefault', { name, value: 'enabled' });
    expect(await effective(name, user)).toMatchObject({ value: 'enabled' });
    await call('PutAccountSetting', { name, value: 'enhanced', principalArn: user });
    expect(await effective(name, user)).toMatchObject({ value: 'enhanced' });
    expect(await effective(name)).toMatchObject({ value: 'enabled', principalArn: root });
    await call('DeleteAccountSetting', { name, principalArn: user });
    expect(await effective(name, user)).toMatchObject({ value: 'enabled' });
  });

  it('give new clusters the caller’s containerInsights, unless they bring their own', async () => {
    const { call } = await settings();
    await call('PutAccountSetting', { name: 'containerInsights', value: 'enhanced' });
    const insights = async (input: object) => (await call('CreateCluster', input)).cluster.settings;
    expect(await insights({ clusterName: 'a' })).toEqual([{ name: 'containerInsights', value: 'enhanced' }]);
    const own = [{ name: 'containerInsights', value: 'disabled' }];
    expect(await insights({ clusterName: 'b', settings: own })).toEqual(own);
  });

  it('that AWS manages are shown as such and cannot be set', async () => {
    const { call, effective } = await settings();
    expect(await effective('guardDutyActivate')).toMatchObject({ value: 'off', type: 'aws_managed' });
    await expect(call('PutAccountSetting', { name: 'guardDutyActivate', value: 'on' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The setting guardDutyActivate is managed by AWS and cannot be changed.',
    });
  });

  it.each(['0', '7', '14'])('let Fargate wait %s days', async (value) => {
    const { call, effective } = await settings();
    const name = 'fargateTaskRetirementWaitPeriod';
    await call('PutAccountSettingDefault', { name, value });
    expect(await effective(name, user)).toMatchObject({ value });
  });

  it.each(['serviceLongArnFormat', 'taskLongArnFormat', 'containerInstanceLongArnFormat'])(
    '%s cannot be disabled any more',
    async (name) => {
      const { call } = await settings();
      await call('PutAccountSetting', { name, value: 'enabled' });
      await expect(call('PutAccountSetting', { name, value: 'disabled' })).rejects.toMatchObject({
        code: 'InvalidParameterException',
        message: 'The long ARN format is the only one; it cannot be disabled.',
      });
    },
  );

  const waitPeriod = 'fargateTaskRetirementWaitPeriod';
  it.each([
    [
      'a value a setting does not take',
      { name: waitPeriod, value: '8' },
      'Invalid setting value for fargateTaskRetirementWaitPeriod: 8. Valid values: 0, 7, 14',
    ],
    ['a mode that is none', { name: 'defaultLogDriverMode', value: 'fast' }, 'Invalid setting value'],
    [
      'an account’s setting for one user',
      { name: waitPeriod, value: '0', principalArn: user },
      'The setting fargateTaskRetirementWaitPeriod holds for the account.',
    ],
    ['tagging authorization off', { name: 'tagResourceAuthorization', value: 'off' }, 'it cannot be turned off'],
    ['what is no principal', { name: 'containerInsights', value: 'enabled', principalArn: 'ann' }, 'Invalid principal'],
    [
      'a principal of another account',
      { name: 'containerInsights', value: 'enabled', principalArn: `arn:aws:iam::${accountB}:root` },
      'AccountIDs mismatch',
    ],
    ['an unknown setting', { name: 'nope', value: 'on' }, 'Member must satisfy enum value set'],
  ])('refuse %s and change nothing', async (_, input, message) => {
    const { call, store } = await settings();
    const before = store.revision;
    await expect(call('PutAccountSetting', input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
    expect(store.revision).toBe(before);
  });

  it('are filtered by value only together with a name', async () => {
    const { call } = await settings();
    await expect(call('ListAccountSettings', { value: 'on' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'A setting name must be specified when filtering by value.',
    });
    const input = { name: 'tagResourceAuthorization', value: 'on', effectiveSettings: true };
    expect((await call('ListAccountSettings', input)).settings).toHaveLength(1);
    expect((await call('ListAccountSettings', { ...input, value: 'off' })).settings).toEqual([]);
  });
});

/** Long and short ARNs mean the same, whatever the settings say. */
describe('ARNs of both formats', () => {
  it('name tasks, services and instances', async () => {
    const { call, addHost } = await settings();
    await call('CreateCluster');
    const instance = await addHost({ cluster: 'default' });
    await call('RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 4 }],
    });
    const { tasks } = await call('RunTask', { taskDefinition: 'job' });
    await call('CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 0 });
    const prefix = `arn:aws:ecs:${region}:${account}:`;
    const short = (type: string, arn: string) => `${prefix}${type}/${arn.split('/').at(-1)}`;
    for (const task of [tasks[0].taskArn, short('task', tasks[0].taskArn), tasks[0].taskArn.split('/').at(-1)]) {
      expect((await call('DescribeTasks', { tasks: [task] })).tasks).toHaveLength(1);
    }
    for (const each of [instance, short('container-instance', instance)]) {
      const input = { containerInstances: [each] };
      expect((await call('DescribeContainerInstances', input)).containerInstances).toHaveLength(1);
    }
    for (const service of ['web', `${prefix}service/web`, `${prefix}service/default/web`]) {
      expect((await call('DescribeServices', { services: [service] })).services).toHaveLength(1);
    }
  });
});
