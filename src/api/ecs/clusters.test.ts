import { describe, expect, it } from 'vitest';
import { accountB, apiHarness } from '../../../test/support/api-harness.ts';
import { fargateDefinition } from '../../../test/support/definitions.ts';

describe('clusters', () => {
  it('are made once per name, account and region', async () => {
    const { call } = await apiHarness();
    const first = await call('CreateCluster', { clusterName: 'web', tags: [{ key: 'team', value: 'core' }] });
    expect(first.cluster).toMatchObject({
      clusterArn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/web',
      status: 'ACTIVE',
      runningTasksCount: 0,
      registeredContainerInstancesCount: 0,
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      tags: [{ key: 'team', value: 'core' }],
      statistics: [],
      capacityProviders: [],
    });
    expect((await call('CreateCluster', { clusterName: 'web' })).cluster.tags).toEqual(first.cluster.tags);
    await call('CreateCluster', { clusterName: 'web' }, { accountId: accountB });
    expect((await call('ListClusters')).clusterArns).toEqual([first.cluster.clusterArn]);
    expect((await call('ListClusters', {}, { accountId: accountB })).clusterArns).toHaveLength(1);
    expect((await call('ListClusters', {}, { region: 'us-east-1' as never })).clusterArns).toEqual([]);
  });

  it('are described with failures for unknown ones and lists only when included', async () => {
    const { call } = await apiHarness();
    await call('CreateCluster');
    const { clusters, failures } = await call('DescribeClusters', { clusters: ['default', 'nope'] });
    expect(clusters[0]).toMatchObject({ clusterName: 'default', settings: [], tags: [], statistics: [] });
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/nope', reason: 'MISSING' }]);
    const full = await call('DescribeClusters', { include: ['STATISTICS', 'SETTINGS'] });
    expect(full.clusters[0].statistics).toContainEqual({ name: 'runningFargateTasksCount', value: '0' });
    expect(full.clusters[0].settings).toHaveLength(1);
  });

  it('turn INACTIVE when deleted, and their name starts afresh', async () => {
    const { call } = await apiHarness();
    await call('CreateCluster', { clusterName: 'gone', tags: [{ key: 'a', value: 'b' }] });
    expect((await call('DeleteCluster', { cluster: 'gone' })).cluster.status).toBe('INACTIVE');
    expect((await call('ListClusters')).clusterArns).toEqual([]);
    expect((await call('DescribeClusters', { clusters: ['gone'] })).clusters[0].status).toBe('INACTIVE');
    await expect(call('ListTasks', { cluster: 'gone' })).rejects.toThrow('The referenced cluster was inactive.');
    const again = await call('CreateCluster', { clusterName: 'gone' });
    expect(again.cluster).toMatchObject({ status: 'ACTIVE', tags: [] });
  });

  it('cannot be deleted while they hold instances', async () => {
    const { call, addHost } = await apiHarness();
    await call('CreateCluster', { clusterName: 'full' });
    await addHost({ cluster: 'full' });
    await expect(call('DeleteCluster', { cluster: 'full' })).rejects.toMatchObject({
      code: 'ClusterContainsContainerInstancesException',
      message: 'The Cluster cannot be deleted while Container Instances are active or draining.',
    });
  });

  it('cannot be deleted while they hold services or tasks', async () => {
    const { call, addHost } = await apiHarness();
    await call('CreateCluster');
    const containerDefinitions = [{ name: 'app', image: 'app:1', memory: 4 }];
    await call('RegisterTaskDefinition', { family: 'job', containerDefinitions });
    await call('CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 0 });
    await expect(call('DeleteCluster', { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterContainsServicesException',
      message: 'The Cluster cannot be deleted while Services are active.',
    });
    await call('DeleteService', { service: 'web' });
    const containerInstance = await addHost({ cluster: 'default' });
    const [{ taskArn }] = (await call('RunTask', { taskDefinition: 'job' })).tasks;
    await call('SubmitTaskStateChange', { task: taskArn, status: 'RUNNING' });
    await call('UpdateContainerInstancesState', { containerInstances: [containerInstance], status: 'DRAINING' });
    await expect(call('DeleteCluster', { cluster: 'default' })).rejects.toMatchObject({
      message: 'The Cluster cannot be deleted while Container Instances are active or draining.',
    });
  });

  it('cannot be deleted while tasks of the Fargate pool are left', async () => {
    const { call, addHost, subnets } = await apiHarness();
    await call('CreateCluster');
    await addHost({ pool: 'fargate' });
    await call('RegisterTaskDefinition', fargateDefinition('web'));
    const networkConfiguration = { awsvpcConfiguration: { subnets: await subnets() } };
    await call('RunTask', { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration });
    await expect(call('DeleteCluster', { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterContainsTasksException',
      message: 'The Cluster cannot be deleted while Tasks are active.',
    });
  });

  it('page in order of creation, each seen once', async () => {
    const { call } = await apiHarness();
    for (let i = 0; i < 5; i++) await call('CreateCluster', { clusterName: `c${i}` });
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('ListClusters', { maxResults: 2, ...(nextToken === undefined ? {} : { nextToken }) });
      seen.push(...page.clusterArns);
      nextToken = page.nextToken;
      if (seen.length === 2) await call('DeleteCluster', { cluster: 'c1' });
    } while (nextToken !== undefined);
    expect(seen.map((arn) => arn.split('/')[1])).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
  });

  const refusals: [string, string, object, string, string][] = [
    [
      'a bad name',
      'CreateCluster',
      { clusterName: 'a b' },
      'InvalidParameterException',
      'ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$',
    ],
    [
      'a name too long',
      'CreateCluster',
      { clusterName: 'x'.repeat(256) },
      'InvalidParameterException',
      'ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$',
    ],
    ['an unknown cluster', 'DeleteCluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'another account',
      'DescribeClusters',
      { clusters: ['arn:aws:ecs:eu-west-1:222222222222:cluster/x'] },
      'InvalidParameterException',
      'AccountIDs mismatch',
    ],
    [
      'another region',
      'DescribeClusters',
      { clusters: ['arn:aws:ecs:us-east-1:111111111111:cluster/x'] },
      'InvalidParameterException',
      'Region mismatch',
    ],
    ['a forged token', 'ListClusters', { nextToken: 'abc' }, 'InvalidParameterException', 'Invalid token.'],
    [
      'a page too large',
      'ListClusters',
      { maxResults: 101 },
      'InvalidParameterException',
      'maxResults should be between 1 and 100',
    ],
    [
      'a setting of another name',
      'UpdateClusterSettings',
      { cluster: 'x', settings: [{ name: 'other', value: 'enabled' }] },
      'InvalidParameterException',
      '',
    ],
    [
      'exec logging without OVERRIDE',
      'CreateCluster',
      { configuration: { executeCommandConfiguration: { logConfiguration: { s3BucketName: 'b' } } } },
      'InvalidParameterException',
      "You must set logging to 'OVERRIDE' when you supply a log configuration.",
    ],
    [
      'OVERRIDE without a destination',
      'CreateCluster',
      { configuration: { executeCommandConfiguration: { logging: 'OVERRIDE' } } },
      'InvalidParameterException',
      'A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration.',
    ],
    [
      'a namespace too long',
      'CreateCluster',
      { serviceConnectDefaults: { namespace: 'n'.repeat(1025) } },
      'InvalidParameterException',
      'serviceConnectDefaults.namespace cannot be longer than 1024 characters.',
    ],
    [
      'a namespace that there is not',
      'CreateCluster',
      { serviceConnectDefaults: { namespace: 'arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-1' } },
      'NamespaceNotFoundException',
      'Namespace not found: arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-1',
    ],
    ['tags of AWS', 'CreateCluster', { tags: [{ key: 'aws:x', value: '1' }] }, 'ClientException', 'reserved prefix'],
    [
      'too many tags',
      'CreateCluster',
      { tags: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })) },
      'InvalidParameterException',
      'The number of tags exceeds the limit of 50.',
    ],
  ];
  it.each(refusals)('refuse %s and change nothing', async (_, operation, input, code, message) => {
    const { call, store } = await apiHarness();
    const before = store.revision;
    await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(store.revision).toBe(before);
  });
});

