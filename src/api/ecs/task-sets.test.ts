import { describe, expect, it } from 'vitest';
import { named, set, withCodeDeploy, withExternal } from '../../../test/support/external-service.ts';

describe('CreateTaskSet', () => {
  it('answers as ECS does', async () => {
    const { call, subnets } = await withExternal();
    const networkConfiguration = { awsvpcConfiguration: { subnets: await subnets() } };
    const { taskSet } = await call('CreateTaskSet', {
      ...named,
      taskDefinition: 'fargate',
      launchType: 'FARGATE',
      networkConfiguration,
      externalId: 'release-1',
      scale: { value: 50, unit: 'PERCENT' },
      tags: [{ key: 'team', value: 'a' }],
    });
    expect(taskSet).toMatchObject({
      clusterArn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/default',
      serviceArn: 'arn:aws:ecs:eu-west-1:111111111111:service/default/web',
      status: 'ACTIVE',
      externalId: 'release-1',
      taskDefinition: 'arn:aws:ecs:eu-west-1:111111111111:task-definition/fargate:1',
      computedDesiredCount: 0,
      pendingCount: 0,
      runningCount: 0,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      networkConfiguration,
      loadBalancers: [],
      serviceRegistries: [],
      scale: { value: 50, unit: 'PERCENT' },
      stabilityStatus: 'STABILIZING',
      tags: [{ key: 'team', value: 'a' }],
    });
    expect(taskSet.id).toMatch(/^ecs-svc\/\d{19}$/);
    expect(taskSet.taskSetArn).toBe(`arn:aws:ecs:eu-west-1:111111111111:task-set/default/web/${taskSet.id}`);
    expect(taskSet).not.toHaveProperty('startedBy');
  });

  it('has a scale of nothing unless told', async () => {
    const { call } = await withExternal();
    expect((await call('CreateTaskSet', set)).taskSet.scale).toEqual({ value: 0, unit: 'PERCENT' });
  });

  it('says when CodeDeploy made it', async () => {
    const { call } = await withCodeDeploy();
    const { taskSet } = await call('CreateTaskSet', { ...set, externalId: 'd-ABC' });
    expect(taskSet).toMatchObject({ startedBy: 'CODE_DEPLOY', externalId: 'd-ABC' });
  });

  it('gives the one it made for the same token and parameters', async () => {
    const { call } = await withExternal();
    const first = await call('CreateTaskSet', { ...set, clientToken: 'once' });
    const again = await call('CreateTaskSet', { ...set, clientToken: 'once' });
    expect(again.taskSet.id).toBe(first.taskSet.id);
    const other = call('CreateTaskSet', { ...set, taskDefinition: 'web:2', clientToken: 'once' });
    await expect(other).rejects.toThrow('Creation of task set was not idempotent.');
    expect((await call('DescribeTaskSets', named)).taskSets).toHaveLength(1);
    const long = call('CreateTaskSet', { ...set, clientToken: 't'.repeat(37) });
    await expect(long).rejects.toThrow('clientToken must be 1 to 36 characters');
  });

  it('makes five of them', async () => {
    const { call } = await withExternal();
    for (let i = 0; i < 5; i++) await call('CreateTaskSet', set);
    await expect(call('CreateTaskSet', set)).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'The service web has 5 task sets, the most there may be. Delete one first.',
    });
  });

  it('needs a service of its kind', async () => {
    const { call } = await withExternal();
    await call('CreateService', { serviceName: 'rolling', taskDefinition: 'web:1', desiredCount: 1 });
    await expect(call('CreateTaskSet', { ...set, service: 'rolling' })).rejects.toMatchObject({
      code: 'UnsupportedFeatureException',
      message: expect.stringContaining(
        'Task sets are only supported for services with the deployment controller EXTERNAL.',
      ),
    });
    await expect(call('CreateTaskSet', { ...set, service: 'none' })).rejects.toMatchObject({
      code: 'ServiceNotFoundException',
    });
    await call('DeleteService', { service: 'web', force: true });
    await expect(call('CreateTaskSet', set)).rejects.toMatchObject({ code: 'ServiceNotActiveException' });
  });

  const cases: [string, object, string][] = [
    ['a scale above 100', { scale: { value: 101 } }, 'The scale value must be between 0 and 100.'],
    ['a scale below 0', { scale: { value: -1 } }, 'The scale value must be between 0 and 100.'],
    ['a scale unit', { scale: { value: 1, unit: 'TASKS' } }, 'Member must satisfy enum value set: [PERCENT]'],
    [
      'a port that no container has',
      { loadBalancers: [{ loadBalancerName: 'l', containerName: 'app', containerPort: 80 }] },
      'The container app did not have a container port 80 defined.',
    ],
    [
      'load balancers',
      { taskDefinition: 'ports', loadBalancers: [{ loadBalancerName: 'l', containerName: 'app', containerPort: 80 }] },
      'Classic Load Balancers are not part of this version',
    ],
    ['registries without an ARN', { serviceRegistries: [{}] }, 'registryArn can not be blank.'],
    [
      'service registries',
      { taskDefinition: 'ports', serviceRegistries: [{ registryArn: 'a', containerName: 'app', containerPort: 80 }] },
      'The service registry a does not exist.',
    ],
    [
      'a capacity provider of another cluster',
      { capacityProviderStrategy: [{ capacityProvider: 'p', weight: 1 }] },
      'cannot contain a capacity provider that is not associated with the cluster.',
    ],
    [
      'a capacity provider strategy',
      {
        taskDefinition: 'fargate',
        networkConfiguration: 'subnets',
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      },
      'Capacity provider strategies of task sets are not part of this version',
    ],
    [
      'a definition that cannot run',
      { launchType: 'FARGATE' },
      'Task definition does not support launch_type FARGATE.',
    ],
    ['a platform version', { platformVersion: 'LATEST' }, 'The platform version must be null when specifying an EC2'],
    [
      'no network',
      { taskDefinition: 'fargate', launchType: 'FARGATE' },
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
  ];
  it.each(cases)('refuses %s', async (_, change, message) => {
    const { call, store, subnets } = await withExternal();
    const capacityProviders = ['FARGATE'];
    const cluster = { cluster: 'default', capacityProviders, defaultCapacityProviderStrategy: [] };
    await call('PutClusterCapacityProviders', cluster);
    const network = { networkConfiguration: { awsvpcConfiguration: { subnets: await subnets() } } };
    const request = { ...set, ...change, ...('networkConfiguration' in change ? network : {}) };
    await expect(call('CreateTaskSet', request)).rejects.toThrow(message);
    expect(store.view.taskSets.size).toBe(0);
  });

  it('refuses placement that Fargate has not', async () => {
    const { call, subnets } = await withExternal();
    await call('UpdateService', { ...named, placementStrategy: [{ type: 'random' }] });
    const networkConfiguration = { awsvpcConfiguration: { subnets: await subnets() } };
    const fargate = { ...named, taskDefinition: 'fargate', launchType: 'FARGATE', networkConfiguration };
    await expect(call('CreateTaskSet', fargate)).rejects.toThrow('Placement strategies are not supported');
    await call('UpdateService', { ...named, placementStrategy: [] });
    await call('CreateTaskSet', fargate);
    const back = call('UpdateService', { ...named, placementStrategy: [{ type: 'random' }] });
    await expect(back).rejects.toThrow('Placement strategies are not supported');
  });
});

