import { describe, expect, it } from 'vitest';
import { external, named, opened, set, withCodeDeploy, withExternal } from '../../../test/support/external-service.ts';

describe('CreateService with the controller EXTERNAL', () => {
  it('needs a name and nothing else', async () => {
    const { call } = await opened();
    const { service } = await call('CreateService', external);
    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:eu-west-1:111111111111:service/default/web',
      status: 'ACTIVE',
      desiredCount: 0,
      deploymentController: { type: 'EXTERNAL' },
      taskSets: [],
      deployments: [],
      events: [],
      schedulingStrategy: 'REPLICA',
    });
    for (const absent of ['taskDefinition', 'networkConfiguration', 'platformVersion', 'currentServiceRevisions']) {
      expect(service).not.toHaveProperty(absent);
    }
  });

  it('keeps what is of the service itself', async () => {
    const { call } = await opened();
    const own = {
      desiredCount: 3,
      placementStrategy: [{ type: 'random' }],
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      healthCheckGracePeriodSeconds: 9,
      tags: [{ key: 'team', value: 'a' }],
    };
    const { service } = await call('CreateService', { ...external, ...own });
    expect(service).toMatchObject(own);
  });

  const cases: [string, object, string][] = [
    ['a task definition', { taskDefinition: 'web:1' }, 'TaskDefinition must be blank'],
    [
      'load balancers',
      { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'app', containerPort: 80 }] },
      'LoadBalancers must be empty or null.',
    ],
    ['service registries', { serviceRegistries: [{}] }, 'ServiceRegistries must be empty or null.'],
    [
      'a capacity provider strategy',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'CapacityProviderStrategy must be empty or null.',
    ],
    [
      'a network configuration',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      'NetworkConfiguration must be blank',
    ],
    ['a launch type', { launchType: 'FARGATE' }, 'LaunchType must be blank'],
    ['a platform version', { platformVersion: 'LATEST' }, 'PlatformVersion must be blank'],
    [
      'the DAEMON strategy',
      { schedulingStrategy: 'DAEMON' },
      'The daemon scheduling strategy does not support the EXTERNAL deployment controller type.',
    ],
    [
      'the circuit breaker',
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } },
      'The deployment circuit breaker can be configured only with the ECS deployment controller.',
    ],
    [
      'alarms',
      { deploymentConfiguration: { alarms: { alarmNames: ['a'], enable: true, rollback: true } } },
      'Deployment alarms can be configured only with the ECS deployment controller.',
    ],
    [
      'early success',
      {
        deploymentConfiguration: {
          earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' },
        },
      },
      'earlySuccessCriteria can be configured only with the ECS deployment controller.',
    ],
    [
      'another strategy',
      { deploymentConfiguration: { strategy: 'CANARY' } },
      'The deployment strategy CANARY can be configured only with the ECS deployment controller.',
    ],
  ];
  it.each(cases)('refuses %s', async (_, input, message) => {
    const { call, store } = await opened();
    await expect(call('CreateService', { ...external, ...input })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message,
    });
    expect(store.view.services.size).toBe(0);
  });

  it('refuses controllers there are not', async () => {
    const { call } = await opened();
    const input = { ...external, deploymentController: { type: 'MINE' } };
    await expect(call('CreateService', input)).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});

describe('CreateService with the controller CODE_DEPLOY', () => {
  const service = {
    serviceName: 'web',
    deploymentController: { type: 'CODE_DEPLOY' },
    taskDefinition: 'web:1',
    desiredCount: 1,
  };

  it('says that there are no load balancers', async () => {
    const { call, store } = await opened();
    await expect(call('CreateService', service)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(
        'When specifying the CODE_DEPLOY deployment controller type, the service requires an Application Load Balancer or Network Load Balancer.',
      ),
    });
    expect(store.view.services.size).toBe(0);
  });

  it('is not content with a Classic Load Balancer', async () => {
    const { call } = await opened();
    const loadBalancers = [{ loadBalancerName: 'old', containerName: 'app', containerPort: 80 }];
    await expect(call('CreateService', { ...service, taskDefinition: 'ports', loadBalancers })).rejects.toThrow(
      'the service requires an Application Load Balancer or Network Load Balancer.',
    );
  });

  it.each([
    [{ taskDefinition: undefined }, 'TaskDefinition can not be blank.'],
    [{ taskDefinition: 'none:1' }, 'TaskDefinition not found.'],
    [{ launchType: 'FARGATE' }, 'Task definition does not support launch_type FARGATE.'],
    [{ schedulingStrategy: 'DAEMON', desiredCount: undefined }, 'does not support the CODE_DEPLOY deployment'],
    [
      { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'nope', containerPort: 80 }] },
      'The container nope does not exist in the task definition.',
    ],
    [
      { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'app', containerPort: 80 }], taskDefinition: 'ports' },
      'does not have an associated load balancer.',
    ],
  ])('checks all else first: %j', async (change, message) => {
    const { call } = await opened();
    await expect(call('CreateService', { ...service, ...change })).rejects.toThrow(message);
  });
});

