import { expect } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import type { OperationDriver } from './driver.ts';

const containerDefinitions = [{ name: 'main', image: 'busybox', memory: 32 }];

/** Revisions of a family from their registration to their deletion. */
export async function driveTaskDefinitions(driver: OperationDriver): Promise<void> {
  const family = 'driven';
  for (const revision of [1, 2]) {
    const { taskDefinition } = await driver.answer('RegisterTaskDefinition', { family, containerDefinitions });
    expect(taskDefinition).toMatchObject({ family, revision, status: 'ACTIVE' });
  }
  const { taskDefinition } = await driver.answer('DescribeTaskDefinition', { taskDefinition: family });
  expect(taskDefinition).toMatchObject({ revision: 2, containerDefinitions });
  const deregistered = await driver.answer('DeregisterTaskDefinition', { taskDefinition: 'driven:1' });
  expect(deregistered.taskDefinition.status).toBe('INACTIVE');
  const listed = await driver.answer('ListTaskDefinitions', { familyPrefix: family });
  expect(listed.taskDefinitionArns).toEqual([taskDefinition.taskDefinitionArn]);
  const { families } = await driver.answer('ListTaskDefinitionFamilies', { familyPrefix: family });
  expect(families).toEqual([family]);
  const deleted = await driver.answer('DeleteTaskDefinitions', { taskDefinitions: ['driven:1'] });
  expect(deleted.taskDefinitions).toMatchObject([{ revision: 1, status: 'DELETE_IN_PROGRESS' }]);
}

/** The same for daemons' task definitions. */
export async function driveDaemonTaskDefinitions(driver: OperationDriver): Promise<void> {
  const family = 'driven-daemon';
  const { daemonTaskDefinitionArn } = await driver.answer('RegisterDaemonTaskDefinition', {
    family,
    containerDefinitions,
  });
  const shown = await driver.answer('DescribeDaemonTaskDefinition', { daemonTaskDefinition: family });
  expect(shown.daemonTaskDefinition).toMatchObject({ daemonTaskDefinitionArn, family, revision: 1, status: 'ACTIVE' });
  const listed = await driver.answer('ListDaemonTaskDefinitions', { family });
  expect(listed.daemonTaskDefinitions.map((each: Answer) => each.arn)).toEqual([daemonTaskDefinitionArn]);
  expect(await driver.answer('DeleteDaemonTaskDefinition', { daemonTaskDefinition: 'driven-daemon:1' })).toEqual({
    daemonTaskDefinitionArn,
  });
}
