import { expect } from 'vitest';
import type { OperationDriver } from './driver.ts';

/** A container instance that no agent stands behind: what agents call to have one, and what is done to it. */
export async function driveContainerInstances(driver: OperationDriver): Promise<void> {
  const cluster = 'edge';
  await driver.answer('CreateCluster', { clusterName: cluster });
  const poll = await driver.answer('DiscoverPollEndpoint', { cluster });
  expect(poll.endpoint).toMatch(/\/acs$/);
  const { containerInstance } = await driver.answer('RegisterContainerInstance', {
    cluster,
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 1024 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ],
    versionInfo: { agentVersion: '1.2.3', dockerVersion: 'DockerVersion: 20.10.24' },
  });
  const { containerInstanceArn } = containerInstance;
  const listed = await driver.answer('ListContainerInstances', { cluster });
  expect(listed.containerInstanceArns).toEqual([containerInstanceArn]);
  const attributes = [{ name: 'stack', value: 'test', targetId: containerInstanceArn }];
  expect(await driver.answer('PutAttributes', { cluster, attributes })).toEqual({ attributes });
  const asked = { cluster, targetType: 'container-instance', attributeName: 'stack' };
  expect(await driver.answer('ListAttributes', asked)).toEqual({ attributes });
  await driver.answer('DeleteAttributes', {
    cluster,
    attributes: [{ name: 'stack', targetId: containerInstanceArn }],
  });
  expect(await driver.answer('ListAttributes', asked)).toEqual({ attributes: [] });
  await driver.answer('UpdateContainerInstancesState', {
    cluster,
    containerInstances: [containerInstanceArn],
    status: 'DRAINING',
  });
  const described = { cluster, containerInstances: [containerInstanceArn] };
  const { containerInstances } = await driver.answer('DescribeContainerInstances', described);
  expect(containerInstances).toMatchObject([{ status: 'DRAINING', agentConnected: false }]);
  const gone = await driver.answer('DeregisterContainerInstance', { cluster, containerInstance: containerInstanceArn });
  expect(gone.containerInstance.status).toBe('INACTIVE');
  await driver.answer('DeleteCluster', { cluster });
}