describe('UpdateService of a service with task sets', () => {
  it('changes what is of the service itself', async () => {
    const { call } = await withExternal();
    await call('CreateTaskSet', set);
    const change = { desiredCount: 7, propagateTags: 'SERVICE', healthCheckGracePeriodSeconds: 3 };
    const { service } = await call('UpdateService', { ...named, ...change });
    expect(service).toMatchObject({ ...change, deployments: [], taskSets: [{ status: 'ACTIVE' }] });
    expect((await call('DescribeServices', { services: ['web'] })).services[0]).toMatchObject(change);
  });

  const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  it.each([
    [
      { forceNewDeployment: true },
      'Cannot force a new deployment on services with an EXTERNAL deployment controller. Create a task set instead.',
    ],
    [
      { taskDefinition: 'web:2' },
      'Unable to update task definition on services with an EXTERNAL deployment controller. Create a task set instead.',
    ],
    [
      { networkConfiguration: network },
      'Unable to update network parameters on services with an EXTERNAL deployment controller. Create a task set instead.',
    ],
    [
      { platformVersion: 'LATEST' },
      'Unable to update platform version on services with an EXTERNAL deployment controller. Create a task set instead.',
    ],
    [
      { enableExecuteCommand: false },
      'Unable to update execute command on services with an EXTERNAL deployment controller. Create a task set instead.',
    ],
    [
      { availabilityZoneRebalancing: 'ENABLED' },
      'Unable to update Availability Zone rebalancing on services with an EXTERNAL deployment controller. Create a task set instead.',
    ],
    [
      { deploymentConfiguration: { maximumPercent: 150 } },
      'Unable to update deployment configuration on services with an EXTERNAL deployment controller. Scale its task sets instead.',
    ],
  ])('refuses %j with EXTERNAL', async (change, message) => {
    const { call, store } = await withExternal();
    const before = [...store.view.services.all()];
    await expect(call('UpdateService', { ...named, ...change })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message,
    });
    expect([...store.view.services.all()]).toEqual(before);
  });

  it.each([
    [
      { forceNewDeployment: true },
      'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    ],
    [
      { taskDefinition: 'web:2' },
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Please use Code Deploy to trigger a new deployment.',
    ],
    [
      { networkConfiguration: network },
      'Unable to update network parameters on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    ],
  ])('refuses %j with CODE_DEPLOY', async (change, message) => {
    const { call } = await withCodeDeploy();
    await expect(call('UpdateService', { ...named, ...change })).rejects.toMatchObject({ message });
    const allowed = { desiredCount: 2, deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 } };
    expect((await call('UpdateService', { ...named, ...allowed })).service).toMatchObject(allowed);
  });

  it('takes the controller that it has', async () => {
    const { call } = await withExternal();
    await call('UpdateService', { ...named, deploymentController: { type: 'EXTERNAL' }, desiredCount: 1 });
  });
});

describe('DeleteService of a service with task sets', () => {
  it('takes them along', async () => {
    const { call, store } = await withExternal();
    await call('CreateTaskSet', set);
    await expect(call('DeleteService', { service: 'web' })).rejects.toThrow(
      'The service cannot be stopped while it is scaled above 0.',
    );
    const { service } = await call('DeleteService', { service: 'web', force: true });
    expect(service).toMatchObject({ status: 'INACTIVE', taskSets: [] });
    expect(store.view.taskSets.size).toBe(0);
    await expect(call('DescribeTaskSets', named)).rejects.toMatchObject({ code: 'ServiceNotActiveException' });
    await call('CreateService', external);
    expect((await call('DescribeTaskSets', named)).taskSets).toEqual([]);
  });
});
