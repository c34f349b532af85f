import { describe, expect, it } from 'vitest';
import { type ApiHarness, apiHarness } from '../../../test/support/api-harness.ts';

const groupAttribute = 'roadstead.auto-scaling-group';

async function makeProvider(call: ApiHarness['call'], name: string, more: object = {}) {
  await call('CreateCapacityProvider', { name, autoScalingGroupProvider: { autoScalingGroupArn: name, ...more } });
}

/** A default cluster with a machine of each group, and a provider for each. */
async function withProviders(...names: string[]) {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  for (const name of names) {
    await harness.addHost({ cluster: 'default', attributes: { [groupAttribute]: name } });
    await makeProvider(harness.call, name);
  }
  const put = (capacityProviders: string[], defaultCapacityProviderStrategy: object[] = []) =>
    harness.call('PutClusterCapacityProviders', {
      cluster: 'default',
      capacityProviders,
      defaultCapacityProviderStrategy,
    });
  return { ...harness, put };
}

describe('the capacity providers of a cluster', () => {
  it('are given when it is made, and shown from then on', async () => {
    const { call } = await apiHarness();
    const strategy = [
      { capacityProvider: 'FARGATE', base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 2 },
    ];
    const { cluster } = await call('CreateCluster', {
      clusterName: 'web',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: strategy,
    });
    const shown = {
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 0 },
        { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 2 },
      ],
    };
    expect(cluster).toMatchObject({ status: 'ACTIVE', ...shown });
    expect(cluster).not.toHaveProperty('attachments');
    const described = await call('DescribeClusters', { clusters: ['web'], include: ['ATTACHMENTS'] });
    expect(described.clusters[0]).toMatchObject(shown);
    const own = await call('DescribeCapacityProviders', { cluster: 'web' });
    expect(own.capacityProviders.map(({ name }: { name: string }) => name)).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });

  it('are replaced as a whole, with attachments for each group', async () => {
    const { call, put } = await withProviders('a', 'b');
    await call('UpdateCapacityProvider', {
      name: 'b',
      autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' } },
    });
    const { cluster } = await put(['a', 'b'], [{ capacityProvider: 'a', weight: 1 }]);
    expect(cluster.attachmentsStatus).toBe('UPDATE_COMPLETE');
    const [draining, policy] = cluster.attachments;
    expect(draining).toEqual({
      id: draining.id,
      type: 'managed_draining',
      status: 'CREATED',
      details: [
        { name: 'capacityProviderName', value: 'a' },
        { name: 'autoScalingLifecycleHookName', value: 'ecs-managed-draining-termination-hook' },
      ],
    });
    expect(policy).toMatchObject({
      type: 'as_policy',
      details: [
        { name: 'capacityProviderName', value: 'b' },
        { name: 'scalingPolicyName', value: `ECSManagedAutoScalingPolicy-${policy.id}` },
      ],
    });
    const only = await put(['b']);
    expect(only.cluster).toMatchObject({ capacityProviders: ['b'], defaultCapacityProviderStrategy: [] });
    expect(only.cluster.attachments).toEqual(cluster.attachments.slice(1));
    expect((await put([])).cluster).toMatchObject({ capacityProviders: [], attachments: [] });
  });

  it('follow changes of a provider', async () => {
    const { call, put } = await withProviders('a');
    await put(['a']);
    await call('UpdateCapacityProvider', {
      name: 'a',
      autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' }, managedDraining: 'DISABLED' },
    });
    const { clusters } = await call('DescribeClusters', { include: ['ATTACHMENTS'] });
    expect(clusters[0].attachments.map(({ type }: { type: string }) => type)).toEqual(['as_policy']);
  });

  it('are told of each machine of their group, whether it came before or later, and only there', async () => {
    const { call, put, addHost } = await withProviders('a', 'b');
    await addHost({ cluster: 'default' });
    const providers = async (): Promise<(string | undefined)[]> => {
      const { containerInstanceArns } = await call('ListContainerInstances');
      const { containerInstances } = await call('DescribeContainerInstances', {
        containerInstances: containerInstanceArns,
      });
      return containerInstances.map(
        ({ capacityProviderName }: { capacityProviderName?: string }) => capacityProviderName,
      );
    };
    expect(await providers()).toEqual([undefined, undefined, undefined]);
    await put(['a']);
    expect(await providers()).toEqual(['a', undefined, undefined]);
    await put(['b', 'a']);
    const registered = await call('RegisterContainerInstance', {
      cluster: 'default',
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 1024 },
      ],
      attributes: [{ name: groupAttribute, value: 'b' }],
    });
    expect(registered.containerInstance.capacityProviderName).toBe('b');
    // An agent that registers again does not repeat what its user set.
    const { containerInstanceArn } = registered.containerInstance;
    const again = await call('RegisterContainerInstance', {
      cluster: 'default',
      containerInstanceArn,
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 1024 },
      ],
    });
    expect(again.containerInstance.capacityProviderName).toBe('b');
    expect(await providers()).toEqual(['a', 'b', undefined, 'b']);
    await put([]);
    expect(await providers()).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('cannot be deleted before it leaves the cluster, unless that is deleted', async () => {
    const { call } = await withProviders('a');
    await call('CreateCluster', { clusterName: 'other', capacityProviders: ['a'] });
    await expect(call('DeleteCapacityProvider', { capacityProvider: 'a' })).rejects.toMatchObject({
      code: 'ClientException',
      message:
        'The capacity provider cannot be deleted because it is associated with cluster: other. Remove the capacity provider from the cluster and try again.',
    });
    await call('DeleteCluster', { cluster: 'other' });
    await call('DeleteCapacityProvider', { capacityProvider: 'a' });
  });

  it('with managed scaling belong to one cluster', async () => {
    const { call, put } = await withProviders('a');
    await call('CreateCluster', { clusterName: 'other', capacityProviders: ['a'] });
    await put(['a']);
    const scaling = { name: 'a', autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' } } };
    await expect(call('UpdateCapacityProvider', scaling)).rejects.toThrow('can be associated with one cluster only');
    await put([]);
    await call('UpdateCapacityProvider', scaling);
    await expect(put(['a'])).rejects.toThrow('can be associated with one cluster only');
  });
});
