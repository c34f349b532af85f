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

  const invalidName =
    'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.';
  const managed = {
    infrastructureRoleArn: 'arn:aws:iam::111111111111:role/infrastructure',
    instanceLaunchTemplate: {
      ec2InstanceProfileArn: 'arn:aws:iam::111111111111:instance-profile/machines',
      networkConfiguration: { subnets: ['subnet-1'] },
    },
  };
  const refusals: [string, object, string, string][] = [
    ['a name that begins with aws', { ...provider('workers'), name: 'AwsOne' }, 'ClientException', invalidName],
    ['a name with a dot', { ...provider('workers'), name: 'a.b' }, 'ClientException', invalidName],
    [
      'a name taken',
      provider('taken'),
      'ClientException',
      'A capacity provider with the specified name already exists.',
    ],
    ['no kind of provider', { name: 'x' }, 'ClientException', 'Specify exactly one of autoScalingGroupProvider'],
    [
      'a group of another account',
      { name: 'x', autoScalingGroupProvider: { autoScalingGroupArn: groupArn('workers', '222222222222') } },
      'ClientException',
      'The specified Auto Scaling group ARN is invalid',
    ],
    [
      'steps the wrong way round',
      provider('workers', { managedScaling: { minimumScalingStepSize: 5, maximumScalingStepSize: 4 } }),
      'ClientException',
      'The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is less than or equal to the maximum scaling step size value and try again.',
    ],
    [
      'a target above 100',
      provider('workers', { managedScaling: { targetCapacity: 101 } }),
      'InvalidParameterException',
      'targetCapacity',
    ],
    [
      'termination protection without managed scaling',
      provider('workers', { managedTerminationProtection: 'ENABLED' }),
      'ClientException',
      'The managed termination protection setting for the capacity provider is invalid.',
    ],
    [
      'Managed Instances without a cluster',
      { name: 'x', managedInstancesProvider: managed },
      'InvalidParameterException',
      'cluster is required',
    ],
    [
      'Managed Instances with too small a disk',
      {
        name: 'x',
        cluster: 'default',
        managedInstancesProvider: {
          ...managed,
          instanceLaunchTemplate: { ...managed.instanceLaunchTemplate, storageConfiguration: { storageSizeGiB: 29 } },
        },
      },
      'InvalidParameterException',
      'storageSizeGiB must be between 30 and 16384',
    ],
    [
      'Managed Instances with a range the wrong way round',
      {
        name: 'x',
        cluster: 'default',
        managedInstancesProvider: {
          ...managed,
          instanceLaunchTemplate: {
            ...managed.instanceLaunchTemplate,
            instanceRequirements: { vCpuCount: { min: 4, max: 2 }, memoryMiB: { min: 1 } },
          },
        },
      },
      'InvalidParameterException',
      'vCpuCount',
    ],
    [
      'Managed Instances that are in order',
      { name: 'x', cluster: 'default', managedInstancesProvider: managed },
      'UnsupportedFeatureException',
      'Managed Instances are not part of this version of Roadstead',
    ],
  ];
  it.each(refusals)('refuse %s', async (_, input, code, message) => {
    const { call, store } = await withGroups('workers', 'taken');
    await call('CreateCapacityProvider', provider('taken'));
    const before = [...store.view.capacityProviders.all()];
    await expect(call('CreateCapacityProvider', input)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect([...store.view.capacityProviders.all()]).toEqual(before);
  });
});
