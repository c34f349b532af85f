import { describe, expect, it } from 'vitest';
import type { Task } from '#model';
import { type Answer, apiHarness } from '../../../test/support/api-harness.ts';
import { fargateDefinition } from '../../../test/support/definitions.ts';

const groupAttribute = 'roadstead.auto-scaling-group';

/** A cluster with Fargate's providers, or those of the groups `a` and `b`; definitions for both. */
async function withCluster(providers: 'fargate' | 'groups') {
  const harness = await apiHarness();
  const { call } = harness;
  await call('RegisterTaskDefinition', fargateDefinition('web'));
  await call('RegisterTaskDefinition', {
    family: 'job',
    containerDefinitions: [{ name: 'app', image: 'app:1', cpu: 1000, memory: 128 }],
  });
  await call('CreateCluster');
  const hosts: string[] = [];
  if (providers === 'groups') {
    for (const name of ['a', 'b']) {
      hosts.push(await harness.addHost({ cluster: 'default', attributes: { [groupAttribute]: name } }));
      await call('CreateCapacityProvider', { name, autoScalingGroupProvider: { autoScalingGroupArn: name } });
    }
  }
  const capacityProviders = providers === 'groups' ? ['a', 'b'] : ['FARGATE', 'FARGATE_SPOT'];
  const put = (defaultCapacityProviderStrategy: object[] = []) =>
    call('PutClusterCapacityProviders', { cluster: 'default', capacityProviders, defaultCapacityProviderStrategy });
  await put();
  await harness.addHost({ pool: 'fargate', cpuUnits: 100_000, memoryMiB: 100_000 });
  const network = { awsvpcConfiguration: { subnets: await harness.subnets() } };
  const web = { taskDefinition: 'web', networkConfiguration: network };
  return { ...harness, put, hosts, web };
}

function providersOf({ tasks }: Answer): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { capacityProviderName = 'none' } of tasks as { capacityProviderName?: string }[]) {
    counts[capacityProviderName] = (counts[capacityProviderName] ?? 0) + 1;
  }
  return counts;
}

