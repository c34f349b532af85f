import { expect } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import type { OperationDriver } from './driver.ts';
import type { RealHost } from './tasks.ts';

/** A service of one real task: made, protected, deployed anew, stopped in its deployment, deleted. */
export async function driveServices(driver: OperationDriver, host: RealHost): Promise<void> {
  const { cluster, taskDefinition } = host;
  const service = 'driven';
  const created = await driver.answer('CreateService', {
    cluster,
    serviceName: service,
    taskDefinition,
    desiredCount: 1,
    launchType: 'EC2',
  });
  const { serviceArn } = created.service;
  expect((await driver.answer('ListServices', { cluster })).serviceArns).toContain(serviceArn);
  const defaults = { serviceConnectDefaults: { namespace: 'driven' } };
  await driver.installation.call('UpdateCluster', { cluster, ...defaults });
  expect(await driver.answer('ListServicesByNamespace', { namespace: 'driven' })).toMatchObject({ serviceArns: [] });
  await stable(driver, cluster, service);
  const { services } = await driver.answer('DescribeServices', { cluster, services: [service] });
  expect(services).toMatchObject([{ serviceArn, status: 'ACTIVE', runningCount: 1 }]);
  const { taskArns } = await driver.installation.call('ListTasks', { cluster, serviceName: service });
  const guard = { cluster, tasks: taskArns };
  const guarded = await driver.answer('UpdateTaskProtection', {
    ...guard,
    protectionEnabled: true,
    expiresInMinutes: 5,
  });
  expect(guarded.protectedTasks).toMatchObject([{ taskArn: taskArns[0], protectionEnabled: true }]);
  expect(await driver.answer('GetTaskProtection', guard)).toMatchObject({ protectedTasks: guarded.protectedTasks });
  await driver.installation.call('UpdateTaskProtection', { ...guard, protectionEnabled: false });
  await driveDeployments(driver, { ...host, service });
  const deleted = await driver.answer('DeleteService', { cluster, service, force: true });
  expect(deleted.service.status).toBe('DRAINING');
  await driver.installation.until('it is INACTIVE', async () => {
    const { services } = await driver.installation.call('DescribeServices', { cluster, services: [service] });
    return services[0].status === 'INACTIVE';
  });
}

/** A deployment that cannot end by itself, because its container finds no room, and is rolled back. */
async function driveDeployments(driver: OperationDriver, options: RealHost & { service: string }): Promise<void> {
  const { cluster, service, taskDefinition } = options;
  const { taskDefinition: given } = await driver.installation.call('DescribeTaskDefinition', { taskDefinition });
  const [container] = given.containerDefinitions;
  const larger = await driver.installation.call('RegisterTaskDefinition', {
    family: 'too-large',
    networkMode: 'host',
    containerDefinitions: [{ name: 'main', image: container.image, memory: 16_000_000 }],
  });
  const next: string = larger.taskDefinition.taskDefinitionArn;
  const updated = await driver.answer('UpdateService', { cluster, service, taskDefinition: next });
  expect(updated.service.deployments.map((each: Answer) => each.status)).toEqual(['PRIMARY', 'ACTIVE']);
  const { serviceDeployments } = await driver.answer('ListServiceDeployments', { cluster, service });
  const [newest] = serviceDeployments;
  const { serviceDeploymentArn } = newest;
  const asked = { serviceDeploymentArns: [serviceDeploymentArn] };
  const described = await driver.answer('DescribeServiceDeployments', asked);
  expect(described.serviceDeployments).toMatchObject([{ serviceDeploymentArn, status: 'IN_PROGRESS' }]);
  const { serviceRevisions } = await driver.answer('DescribeServiceRevisions', {
    serviceRevisionArns: [newest.targetServiceRevisionArn],
  });
  expect(serviceRevisions).toMatchObject([{ taskDefinition: next }]);
  const stopped = await driver.answer('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
  expect(stopped).toEqual({ serviceDeploymentArn });
  await driver.installation.until('it is rolled back', async () => {
    const seen = await driver.installation.call('DescribeServiceDeployments', asked);
    return seen.serviceDeployments[0].status === 'ROLLBACK_SUCCESSFUL';
  });
}

/** A blue/green release of one real task that waits at a hook until it is let go on. */
export async function driveRelease(driver: OperationDriver, host: RealHost): Promise<void> {
  const { cluster, taskDefinition } = host;
  const service = 'released';
  const { installation } = driver;
  const first = { serviceName: service, taskDefinition, desiredCount: 1, launchType: 'EC2' };
  await installation.call('CreateService', { cluster, ...first });
  await stable(driver, cluster, service);
  const hook = {
    targetType: 'PAUSE',
    lifecycleStages: ['POST_SCALE_UP'],
    timeoutConfiguration: { timeoutInMinutes: 5, action: 'ROLLBACK' },
  };
  await installation.call('UpdateService', {
    cluster,
    service,
    forceNewDeployment: true,
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [hook] },
  });
  const { serviceDeployments } = await installation.call('ListServiceDeployments', { cluster, service });
  const [{ serviceDeploymentArn }] = serviceDeployments;
  const described = async (): Promise<Answer> => {
    const asked = { serviceDeploymentArns: [serviceDeploymentArn] };
    return (await installation.call('DescribeServiceDeployments', asked)).serviceDeployments[0];
  };
  const hookId: string = await installation.until('it waits at its hook', async () => {
    const { lifecycleHookDetails = [] } = await described();
    return lifecycleHookDetails.find((each: Answer) => each.status === 'AWAITING_ACTION')?.hookId;
  });
  const { taskArns } = await installation.call('ListTasks', { cluster, serviceName: service });
  expect(taskArns, 'blue and green').toHaveLength(2);
  await driver.answer('ContinueServiceDeployment', { serviceDeploymentArn, hookId, action: 'CONTINUE' });
  await installation.until('it is released', async () => (await described()).status === 'SUCCESSFUL');
  await stable(driver, cluster, service);
  await installation.call('DeleteService', { cluster, service, force: true });
}

async function stable(driver: OperationDriver, cluster: string, service: string): Promise<void> {
  await driver.installation.until(`${service} is stable`, async () => {
    const { services } = await driver.installation.call('DescribeServices', { cluster, services: [service] });
    return services[0].runningCount === 1 && services[0].deployments.length === 1;
  });
}