describe('DescribeTaskSets', () => {
  it('shows all, or those named by id, number or ARN, and misses the others', async () => {
    const { call } = await withExternal();
    const tags = [{ key: 'team', value: 'a' }];
    const one = (await call('CreateTaskSet', { ...set, tags })).taskSet;
    const two = (await call('CreateTaskSet', set)).taskSet;
    const ids = async (input: object = {}) => {
      const { taskSets } = await call('DescribeTaskSets', { ...named, ...input });
      return taskSets.map(({ id }: { id: string }) => id);
    };
    expect(await ids()).toEqual([one.id, two.id]);
    expect(await ids({ taskSets: [two.taskSetArn] })).toEqual([two.id]);
    expect(await ids({ taskSets: [one.id] })).toEqual([one.id]);
    expect(await ids({ taskSets: [one.id.replace('ecs-svc/', '')] })).toEqual([one.id]);
    const missing = await call('DescribeTaskSets', { ...named, taskSets: ['ecs-svc/1'] });
    const arn = 'arn:aws:ecs:eu-west-1:111111111111:task-set/default/web/ecs-svc/1';
    expect(missing).toMatchObject({ taskSets: [], failures: [{ arn, reason: 'MISSING' }] });
    const plain = await call('DescribeTaskSets', named);
    expect(plain.taskSets[0].tags).toEqual([]);
    const tagged = await call('DescribeTaskSets', { ...named, include: ['TAGS'] });
    expect(tagged.taskSets[0].tags).toEqual(tags);
    const { services } = await call('DescribeServices', { services: ['web'], include: ['TAGS'] });
    expect(services[0].taskSets.map(({ id }: { id: string }) => id)).toEqual([one.id, two.id]);
  });

  it('refuses ARNs of anything else', async () => {
    const { call } = await withExternal();
    const prefix = 'arn:aws:ecs:eu-west-1:111111111111:';
    for (const arn of [`${prefix}service/default/web`, `${prefix}task-set/default/web`]) {
      const asked = call('DescribeTaskSets', { ...named, taskSets: [arn] });
      await expect(asked).rejects.toThrow('Invalid identifier: Unexpected ARN');
    }
    const other = call('DescribeTaskSets', { ...named, taskSets: [`${prefix}task-set/default/other/ecs-svc/1`] });
    await expect(other).rejects.toThrow(' is not of the service web.');
  });
});