describe('the default namespace of a cluster', () => {
  it('is made where nobody has the name, found where somebody has, and taken away by an empty one', async () => {
    const { call } = await apiHarness();
    const named = { serviceConnectDefaults: { namespace: 'internal' } };
    const { cluster } = await call('CreateCluster', { clusterName: 'a', ...named });
    const list = () => call('ListNamespaces', {}, { service: 'servicediscovery' });
    const [made, ...others] = (await list()).Namespaces;
    expect([made.Name, made.Type, others]).toEqual(['internal', 'HTTP', []]);
    expect(cluster).toMatchObject({
      status: 'ACTIVE',
      serviceConnectDefaults: { namespace: made.Arn },
      attachments: [{ type: 'sc', status: 'CREATED', details: [] }],
      attachmentsStatus: 'UPDATE_COMPLETE',
    });
    await call('CreateCluster', { clusterName: 'b' });
    const { cluster: second } = await call('UpdateCluster', { cluster: 'b', ...named });
    expect([second.serviceConnectDefaults, (await list()).Namespaces.length]).toEqual([{ namespace: made.Arn }, 1]);
    const byArn = { cluster: 'a', serviceConnectDefaults: { namespace: made.Arn } };
    expect((await call('UpdateCluster', byArn)).cluster.serviceConnectDefaults).toEqual({ namespace: made.Arn });
    await call('UpdateCluster', { cluster: 'b', serviceConnectDefaults: { namespace: '' } });
    const { clusters } = await call('DescribeClusters', { clusters: ['b'] });
    expect(clusters[0]).not.toHaveProperty('serviceConnectDefaults');
    expect((await list()).Namespaces).toHaveLength(1);
  });
});