describe('RunTask with a strategy', () => {
  const spotMostly = [
    { capacityProvider: 'FARGATE', base: 1, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 3 },
  ];

  it('shares tasks out over Fargate providers, which run in the pool', async () => {
    const { call, web } = await withCluster('fargate');
    const answer = await call('RunTask', { ...web, count: 9, capacityProviderStrategy: spotMostly });
    expect(providersOf(answer)).toEqual({ FARGATE: 3, FARGATE_SPOT: 6 });
    for (const task of answer.tasks) {
      expect(task).toMatchObject({ launchType: 'FARGATE', platformVersion: '1.4.0', lastStatus: 'PROVISIONING' });
    }
    const { tasks } = await call('DescribeTasks', { tasks: [answer.tasks[8].taskArn] });
    expect(tasks[0].capacityProviderName).toBe('FARGATE_SPOT');
  });

  it('takes the default of the cluster when it names nothing, and none when it names a launch type', async () => {
    const { call, put, web } = await withCluster('fargate');
    await put([{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]);
    expect(providersOf(await call('RunTask', { ...web, count: 2 }))).toEqual({ FARGATE_SPOT: 2 });
    const plain = await call('RunTask', { ...web, launchType: 'FARGATE' });
    expect(providersOf(plain)).toEqual({ none: 1 });
  });

  it('places on the instances of each provider alone, and fills none with the share of another', async () => {
    const { call, hosts } = await withCluster('groups');
    const strategy = [
      { capacityProvider: 'a', weight: 1 },
      { capacityProvider: 'b', weight: 1 },
    ];
    const first = await call('RunTask', { taskDefinition: 'job', count: 2, capacityProviderStrategy: strategy });
    const where = (task: { capacityProviderName: string; containerInstanceArn: string }) => [
      task.capacityProviderName,
      task.containerInstanceArn,
    ];
    expect(first.tasks.map(where)).toEqual([
      ['a', hosts[0]],
      ['b', hosts[1]],
    ]);
    expect(first.tasks[0]).toMatchObject({ launchType: 'EC2', lastStatus: 'PENDING' });
    const onlyA = [{ capacityProvider: 'a', weight: 1 }];
    const second = await call('RunTask', { taskDefinition: 'job', count: 5, capacityProviderStrategy: onlyA });
    expect(second.tasks).toHaveLength(3);
    expect(second.failures).toEqual([
      { arn: hosts[0], reason: 'RESOURCE:CPU', detail: 'needs 1000 CPU units, 96 are free' },
    ]);
  });

  it('lets a launch type use every instance', async () => {
    const { call } = await withCluster('groups');
    const { tasks } = await call('RunTask', { taskDefinition: 'job', count: 8, launchType: 'EC2' });
    expect(tasks).toHaveLength(8);
  });

  it('says when a provider has no instance, or none that is ACTIVE', async () => {
    const { call, hosts } = await withCluster('groups');
    const run = () =>
      call('RunTask', { taskDefinition: 'job', capacityProviderStrategy: [{ capacityProvider: 'b', weight: 1 }] });
    await call('UpdateContainerInstancesState', { containerInstances: [hosts[1]], status: 'DRAINING' });
    const draining = await run();
    expect(draining.failures).toEqual([
      { reason: 'NO ACTIVE INSTANCES', detail: 'no container instance of the capacity provider b is ACTIVE' },
    ]);
    await call('DeregisterContainerInstance', { containerInstance: hosts[1] });
    const empty = await run();
    expect(empty.tasks).toEqual([]);
    expect(empty.failures).toEqual([
      {
        reason: 'EMPTY CAPACITY PROVIDER',
        detail: 'no container instance of the capacity provider b is registered',
      },
    ]);
  });

  it('keeps its providers in the cluster until its tasks are over', async () => {
    const { call, store } = await withCluster('groups');
    const strategy = [{ capacityProvider: 'a', weight: 1 }];
    const { tasks } = await call('RunTask', { taskDefinition: 'job', capacityProviderStrategy: strategy });
    const remove = () =>
      call('PutClusterCapacityProviders', {
        cluster: 'default',
        capacityProviders: ['b'],
        defaultCapacityProviderStrategy: [],
      });
    await expect(remove()).rejects.toMatchObject({
      code: 'ResourceInUseException',
      message: 'The specified capacity provider is in use and cannot be removed.',
    });
    await store.update('dispatch', (tx) => {
      const task: Task = tx.tasks.get(tasks[0].taskArn);
      tx.tasks.put({ ...task, lastStatus: 'STOPPED' });
    });
    expect((await remove()).cluster.capacityProviders).toEqual(['b']);
  });

  it('refuses placement and a wrong definition as Fargate does', async () => {
    const { call, web } = await withCluster('fargate');
    await expect(
      call('RunTask', { ...web, capacityProviderStrategy: spotMostly, placementStrategy: [{ type: 'random' }] }),
    ).rejects.toThrow('Placement strategies are not supported with FARGATE launch type.');
    await expect(call('RunTask', { taskDefinition: 'job', capacityProviderStrategy: spotMostly })).rejects.toThrow(
      'Task definition does not support launch_type FARGATE.',
    );
  });
});

describe('RunTask on a provider with managed scaling', () => {
  const onA = { taskDefinition: 'job', capacityProviderStrategy: [{ capacityProvider: 'a', weight: 1 }] };

  async function withScaling() {
    const harness = await withCluster('groups');
    await harness.call('UpdateCapacityProvider', {
      name: 'a',
      autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' } },
    });
    return harness;
  }

  it('makes tasks that find no room, and lets them wait without an instance', async () => {
    const { call, totals } = await withScaling();
    const { tasks, failures } = await call('RunTask', { ...onA, count: 6 });
    expect(failures).toEqual([]);
    expect(tasks.map(({ lastStatus }: Answer) => lastStatus)).toEqual([
      ...Array.from({ length: 4 }, () => 'PENDING'),
      ...Array.from({ length: 2 }, () => 'PROVISIONING'),
    ]);
    expect(tasks[5]).toMatchObject({ capacityProviderName: 'a', launchType: 'EC2', desiredStatus: 'RUNNING' });
    expect(tasks[5]).not.toHaveProperty('containerInstanceArn');
    expect(totals.waiting.countOf(tasks[5].clusterArn)).toBe(2);
    const { task } = await call('StopTask', { task: tasks[5].taskArn });
    expect(task.lastStatus).toBe('STOPPED');
    expect(totals.waiting.countOf(tasks[5].clusterArn)).toBe(1);
  });

  it('refuses to let more than 500 of a cluster wait, and then makes none of the call', async () => {
    const { call, totals, store } = await withScaling();
    for (let calls = 0; calls < 50; calls++) await call('RunTask', { ...onA, count: 10 });
    await call('RunTask', { ...onA, count: 4 });
    const [cluster] = [...store.view.clusters.all()];
    expect(totals.waiting.countOf(cluster!.clusterArn)).toBe(500);
    const before = store.view.tasks.size;
    await expect(call('RunTask', onA)).rejects.toMatchObject({
      code: 'ClientException',
      message: 'Tasks provisioning capacity limit exceeded.',
    });
    expect(store.view.tasks.size).toBe(before);
  });
});

describe('a service with a strategy', () => {
  const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
  const shown = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];

  it('shows it in place of the launch type, of the service and of its deployment', async () => {
    const { call, web } = await withCluster('fargate');
    const { service } = await call('CreateService', {
      ...web,
      serviceName: 'web',
      desiredCount: 1,
      capacityProviderStrategy: strategy,
    });
    expect(service).toMatchObject({ capacityProviderStrategy: shown, platformVersion: 'LATEST' });
    expect(service.deployments[0]).toMatchObject({ capacityProviderStrategy: shown, platformVersion: '1.4.0' });
    for (const one of [service, service.deployments[0]]) expect(one).not.toHaveProperty('launchType');
    await expect(
      call('PutClusterCapacityProviders', {
        cluster: 'default',
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      }),
    ).rejects.toThrow('The specified capacity provider is in use and cannot be removed.');
  });

  it('takes the default of the cluster as it stands when it is made', async () => {
    const { call, put, web } = await withCluster('fargate');
    await put(strategy);
    const { service } = await call('CreateService', { ...web, serviceName: 'web', desiredCount: 1 });
    expect(service.capacityProviderStrategy).toEqual(shown);
    await put();
    const { services } = await call('DescribeServices', { services: ['web'] });
    expect(services[0].capacityProviderStrategy).toEqual(shown);
  });

  it('changes it, or takes it in place of a launch type, with a new deployment only', async () => {
    const { call, web } = await withCluster('fargate');
    await call('CreateService', { ...web, serviceName: 'web', desiredCount: 1, launchType: 'FARGATE' });
    const update = (more: object) => call('UpdateService', { service: 'web', ...more });
    await expect(update({ capacityProviderStrategy: strategy })).rejects.toThrow(
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    );
    const moved = await update({ capacityProviderStrategy: strategy, forceNewDeployment: true });
    expect(moved.service.capacityProviderStrategy).toEqual(shown);
    expect(moved.service.deployments.map((one: Answer) => one.launchType)).toEqual([undefined, 'FARGATE']);
    const same = await update({ capacityProviderStrategy: strategy, desiredCount: 2 });
    expect(same.service.deployments).toHaveLength(2);
    const back = await update({ capacityProviderStrategy: [], forceNewDeployment: true });
    expect(back.service).toMatchObject({ launchType: 'FARGATE' });
    expect(back.service).not.toHaveProperty('capacityProviderStrategy');
  });

  it('keeps to its kind of capacity', async () => {
    const { call } = await withCluster('groups');
    await call('PutClusterCapacityProviders', {
      cluster: 'default',
      capacityProviders: ['a', 'FARGATE'],
      defaultCapacityProviderStrategy: [],
    });
    const onGroup = [{ capacityProvider: 'a', weight: 1 }];
    const create = { serviceName: 'job', taskDefinition: 'job', desiredCount: 1, capacityProviderStrategy: onGroup };
    const { service } = await call('CreateService', create);
    expect(service).not.toHaveProperty('platformVersion');
    await expect(
      call('UpdateService', {
        service: 'job',
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        forceNewDeployment: true,
      }),
    ).rejects.toThrow('runs on EC2');
  });
});
