import { expect } from 'vitest';
import type { OperationDriver } from './driver.ts';
import type { RealHost } from './tasks.ts';

/** A service of the EXTERNAL controller that goes from one task set of a real task to another. */
export async function driveTaskSets(driver: OperationDriver, host: RealHost): Promise<void> {
  const { cluster, taskDefinition } = host;
  const service = 'sets';
  const named = { cluster, service };
  await driver.installation.call('CreateService', {
    cluster,
    serviceName: service,
    desiredCount: 1,
    deploymentController: { type: 'EXTERNAL' },
  });
  const create = async (): Promise<string> => {
    const scale = { value: 100, unit: 'PERCENT' };
    const { taskSet } = await driver.answer('CreateTaskSet', { ...named, taskDefinition, launchType: 'EC2', scale });
    await steady(driver, named, taskSet.taskSetArn, 1);
    return taskSet.taskSetArn;
  };
  const blue = await create();
  const primary = await driver.answer('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: blue });
  expect(primary.taskSet).toMatchObject({ taskSetArn: blue, status: 'PRIMARY' });
  const green = await create();
  await driver.answer('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: green });
  await driver.answer('UpdateTaskSet', { ...named, taskSet: blue, scale: { value: 0, unit: 'PERCENT' } });
  await steady(driver, named, blue, 0);
  await driver.answer('DeleteTaskSet', { ...named, taskSet: blue });
  await driver.installation.until('it is gone', async () => {
    const { taskSets } = await driver.answer('DescribeTaskSets', named);
    return taskSets.length === 1 && taskSets[0].taskSetArn === green;
  });
  await driver.answer('DeleteTaskSet', { ...named, taskSet: green, force: true });
  await driver.installation.call('DeleteService', { ...named, force: true });
}

async function steady(driver: OperationDriver, named: object, taskSet: string, count: number): Promise<void> {
  await driver.installation.until(`${taskSet} has ${count} tasks`, async () => {
    const { taskSets } = await driver.installation.call('DescribeTaskSets', { ...named, taskSets: [taskSet] });
    return taskSets[0].runningCount === count && taskSets[0].stabilityStatus === 'STEADY_STATE';
  });
}
