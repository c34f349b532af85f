import { expect } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import type { OperationDriver } from './driver.ts';

const arn = (path: string) => `arn:aws:ecs:us-east-1:000000000000:${path}`;

/** A daemon of a capacity provider without connected instances, from its making to its end; `logs:1` is its definition. */
export async function driveDaemons(
  driver: OperationDriver,
  { cluster, provider }: { readonly cluster: string; readonly provider: string },
): Promise<void> {
  const daemonArn = arn(`daemon/${cluster}/driven`);
  const settings = {
    daemonTaskDefinitionArn: arn('daemon-task-definition/logs:1'),
    capacityProviderArns: [arn(`capacity-provider/${provider}`)],
  };
  const created = await driver.answer('CreateDaemon', { daemonName: 'driven', clusterArn: cluster, ...settings });
  expect(created).toMatchObject({ daemonArn, status: 'ACTIVE' });
  const { deploymentArn } = await driver.answer('UpdateDaemon', { daemonArn, ...settings, critical: false });
  const { daemon } = await driver.answer('DescribeDaemon', { daemonArn });
  expect(daemon).toMatchObject({ daemonArn, status: 'ACTIVE', deploymentArn });
  const daemonRevisionArns = daemon.currentRevisions.map((each: Answer) => each.arn);
  const { daemonRevisions } = await driver.answer('DescribeDaemonRevisions', { daemonRevisionArns });
  expect(daemonRevisions).toMatchObject([{ daemonArn }]);
  // An aws CLI of before there was `critical` leaves it out.
  const shown = await driver.outcomeBySdk('DescribeDaemonRevisions', { daemonRevisionArns });
  expect(shown).toMatchObject({ answer: { daemonRevisions: [{ daemonArn, critical: false }] } });
  const { daemonSummariesList } = await driver.answer('ListDaemons', { clusterArn: cluster });
  expect(daemonSummariesList).toMatchObject([{ daemonArn, status: 'ACTIVE' }]);
  const { daemonDeployments } = await driver.answer('ListDaemonDeployments', { daemonArn });
  expect(daemonDeployments.map((each: Answer) => each.daemonDeploymentArn)).toEqual([
    deploymentArn,
    created.deploymentArn,
  ]);
  const described = await driver.answer('DescribeDaemonDeployments', { daemonDeploymentArns: [deploymentArn] });
  expect(described.daemonDeployments).toMatchObject([{ status: 'SUCCESSFUL', clusterArn: arn(`cluster/${cluster}`) }]);
  expect(await driver.answer('DeleteDaemon', { daemonArn })).toMatchObject({ status: 'DELETE_IN_PROGRESS' });
  await driver.installation.until('the daemon is gone', async () => {
    const outcome = await driver.outcome('DescribeDaemon', { daemonArn });
    return 'code' in outcome && outcome.code === 'DaemonNotFoundException';
  });
}
