import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../test/support/api-harness.ts';
import { fargateDefinition } from '../../../test/support/definitions.ts';
import { revisionsHarness } from '../../../test/support/revisions-harness.ts';

async function withService() {
  const harness = await revisionsHarness((image) => fargateDefinition('web', { image }));
  const subnets = await harness.subnets();
  const create = {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets } },
  };
  return { ...harness, create, subnets };
}

describe('CreateService', () => {
  it('answers as ECS does for a rolling Fargate service', async () => {
    const { call, create, subnets } = await withService();
    const { service } = await call('CreateService', create);
    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:eu-west-1:111111111111:service/default/web',
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      schedulingStrategy: 'REPLICA',
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: false, rollback: false },
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
      },
      networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [], assignPublicIp: 'DISABLED' } },
      healthCheckGracePeriodSeconds: 0,
      enableECSManagedTags: false,
      propagateTags: 'NONE',
      enableExecuteCommand: false,
      availabilityZoneRebalancing: 'ENABLED',
      events: [],
      loadBalancers: [],
      serviceRegistries: [],
      placementConstraints: [],
      placementStrategy: [],
    });
    expect(service.deployments).toHaveLength(1);
    expect(service.deployments[0]).toMatchObject({
      status: 'PRIMARY',
      desiredCount: 0,
      platformVersion: '1.4.0',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment ${service.deployments[0].id} in progress.`,
    });
    expect(service.deployments[0].id).toMatch(/^ecs-svc\/\d{19}$/);
    expect(service).not.toHaveProperty('tags');
    expect(service).not.toHaveProperty('deploymentController');
  });

  it('gives the existing one back only for the same token and parameters', async () => {
    const { call, create } = await withService();
    const first = await call('CreateService', { ...create, clientToken: 'once' });
    const again = await call('CreateService', { ...create, clientToken: 'once' });
    expect(again.service.deployments[0].id).toBe(first.service.deployments[0].id);
    await expect(call('CreateService', create)).rejects.toThrow('Creation of service was not idempotent.');
  });
});

describe('the deployment circuit breaker', () => {
  it('is shown as it was given, and given whole', async () => {
    const { call, create } = await withService();
    const given = {
      enable: true,
      rollback: true,
      resetOnHealthyTask: false,
      thresholdConfiguration: { type: 'COUNT', value: 7 },
    };
    const deploymentConfiguration = { deploymentCircuitBreaker: given };
    const { service } = await call('CreateService', { ...create, deploymentConfiguration });
    expect(service.deploymentConfiguration.deploymentCircuitBreaker).toEqual(given);
    const { services } = await call('DescribeServices', { services: ['web'] });
    const serviceDeploymentArns = [services[0].currentServiceDeployment];
    const { serviceDeployments } = await call('DescribeServiceDeployments', { serviceDeploymentArns });
    const shown = { status: 'MONITORING', failureCount: 0, threshold: 7 };
    expect(serviceDeployments[0].deploymentCircuitBreaker).toEqual(shown);
    const plain = { enable: true, rollback: false };
    const change = { service: 'web', deploymentConfiguration: { deploymentCircuitBreaker: plain } };
    const updated = await call('UpdateService', change);
    expect(updated.service.deploymentConfiguration.deploymentCircuitBreaker).toEqual(plain);
  });
});

describe('early success criteria', () => {
  const criteria = { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' };

  it('are stored and shown, and keep to the minimum', async () => {
    const { call, create } = await withService();
    const deploymentConfiguration = { earlySuccessCriteria: criteria };
    const { service } = await call('CreateService', { ...create, deploymentConfiguration });
    expect(service.deploymentConfiguration.earlySuccessCriteria).toEqual(criteria);
    const lower = { minimumHealthyPercent: 50, earlySuccessCriteria: { ...criteria, healthyPercent: 60 } };
    const updated = await call('UpdateService', { service: 'web', deploymentConfiguration: lower });
    expect(updated.service.deploymentConfiguration).toMatchObject(lower);
    const raised = call('UpdateService', { service: 'web', deploymentConfiguration: { minimumHealthyPercent: 80 } });
    await expect(raised).rejects.toThrow('healthyPercent must be at least minimumHealthyPercent and at most 100');
  });
});

describe('deployment alarms', () => {
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true };

  it('are stored and shown, also those that do not exist', async () => {
    const { call, create } = await withService();
    const { service } = await call('CreateService', { ...create, deploymentConfiguration: { alarms } });
    expect(service.deploymentConfiguration).toMatchObject({ alarms, bakeTimeInMinutes: 0 });
    const change = { service: 'web', deploymentConfiguration: { bakeTimeInMinutes: 5 } };
    const updated = await call('UpdateService', change);
    expect(updated.service.deploymentConfiguration).toMatchObject({ alarms, bakeTimeInMinutes: 5 });
    expect(updated.service.deployments).toHaveLength(1);
  });
});

describe('UpdateService', () => {
  it('makes a deployment for a new definition and none for a new count', async () => {
    const { call, create } = await withService();
    await call('CreateService', create);
    const scaled = await call('UpdateService', { service: 'web', desiredCount: 5 });
    expect(scaled.service.desiredCount).toBe(5);
    expect(scaled.service.deployments).toHaveLength(1);
    const same = await call('UpdateService', { service: 'web', taskDefinition: 'web:1' });
    expect(same.service.deployments).toHaveLength(1);
    const rolled = await call('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    expect(rolled.service.deployments.map((each: { status: string }) => each.status)).toEqual(['PRIMARY', 'ACTIVE']);
    expect(rolled.service.deployments[0].taskDefinition).toMatch(/web:2$/);
    const forced = await call('UpdateService', { service: 'web', forceNewDeployment: true });
    expect(forced.service.deployments).toHaveLength(3);
  });
});

describe('DeleteService', () => {
  it('wants the service scaled to 0 or force, and frees the name', async () => {
    const { call, create } = await withService();
    await call('CreateService', create);
    await expect(call('DeleteService', { service: 'web' })).rejects.toThrow(
      'The service cannot be stopped while it is scaled above 0.',
    );
    await call('UpdateService', { service: 'web', desiredCount: 0 });
    expect((await call('DeleteService', { service: 'web' })).service.status).toBe('INACTIVE');
    expect((await call('ListServices')).serviceArns).toEqual([]);
    expect((await call('DescribeServices', { services: ['web'] })).services[0].status).toBe('INACTIVE');
    await expect(call('UpdateService', { service: 'web', desiredCount: 1 })).rejects.toMatchObject({
      code: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    });
    await expect(call('DeleteService', { service: 'web' })).rejects.toMatchObject({ code: 'ServiceNotFoundException' });
    expect((await call('CreateService', create)).service.status).toBe('ACTIVE');
  });
});

describe('the DAEMON scheduling strategy', () => {
  async function withDefinition() {
    const harness = await apiHarness();
    await harness.call('CreateCluster');
    const containerDefinitions = [{ name: 'app', image: 'app', memory: 16 }];
    await harness.call('RegisterTaskDefinition', { family: 'agent', networkMode: 'host', containerDefinitions });
    return { ...harness, daemon: { serviceName: 'agent', taskDefinition: 'agent', schedulingStrategy: 'DAEMON' } };
  }

  it('counts for itself, at 0 and 100 percent, without rebalancing', async () => {
    const { call, daemon } = await withDefinition();
    const { service } = await call('CreateService', daemon);
    expect(service).toMatchObject({
      schedulingStrategy: 'DAEMON',
      desiredCount: 0,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
      availabilityZoneRebalancing: 'DISABLED',
    });
    expect((await call('ListServices', { schedulingStrategy: 'DAEMON' })).serviceArns).toHaveLength(1);
    expect((await call('ListServices', { schedulingStrategy: 'REPLICA' })).serviceArns).toEqual([]);
    await call('DeleteService', { service: 'agent' });
  });
});
