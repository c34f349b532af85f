import { expect } from 'vitest';
import type { OperationDriver } from './driver.ts';

/** A cluster from its making to its end, with its tags. */
export async function driveClusters(driver: OperationDriver): Promise<void> {
  const { cluster } = await driver.answer('CreateCluster', {
    clusterName: 'driven',
    tags: [{ key: 'team', value: 'core' }],
  });
  const { clusterArn } = cluster;
  await driver.answer('TagResource', { resourceArn: clusterArn, tags: [{ key: 'stage', value: 'test' }] });
  await driver.answer('UntagResource', { resourceArn: clusterArn, tagKeys: ['team'] });
  const { tags } = await driver.answer('ListTagsForResource', { resourceArn: clusterArn });
  expect(tags).toEqual([{ key: 'stage', value: 'test' }]);
  const settings = (value: string) => [{ name: 'containerInsights', value }];
  await driver.answer('UpdateCluster', { cluster: 'driven', settings: settings('enabled') });
  await driver.answer('UpdateClusterSettings', { cluster: 'driven', settings: settings('disabled') });
  const { clusters } = await driver.answer('DescribeClusters', { clusters: ['driven'], include: ['SETTINGS', 'TAGS'] });
  expect(clusters).toMatchObject([{ status: 'ACTIVE', settings: settings('disabled'), tags }]);
  expect((await driver.answer('ListClusters', {})).clusterArns).toContain(clusterArn);
  expect((await driver.answer('DeleteCluster', { cluster: 'driven' })).cluster.status).toBe('INACTIVE');
  expect((await driver.answer('ListClusters', {})).clusterArns).not.toContain(clusterArn);
}

/** The account's settings, left as they were. */
export async function driveAccountSettings(driver: OperationDriver): Promise<void> {
  const name = 'containerInsights';
  const effective = async (): Promise<string> => {
    const { settings } = await driver.answer('ListAccountSettings', { name, effectiveSettings: true });
    return settings[0].value;
  };
  await driver.answer('PutAccountSettingDefault', { name, value: 'enhanced' });
  expect(await effective()).toBe('enhanced');
  await driver.answer('PutAccountSetting', { name, value: 'enabled' });
  expect(await effective()).toBe('enabled');
  await driver.answer('DeleteAccountSetting', { name });
  await driver.answer('PutAccountSettingDefault', { name, value: 'disabled' });
  expect(await effective()).toBe('disabled');
}
