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
  const breaker = (thresholdConfiguration: object) => ({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration } },
  });

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

  it.each([
    [{ type: 'BOUNDED_PERCENT', value: 0 }, 'must be between 1 and 100 for the type BOUNDED_PERCENT'],
    [{ type: 'UNBOUNDED_PERCENT', value: 101 }, 'must be between 1 and 100 for the type UNBOUNDED_PERCENT'],
    [{ type: 'COUNT', value: 0 }, 'must be at least 1 for the type COUNT'],
    [{ type: 'SOME', value: 1 }, 'failed to satisfy constraint'],
    [{ type: 'COUNT' }, "'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.value'"],
  ])('refuses the threshold %j', async (threshold, message) => {
    const { call, create } = await withService();
    await expect(call('CreateService', { ...create, ...breaker(threshold) })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
    await expect(call('ListServices')).resolves.toEqual({ serviceArns: [] });
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

  it.each([
    [{ enable: true }, 'are required when earlySuccessCriteria is enabled'],
    [{ enable: true, healthyPercent: 100 }, 'are required when earlySuccessCriteria is enabled'],
    [{ ...criteria, healthyPercent: 99 }, 'healthyPercent must be at least minimumHealthyPercent'],
    [{ ...criteria, healthyPercent: 101 }, 'and at most 100'],
    [{ ...criteria, sourceServiceRevisionCleanup: 'NEVER' }, 'failed to satisfy constraint'],
  ])('refuses %j', async (earlySuccessCriteria, message) => {
    const { call, create } = await withService();
    const created = call('CreateService', { ...create, deploymentConfiguration: { earlySuccessCriteria } });
    await expect(created).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
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

  it.each([
    [{ alarms: { ...alarms, alarmNames: [] } }, 'alarmNames cannot be empty'],
    [{ alarms: { ...alarms, alarmNames: [''] } }, 'between 1 and 255 characters'],
    [{ alarms: { enable: true, rollback: true } }, "'deploymentConfiguration.alarms.alarmNames'"],
    [{ bakeTimeInMinutes: 1441 }, 'bakeTimeInMinutes must be between 0 and 1440'],
    [{ bakeTimeInMinutes: -1 }, 'bakeTimeInMinutes must be between 0 and 1440'],
  ])('refuses %j', async (deploymentConfiguration, message) => {
    const { call, create } = await withService();
    const created = call('CreateService', { ...create, deploymentConfiguration });
    await expect(created).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
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

describe('bad requests', () => {
  const cases: [string, string, object, string, string][] = [
    [
      'a bad name',
      'CreateService',
      { serviceName: 'a b' },
      'InvalidParameterException',
      'ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b',
    ],
    ['no count', 'CreateService', { desiredCount: undefined }, 'InvalidParameterException', 'Desired count'],
    ['a negative count', 'CreateService', { desiredCount: -1 }, 'InvalidParameterException', 'desiredCount'],
    [
      'no definition',
      'CreateService',
      { taskDefinition: undefined },
      'InvalidParameterException',
      'TaskDefinition can not be blank.',
    ],
    [
      '100 and 100 percent',
      'CreateService',
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [
      '101 percent healthy',
      'CreateService',
      { deploymentConfiguration: { minimumHealthyPercent: 101 } },
      'InvalidParameterException',
      'minimumHealthyPercent must be at most 100',
    ],
    [
      'a daemon with a count',
      'CreateService',
      { schedulingStrategy: 'DAEMON' },
      'InvalidParameterException',
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    ],
    [
      'a Lambda hook',
      'CreateService',
      {
        deploymentConfiguration: {
          strategy: 'BLUE_GREEN',
          bakeTimeInMinutes: 0,
          lifecycleHooks: [{ hookTargetArn: 'arn:f', roleArn: 'arn:r', lifecycleStages: ['PRE_SCALE_UP'] }],
        },
      },
      'UnsupportedFeatureException',
      'AWS_LAMBDA lifecycle hooks are not part of this version of Roadstead',
    ],
    [
      'a target group',
      'CreateService',
      { loadBalancers: [{ targetGroupArn: 'arn:x', containerName: 'app', containerPort: 80 }] },
      'InvalidParameterException',
      'The target group with targetGroupArn arn:x does not have an associated load balancer.',
    ],
    [
      'discovery',
      'CreateService',
      { serviceRegistries: [{ registryArn: 'arn:x' }] },
      'UnsupportedFeatureException',
      'Service discovery',
    ],
    [
      'a role',
      'CreateService',
      { role: 'ecsRole' },
      'InvalidParameterException',
      'IAM roles are only valid for services configured to use load balancers.',
    ],
    [
      'exec without a role',
      'CreateService',
      { enableExecuteCommand: true },
      'InvalidParameterException',
      "The service couldn't be created because a valid taskRoleArn is not being used.",
    ],
    [
      'no network',
      'CreateService',
      { networkConfiguration: undefined },
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    ['an unknown service', 'UpdateService', { service: 'nope' }, 'ServiceNotFoundException', 'Service not found.'],
    ['no services', 'DescribeServices', { services: [] }, 'InvalidParameterException', 'Services cannot be empty.'],
  ];
  it.each(cases)('%s: a clear error that changes nothing', async (_, operation, changes, code, message) => {
    const { call, store, create } = await withService();
    const before = store.revision;
    const input = operation === 'CreateService' ? { ...create, ...changes } : changes;
    await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(store.revision).toBe(before);
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

  it.each([
    [{ desiredCount: 0 }, 'The daemon scheduling strategy does not support a desired count for services.'],
    [{ deploymentConfiguration: { maximumPercent: 150 } }, 'does not support values above 100 for maximumPercent'],
    [
      { deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } },
      'does not support the BLUE_GREEN deployment strategy',
    ],
    [
      { placementStrategy: [{ type: 'random' }] },
      'The daemon scheduling strategy does not support placement strategies.',
    ],
    [{ launchType: 'FARGATE' }, 'does not support the FARGATE launch type'],
    [
      { availabilityZoneRebalancing: 'ENABLED' },
      "The service couldn't be created because Availability Zone Rebalancing",
    ],
    [{ deploymentConfiguration: { minimumHealthyPercent: 100 } }, 'cannot be 100 as this will block deployments'],
  ])('refuses %j', async (wrong, message) => {
    const { call, daemon } = await withDefinition();
    await expect(call('CreateService', { ...daemon, ...wrong })).rejects.toThrow(message);
    expect((await call('ListServices')).serviceArns).toEqual([]);
  });

  it('refuses the same of an update', async () => {
    const { call, daemon } = await withDefinition();
    await call('CreateService', daemon);
    const update = (change: object) => call('UpdateService', { service: 'agent', ...change });
    await expect(update({ desiredCount: 3 })).rejects.toThrow('does not support a desired count');
    await expect(update({ availabilityZoneRebalancing: 'ENABLED' })).rejects.toThrow("couldn't be updated");
    await update({ deploymentConfiguration: { minimumHealthyPercent: 50 } });
  });
});
