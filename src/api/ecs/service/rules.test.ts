import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../../../../test/support/rules.ts';
import { expectServiceRule, type ServiceRule, serviceWorld } from '../../../../test/support/service-rules.ts';

const ec2 = { launchType: 'EC2' };
const create = ['CreateService'] as const;
const strategy = [{ capacityProvider: 'FARGATE', weight: 1 }];

const rules: ServiceRule[] = [
  {
    rule: 'a name has letters, digits, hyphens and underscores',
    refused: { serviceName: 'a b' },
    text: 'ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b',
    accepted: { serviceName: 'a_B-1' },
    operations: create,
  },
  {
    rule: 'a name has at most 255 characters',
    refused: { serviceName: 'n'.repeat(256) },
    text: 'ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was nnn',
    accepted: { serviceName: 'n'.repeat(255) },
    operations: create,
  },
  {
    rule: 'a service says what it runs',
    refused: { taskDefinition: undefined },
    text: 'TaskDefinition can not be blank.',
    operations: create,
  },
  {
    rule: 'what a service runs is there',
    refused: { taskDefinition: 'nope' },
    code: 'ClientException',
    text: 'TaskDefinition not found.',
    accepted: { taskDefinition: 'web' },
  },
  {
    rule: 'a service has a launch type or a strategy',
    refused: { capacityProviderStrategy: strategy },
    text: 'Specifying both a launch type and capacity provider strategy is not supported',
    accepted: { capacityProviderStrategy: [] },
    operations: create,
  },
  {
    rule: 'the launch type of a service is one of the set',
    refused: { launchType: 'MOON' },
    text: "Value 'MOON' at 'launchType' failed to satisfy constraint: Member must satisfy enum value set",
    operations: create,
  },
  {
    rule: 'the definition runs on the launch type',
    on: 'bridge',
    refused: { launchType: 'FARGATE' },
    text: 'Task definition does not support launch_type FARGATE.',
    accepted: ec2,
    operations: create,
  },
  {
    rule: 'instances have no platform version',
    on: 'bridge',
    refused: { platformVersion: 'LATEST' },
    text: 'The platform version must be null when specifying an EC2 launch type.',
    accepted: { platformVersion: '' },
  },
  {
    rule: 'the platform version is there',
    refused: { platformVersion: '9.9.9' },
    code: 'PlatformUnknownException',
    text: 'The specified platform version 9.9.9 does not exist.',
    accepted: { platformVersion: '1.4.0' },
  },
  {
    rule: 'an awsvpc service has a network configuration',
    refused: { networkConfiguration: undefined },
    text: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    operations: create,
  },
  {
    rule: 'a service without awsvpc has none',
    on: 'bridge',
    refused: { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
    text: 'Network Configuration is not valid for the given networkMode of this task definition.',
  },
  {
    rule: 'a service has subnets',
    refused: { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
    text: 'subnets can not be empty.',
  },
  {
    rule: 'a service on Fargate has no placement constraints',
    refused: { placementConstraints: [{ type: 'distinctInstance' }] },
    text: 'Placement constraints are not supported with FARGATE launch type.',
    accepted: { placementConstraints: [] },
  },
  {
    rule: 'a service on Fargate has no placement strategy',
    refused: { placementStrategy: [{ type: 'random' }] },
    text: 'Placement strategies are not supported with FARGATE launch type.',
    accepted: { placementStrategy: [] },
  },
  {
    rule: 'a grace period is for health checks',
    refused: { healthCheckGracePeriodSeconds: 1 },
    text: 'Health check grace period is only valid for services configured to use load balancers',
    accepted: { healthCheckGracePeriodSeconds: 0 },
  },
  {
    rule: 'a grace period is not negative',
    on: 'probed',
    refused: { healthCheckGracePeriodSeconds: -1 },
    text: 'healthCheckGracePeriodSeconds must be between 0 and 2147483647',
    accepted: { healthCheckGracePeriodSeconds: 2_147_483_647 },
  },
  {
    rule: 'a REPLICA service says how many tasks it wants',
    refused: { desiredCount: undefined },
    text: 'Desired count is required for the REPLICA scheduling strategy.',
    accepted: { desiredCount: 0 },
    operations: create,
  },
  {
    rule: 'a count is not negative',
    refused: { desiredCount: -1 },
    text: 'desiredCount must be at least 0',
    accepted: { desiredCount: 0 },
  },
  {
    rule: 'tags come from the service or the definition',
    refused: { propagateTags: 'CLUSTER' },
    text: "Value 'CLUSTER' at 'propagateTags' failed to satisfy constraint: Member must satisfy enum value set",
    accepted: { propagateTags: 'NONE' },
  },
  {
    rule: 'a scheduling strategy is one of the two',
    refused: { schedulingStrategy: 'ONCE' },
    text: "Value 'ONCE' at 'schedulingStrategy' failed to satisfy constraint: Member must satisfy enum value set",
    accepted: { schedulingStrategy: 'REPLICA' },
    operations: create,
  },
  {
    rule: 'ECS Exec of a new service needs a task role',
    refused: { enableExecuteCommand: true },
    text: "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    accepted: { enableExecuteCommand: false },
    operations: create,
  },
  {
    rule: 'ECS Exec of a service needs a task role',
    refused: { enableExecuteCommand: true },
    text: "The service couldn't be updated because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    accepted: { enableExecuteCommand: false },
    operations: ['UpdateService'],
  },
];

const daemon = { schedulingStrategy: 'DAEMON', desiredCount: undefined };

/** Of DAEMON services, with what is right of them. */
const daemons: ServiceRule[] = [
  {
    rule: 'a daemon counts for itself',
    refused: { desiredCount: 0 },
    text: 'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    accepted: {},
  },
  {
    rule: 'a daemon stops before it starts',
    refused: { deploymentConfiguration: { maximumPercent: 150 } },
    text: 'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
    accepted: { deploymentConfiguration: { maximumPercent: 100 } },
  },
  {
    rule: 'a daemon that may neither stop nor start is blocked',
    refused: { deploymentConfiguration: { minimumHealthyPercent: 100 } },
    text: 'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    accepted: { deploymentConfiguration: { minimumHealthyPercent: 50 } },
  },
  {
    rule: 'a daemon rolls',
    refused: { deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } },
    text: 'The daemon scheduling strategy does not support the BLUE_GREEN deployment strategy, which runs two revisions side by side. Change the strategy to ROLLING, and try again',
    accepted: { deploymentConfiguration: { strategy: 'ROLLING' } },
  },
  {
    rule: 'a daemon is placed on every instance',
    refused: { placementStrategy: [{ type: 'random' }] },
    text: 'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
    accepted: { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a == b' }] },
  },
  {
    rule: 'a daemon is not rebalanced',
    refused: { availabilityZoneRebalancing: 'ENABLED' },
    text: "The service couldn't be updated because Availability Zone Rebalancing does not support DAEMON as scheduling strategy. Update scheduling strategy and try again.",
    accepted: { availabilityZoneRebalancing: 'DISABLED' },
    operations: ['UpdateService'],
  },
  {
    rule: 'a daemon is not on Fargate',
    refused: { launchType: 'FARGATE' },
    text: 'The daemon scheduling strategy does not support the FARGATE launch type. Use EC2 or EXTERNAL and try again',
    accepted: ec2,
    operations: create,
  },
];

describe('services', () => {
  it.each(rules)('$rule', (rule) => expectServiceRule(rule));
  it.each(daemons)('$rule', (rule) => expectServiceRule({ on: 'bridge', ...rule }, undefined, daemon));

  it('a grace period is for health checks of containers too', async () => {
    const { call, create: request } = await serviceWorld('probed');
    const { service } = await call('CreateService', { ...request, healthCheckGracePeriodSeconds: 60 });
    expect(service.healthCheckGracePeriodSeconds).toBe(60);
    const { service: updated } = await call('UpdateService', { service: 'web', healthCheckGracePeriodSeconds: 90 });
    expect(updated.healthCheckGracePeriodSeconds).toBe(90);
  });

  it('a service by default takes no strategy that would place daemons on Fargate', async () => {
    const world = await serviceWorld('bridge');
    await world.call('PutClusterCapacityProviders', {
      cluster: 'default',
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: strategy,
    });
    const request = { ...world.create, ...daemon, launchType: undefined };
    const text = 'does not support the FARGATE launch type';
    await expectRefusal(world, ['CreateService', request], { text });
  });

  it('the name of a service is free', async () => {
    const world = await serviceWorld();
    await world.call('CreateService', world.create);
    const text = 'Creation of service was not idempotent.';
    await expectRefusal(world, ['CreateService', { ...world.create, desiredCount: 2 }], { text });
  });

  it('the name of a service that drains is not free', async () => {
    const world = await serviceWorld();
    await world.call('CreateService', world.create);
    await world.store.update('api', (tx) => {
      for (const service of tx.services.all()) tx.services.put({ ...service, status: 'DRAINING' });
    });
    const text = 'Unable to Start a service that is still Draining.';
    await expectRefusal(world, ['CreateService', world.create], { text });
  });

  it('a service is there and ACTIVE to be changed', async () => {
    const world = await serviceWorld();
    const update = { service: 'web', desiredCount: 2 };
    const unknown = { code: 'ServiceNotFoundException', text: 'Service not found.' };
    await expectRefusal(world, ['UpdateService', update], unknown);
    await world.call('CreateService', world.create);
    await world.call('DeleteService', { service: 'web', force: true });
    const gone = { code: 'ServiceNotActiveException', text: 'Service was not ACTIVE.' };
    await expectRefusal(world, ['UpdateService', update], gone);
  });
});