describe('account settings', () => {
  it('fall back from the principal to the account to the service', async () => {
    const { call } = await apiHarness();
    const effective = async () =>
      (await call('ListAccountSettings', { name: 'containerInsights', effectiveSettings: true })).settings[0].value;
    expect(await effective()).toBe('disabled');
    await call('PutAccountSettingDefault', { name: 'containerInsights', value: 'enabled' });
    expect(await effective()).toBe('enabled');
    expect((await call('CreateCluster')).cluster.settings).toEqual([{ name: 'containerInsights', value: 'enabled' }]);
    await call('DeleteAccountSetting', { name: 'containerInsights' });
    expect(await effective()).toBe('disabled');
    await expect(call('PutAccountSetting', { name: 'containerInsights', value: 'maybe' })).rejects.toThrow(
      'Invalid setting value',
    );
  });

  it('page ten at a time', async () => {
    const { call } = await apiHarness();
    const first = await call('ListAccountSettings', { effectiveSettings: true });
    expect(first.settings).toHaveLength(10);
    const rest = await call('ListAccountSettings', { effectiveSettings: true, nextToken: first.nextToken });
    expect(rest.settings.length).toBeGreaterThan(0);
    expect(rest.nextToken).toBeUndefined();
  });
});

describe('tags', () => {
  it('are added, replaced, listed and taken away', async () => {
    const { call } = await apiHarness();
    const { cluster } = await call('CreateCluster', { tags: [{ key: 'a', value: '1' }] });
    const resourceArn = cluster.clusterArn;
    await call('TagResource', {
      resourceArn,
      tags: [
        { key: 'a', value: '2' },
        { key: 'b', value: '3' },
      ],
    });
    const listed = await call('ListTagsForResource', { resourceArn });
    expect(listed.tags).toEqual(
      expect.arrayContaining([
        { key: 'a', value: '2' },
        { key: 'b', value: '3' },
      ]),
    );
    await call('UntagResource', { resourceArn, tagKeys: ['a', 'never'] });
    expect((await call('ListTagsForResource', { resourceArn })).tags).toEqual([{ key: 'b', value: '3' }]);
  });

  it('belong to resources that exist, named by their long ARN', async () => {
    const { call } = await apiHarness();
    const scope = 'arn:aws:ecs:eu-west-1:111111111111:';
    await expect(call('ListTagsForResource', { resourceArn: `${scope}cluster/nope` })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await expect(call('ListTagsForResource', { resourceArn: `${scope}service/short` })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    await expect(call('ListTagsForResource', { resourceArn: 'nonsense' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    await expect(
      call('ListTagsForResource', { resourceArn: 'arn:aws:ecs:eu-west-1:222222222222:cluster/x' }),
    ).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
