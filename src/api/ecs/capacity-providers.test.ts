import { describe, expect, it } from 'vitest';
import { accountB, apiHarness } from '../../../test/support/api-harness.ts';

const groupArn = (name: string, account = '111111111111'): string =>
  `arn:aws:autoscaling:eu-west-1:${account}:autoScalingGroup:7b0d1e0c:autoScalingGroupName/${name}`;

/** An API with a machine in each of the groups. */
async function withGroups(...names: string[]) {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  for (const name of names) {
    await harness.addHost({ cluster: 'default', attributes: { 'roadstead.auto-scaling-group': name } });
  }
  return harness;
}

function provider(group: string, more: object = {}) {
  return { name: group, autoScalingGroupProvider: { autoScalingGroupArn: groupArn(group), ...more } };
}

describe('capacity providers', () => {
  it('stand for a group of machines, with ECS defaults', async () => {
    const { call } = await withGroups('workers');
    const tags = [{ key: 'team', value: 'core' }];
    const { capacityProvider } = await call('CreateCapacityProvider', { ...provider('workers'), tags });
    expect(capacityProvider).toEqual({
      capacityProviderArn: 'arn:aws:ecs:eu-west-1:111111111111:capacity-provider/workers',
      name: 'workers',
      type: 'EC2_AUTOSCALING',
      status: 'ACTIVE',
      autoScalingGroupProvider: {
        autoScalingGroupArn: groupArn('workers'),
        managedScaling: {
          status: 'DISABLED',
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
      tags,
    });
    const other = await call('DescribeCapacityProviders', {}, { accountId: accountB });
    expect(other.capacityProviders).toHaveLength(2);
  });

  it('of Fargate are always there, first in the list, and may be tagged', async () => {
    const { call } = await apiHarness();
    const all = await call('DescribeCapacityProviders');
    expect(all.capacityProviders).toEqual(
      ['FARGATE', 'FARGATE_SPOT'].map((name) => ({
        capacityProviderArn: `arn:aws:ecs:eu-west-1:111111111111:capacity-provider/${name}`,
        name,
        type: name,
        status: 'ACTIVE',
        tags: [],
      })),
    );
    const resourceArn = all.capacityProviders[1].capacityProviderArn;
    await call('TagResource', { resourceArn, tags: [{ key: 'a', value: 'b' }] });
    expect((await call('ListTagsForResource', { resourceArn })).tags).toEqual([{ key: 'a', value: 'b' }]);
    const again = await call('DescribeCapacityProviders', { include: ['TAGS'] });
    expect(again.capacityProviders.map(({ tags }: { tags: unknown[] }) => tags.length)).toEqual([0, 1]);
    await expect(call('DeleteCapacityProvider', { capacityProvider: 'FARGATE' })).rejects.toMatchObject({
      code: 'ClientException',
      message: 'The capacity provider FARGATE is reserved and cannot be deleted.',
    });
  });

  it.each([1, 2, 3, 10])('page by %i, each seen once', async (maxResults) => {
    const names = ['a1', 'a2', 'a3', 'a4', 'a5'];
    const { call } = await withGroups(...names);
    for (const name of names) await call('CreateCapacityProvider', provider(name));
    const resourceArn = 'arn:aws:ecs:eu-west-1:111111111111:capacity-provider/FARGATE';
    await call('TagResource', { resourceArn, tags: [{ key: 'a', value: 'b' }] });
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('DescribeCapacityProviders', { maxResults, ...(nextToken && { nextToken }) });
      seen.push(...page.capacityProviders.map(({ name }: { name: string }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(seen).toEqual(['FARGATE', 'FARGATE_SPOT', ...names]);
  });

  it('change what an update names and keep the rest', async () => {
    const { call } = await withGroups('workers');
    await call('CreateCapacityProvider', provider('workers', { managedScaling: { targetCapacity: 80 } }));
    const { capacityProvider } = await call('UpdateCapacityProvider', {
      name: 'workers',
      autoScalingGroupProvider: {
        managedScaling: { status: 'ENABLED', maximumScalingStepSize: 5 },
        managedTerminationProtection: 'ENABLED',
      },
    });
    expect(capacityProvider).toMatchObject({
      updateStatus: 'UPDATE_COMPLETE',
      autoScalingGroupProvider: {
        managedScaling: { status: 'ENABLED', targetCapacity: 80, minimumScalingStepSize: 1, maximumScalingStepSize: 5 },
        managedTerminationProtection: 'ENABLED',
        managedDraining: 'ENABLED',
      },
    });
    const { capacityProviders } = await call('DescribeCapacityProviders', { capacityProviders: ['workers'] });
    expect(capacityProviders).toEqual([capacityProvider]);
  });

  it('turn INACTIVE when deleted, stay describable by name, and leave the name free', async () => {
    const { call } = await withGroups('workers');
    const { capacityProvider } = await call('CreateCapacityProvider', provider('workers'));
    const deleted = await call('DeleteCapacityProvider', { capacityProvider: capacityProvider.capacityProviderArn });
    expect(deleted.capacityProvider).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' });
    const described = await call('DescribeCapacityProviders', { capacityProviders: ['workers', 'nope'] });
    expect(described.capacityProviders[0].status).toBe('INACTIVE');
    expect(described.failures).toEqual([
      { arn: 'arn:aws:ecs:eu-west-1:111111111111:capacity-provider/nope', reason: 'MISSING' },
    ]);
    expect((await call('DescribeCapacityProviders')).capacityProviders).toHaveLength(2);
    await expect(call('DeleteCapacityProvider', { capacityProvider: 'workers' })).rejects.toThrow(
      'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    );
    expect((await call('CreateCapacityProvider', provider('workers'))).capacityProvider.status).toBe('ACTIVE');
  });

  it('have a group that is there, and that has no other provider', async () => {
    const { call, store } = await withGroups('workers');
    await expect(call('CreateCapacityProvider', provider('ghosts'))).rejects.toThrow(
      `The specified Auto Scaling group ghosts does not exist. Roadstead launches no machines: an Auto Scaling group is made of those whose agent registered with its name. Start one with ECS_INSTANCE_ATTRIBUTES='{"roadstead.auto-scaling-group":"ghosts"}' and try again.`,
    );
    await call('CreateCapacityProvider', provider('workers'));
    await expect(call('CreateCapacityProvider', { ...provider('workers'), name: 'second' })).rejects.toThrow(
      'already used by the capacity provider workers',
    );
    expect(store.view.capacityProviders.size).toBe(1);
  });
});