describe('the tags of a task set', () => {
  it('are those of any resource', async () => {
    const { call } = await withExternal();
    const { taskSetArn: resourceArn } = (await call('CreateTaskSet', set)).taskSet;
    await call('TagResource', { resourceArn, tags: [{ key: 'a', value: '1' }] });
    expect((await call('ListTagsForResource', { resourceArn })).tags).toEqual([{ key: 'a', value: '1' }]);
    await call('UntagResource', { resourceArn, tagKeys: ['a'] });
    expect((await call('ListTagsForResource', { resourceArn })).tags).toEqual([]);
  });
});

describe('UpdateTaskSet', () => {
  it('scales', async () => {
    const { call } = await withExternal();
    const { id: taskSet } = (await call('CreateTaskSet', set)).taskSet;
    const scale = { value: 12.5, unit: 'PERCENT' };
    expect((await call('UpdateTaskSet', { ...named, taskSet, scale })).taskSet.scale).toEqual(scale);
    const wrong = call('UpdateTaskSet', { ...named, taskSet, scale: { value: 200, unit: 'PERCENT' } });
    await expect(wrong).rejects.toThrow('The scale value must be between 0 and 100.');
  });

  it('misses what is not there', async () => {
    const { call } = await withExternal();
    const asked = call('UpdateTaskSet', { ...named, taskSet: 'ecs-svc/1', scale: { value: 1 } });
    await expect(asked).rejects.toMatchObject({
      code: 'TaskSetNotFoundException',
      message: 'The specified task set does not exist.',
    });
  });
});

describe('UpdateServicePrimaryTaskSet', () => {
  it('gives the service the settings of the set, and one PRIMARY', async () => {
    const { call, subnets } = await withExternal();
    const networkConfiguration = { awsvpcConfiguration: { subnets: await subnets() } };
    const fargate = { ...named, taskDefinition: 'fargate', launchType: 'FARGATE', networkConfiguration };
    const one = (await call('CreateTaskSet', fargate)).taskSet.id;
    const two = (await call('CreateTaskSet', set)).taskSet.id;
    const primary = async (primaryTaskSet: string) => {
      const { taskSet } = await call('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet });
      expect(taskSet).toMatchObject({ id: primaryTaskSet, status: 'PRIMARY' });
      return (await call('DescribeServices', { services: ['web'] })).services[0];
    };
    const shown = await primary(one);
    expect(shown).toMatchObject({ launchType: 'FARGATE', platformVersion: 'LATEST', networkConfiguration });
    expect(shown.taskDefinition).toMatch(/fargate:1$/);
    const after = await primary(two);
    expect(after.taskDefinition).toMatch(/web:1$/);
    expect(after).not.toHaveProperty('networkConfiguration');
    expect(after).not.toHaveProperty('platformVersion');
    expect(after.taskSets.map(({ status }: { status: string }) => status)).toEqual(['ACTIVE', 'PRIMARY']);
  });
});

describe('DeleteTaskSet', () => {
  it('asks for force when it is scaled or PRIMARY, and then drains', async () => {
    const { call } = await withExternal();
    const { id: taskSet } = (await call('CreateTaskSet', { ...set, scale: { value: 1, unit: 'PERCENT' } })).taskSet;
    const scaled = call('DeleteTaskSet', { ...named, taskSet });
    await expect(scaled).rejects.toThrow('The task set cannot be deleted while it is scaled above 0.');
    await call('UpdateTaskSet', { ...named, taskSet, scale: { value: 0, unit: 'PERCENT' } });
    await call('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: taskSet });
    const primary = call('DeleteTaskSet', { ...named, taskSet });
    await expect(primary).rejects.toThrow('The primary task set cannot be deleted.');
    expect((await call('DeleteTaskSet', { ...named, taskSet, force: true })).taskSet.status).toBe('DRAINING');
    expect((await call('DeleteTaskSet', { ...named, taskSet })).taskSet.status).toBe('DRAINING');
    const late = call('UpdateTaskSet', { ...named, taskSet, scale: { value: 1, unit: 'PERCENT' } });
    await expect(late).rejects.toThrow(`The task set ${taskSet} is DRAINING and can no longer be changed.`);
  });
});
