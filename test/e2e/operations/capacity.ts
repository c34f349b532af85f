import { expect } from 'vitest';
import { driveDaemons } from './daemons.ts';
import type { OperationDriver } from './driver.ts';

const autoScalingGroupArn =
  'arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/mine';

/** A capacity provider for the machines of a group, and a cluster that uses it, from their making to their end. */
export async function driveCapacityProviders(driver: OperationDriver): Promise<void> {
  const cluster = 'strategic';
  const name = 'mine';
  await driver.answer('CreateCluster', { clusterName: cluster });
  const integer = (resource: string) => ({ name: resource, type: 'INTEGER', integerValue: 1024 });
  const { containerInstance } = await driver.answer('RegisterContainerInstance', {
    cluster,
    totalResources: [integer('CPU'), integer('MEMORY')],
    attributes: [{ name: 'roadstead.auto-scaling-group', value: name }],
  });
  const { containerInstanceArn } = containerInstance;
  const created = await driver.answer('CreateCapacityProvider', {
    name,
    autoScalingGroupProvider: { autoScalingGroupArn },
  });
  expect(created.capacityProvider).toMatchObject({ name, status: 'ACTIVE' });
  const all = (await driver.answer('DescribeCapacityProviders', {})).capacityProviders;
  expect(all.map((each: { name: string }) => each.name)).toEqual(['FARGATE', 'FARGATE_SPOT', name]);
  const strategy = [{ capacityProvider: name, weight: 1, base: 0 }];
  const put = (capacityProviders: readonly string[], defaultCapacityProviderStrategy: readonly object[]) =>
    driver.answer('PutClusterCapacityProviders', { cluster, capacityProviders, defaultCapacityProviderStrategy });
  expect((await put(['FARGATE', name], strategy)).cluster).toMatchObject({ defaultCapacityProviderStrategy: strategy });
  const managedScaling = { status: 'DISABLED', targetCapacity: 80 };
  const updated = await driver.answer('UpdateCapacityProvider', { name, autoScalingGroupProvider: { managedScaling } });
  expect(updated.capacityProvider.autoScalingGroupProvider.managedScaling).toMatchObject(managedScaling);
  const used = await driver.outcome('DeleteCapacityProvider', { capacityProvider: name });
  expect(used).toMatchObject({ code: 'ClientException' });
  await driveDaemons(driver, { cluster, provider: name });
  await put([], []);
  await driver.answer('DeregisterContainerInstance', { cluster, containerInstance: containerInstanceArn });
  const deleted = await driver.answer('DeleteCapacityProvider', { capacityProvider: name });
  expect(deleted.capacityProvider).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' });
  await driver.answer('DeleteCluster', { cluster });
}
