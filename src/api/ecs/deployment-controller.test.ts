import { describe, expect, it } from 'vitest';
import type { Service } from '#model';
import type { RoadsteadStore } from '#store';
import { codeDeployWorld } from '../../../test/support/code-deploy-world.ts';
import { named, opened, set, withCodeDeploy, withExternal } from '../../../test/support/external-service.ts';

const to = (type: string, more: object = {}): object => ({ ...named, deploymentController: { type }, ...more });

/** Ends the deployment of every service. */
async function complete(store: RoadsteadStore): Promise<void> {
  for (const status of ['IN_PROGRESS', 'SUCCESSFUL'] as const) {
    await store.update('service', (tx) => {
      const [services, records] = [[...tx.services.all()], [...tx.serviceDeployments.all()]];
      for (const service of services) {
        const deployments = service.deployments.map((each) => ({ ...each, rolloutState: 'COMPLETED' as const }));
        tx.services.put({ ...service, deployments });
      }
      for (const record of records) tx.serviceDeployments.put({ ...record, status });
    });
  }
}

/** The service `web`, of four tasks, whose only deployment is over. */
async function withEcs(settings: object = {}) {
  const harness = await opened();
  const { call, store } = harness;
  await call('CreateService', { serviceName: 'web', taskDefinition: 'web:1', desiredCount: 4, ...settings });
  const service = (): Service => [...store.view.services.all()][0]!;
  return { ...harness, complete: () => complete(store), service };
}

describe('UpdateService from the deployment controller ECS', () => {
  it('to EXTERNAL makes the deployment the PRIMARY task set, and shows it as a deployment still', async () => {
    const { call, complete, service, store } = await withEcs();
    await complete();
    const [deployment] = service().deployments;
    const answer = (await call('UpdateService', to('EXTERNAL', { desiredCount: 6 }))).service;
    expect(answer).toMatchObject({
      deploymentController: { type: 'EXTERNAL' },
      desiredCount: 6,
      deployments: [{ id: deployment!.id, status: 'PRIMARY', launchType: 'EC2' }],
    });
    expect(answer).not.toHaveProperty('taskSets');
    expect(answer.deployments[0]).not.toHaveProperty('rolloutState');
    expect(service()).toMatchObject({ deploymentController: 'EXTERNAL', deployments: [] });
    const { taskSets } = await call('DescribeTaskSets', named);
    expect(taskSets).toMatchObject([
      {
        id: deployment!.id,
        taskSetArn: `arn:aws:ecs:eu-west-1:111111111111:task-set/default/web/${deployment!.id}`,
        status: 'PRIMARY',
        scale: { value: 100, unit: 'PERCENT' },
        launchType: 'EC2',
      },
    ]);
    await call('CreateTaskSet', set);
    await call('DeleteTaskSet', { ...named, taskSet: deployment!.id, force: true });
    const { services } = await call('DescribeServices', { services: ['web'] });
    expect(services[0].deployments.map(({ status }: { status: string }) => status)).toEqual(['DRAINING', 'ACTIVE']);
    expect(store.view.taskSets.size).toBe(2);
  });

  it.each([
    ['CODE_DEPLOY', 'EXTERNAL'],
    ['EXTERNAL', 'CODE_DEPLOY'],
    ['ECS', 'CODE_DEPLOY'],
  ])('%s to %s goes or needs a load balancer', async (from, type) => {
    const { call, store } = await (from === 'ECS'
      ? withEcs()
      : from === 'EXTERNAL'
        ? withExternal()
        : withCodeDeploy());
    const before = [...store.view.services.all()];
    const asked = call('UpdateService', to(type));
    if (type === 'EXTERNAL') {
      expect((await asked).service).toMatchObject({ deploymentController: { type }, taskSets: [] });
      return;
    }
    await expect(asked).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining('the service requires an Application Load Balancer or Network Load Balancer.'),
    });
    expect([...store.view.services.all()]).toEqual(before);
  });

  it('to CODE_DEPLOY, with a load balancer, gives CodeDeploy the tasks that run as the PRIMARY task set', async () => {
    const { store, deploy, groupInput } = await codeDeployWorld();
    const ecs = (operation: string, input: object) => deploy(operation, input, { service: 'ecs' });
    await complete(store);
    const before = (await ecs('DescribeServices', { services: ['rolling'] })).services[0];
    const { service } = await ecs('UpdateService', {
      service: 'rolling',
      deploymentController: { type: 'CODE_DEPLOY' },
    });
    expect(service).toMatchObject({
      deploymentController: { type: 'CODE_DEPLOY' },
      deployments: [],
      taskSets: [
        {
          id: before.deployments[0].id,
          status: 'PRIMARY',
          taskDefinition: before.taskDefinition,
          loadBalancers: before.loadBalancers,
          scale: { value: 100, unit: 'PERCENT' },
        },
      ],
    });
    const ecsServices = [{ clusterName: 'default', serviceName: 'rolling' }];
    await deploy('CreateDeploymentGroup', groupInput({ ecsServices }));
    const back = await ecs('UpdateService', { service: 'rolling', deploymentController: { type: 'EXTERNAL' } });
    expect(back.service.deploymentController).toEqual({ type: 'EXTERNAL' });
    const again = await ecs('UpdateService', { service: 'rolling', deploymentController: { type: 'CODE_DEPLOY' } });
    expect(again.service.taskSets).toHaveLength(1);
  });

  it('waits for what is being deployed', async () => {
    const { call, store } = await withEcs();
    const before = [...store.view.services.all()];
    await expect(call('UpdateService', to('EXTERNAL'))).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(
        'Unable to update the deployment controller of a service during an ongoing service deployment.',
      ),
    });
    expect([...store.view.services.all()]).toEqual(before);
    expect(store.view.taskSets.size).toBe(0);
  });

  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: false } };
  it.each([
    ['the circuit breaker', breaker, 'The deployment circuit breaker'],
    ['alarms', { alarms: { alarmNames: ['a'], enable: true, rollback: false } }, 'Deployment alarms'],
    ['BLUE_GREEN', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 }, 'The deployment strategy BLUE_GREEN'],
  ])('refuses a service with %s', async (_, deploymentConfiguration, what) => {
    const { call, complete, service } = await withEcs({ deploymentConfiguration });
    await complete();
    await expect(call('UpdateService', to('EXTERNAL'))).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: `${what} can be configured only with the ECS deployment controller.`,
    });
    expect(service().deploymentController).toBeUndefined();
  });

  it('takes one that sets the circuit breaker aside', async () => {
    const { call, complete, service } = await withEcs({ deploymentConfiguration: breaker });
    await complete();
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: false, rollback: false } };
    await call('UpdateService', to('EXTERNAL', { deploymentConfiguration }));
    expect(service().deploymentConfiguration.deploymentCircuitBreaker.enable).toBe(false);
  });

  it.each([
    [
      { taskDefinition: 'web:2' },
      'Unable to update task definition on services with an EXTERNAL deployment controller.',
    ],
    [{ forceNewDeployment: true }, 'Cannot force a new deployment on services with an EXTERNAL deployment controller.'],
  ])('refuses %j with it, which is for task sets to say', async (more, message) => {
    const { call, complete, store } = await withEcs();
    await complete();
    await expect(call('UpdateService', to('EXTERNAL', more))).rejects.toThrow(message);
    expect(store.view.taskSets.size).toBe(0);
  });

  it('is not for daemons', async () => {
    const { call } = await withEcs({ schedulingStrategy: 'DAEMON', desiredCount: undefined });
    await expect(call('UpdateService', to('EXTERNAL'))).rejects.toThrow(
      'The daemon scheduling strategy does not support the EXTERNAL deployment controller type.',
    );
  });
});

describe('UpdateService to the deployment controller ECS', () => {
  async function withPrimary() {
    const harness = await withExternal();
    const { call, store } = harness;
    const one = (await call('CreateTaskSet', { ...set, scale: { value: 100, unit: 'PERCENT' } })).taskSet;
    const two = (await call('CreateTaskSet', { ...set, taskDefinition: 'web:2' })).taskSet;
    await call('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: one.id });
    const service = (): Service => [...store.view.services.all()][0]!;
    return { ...harness, one, two, service };
  }

  it('makes the PRIMARY task set the newest deployment, the others older ones', async () => {
    const { call, one, two, service, store } = await withPrimary();
    const answer = (await call('UpdateService', to('ECS'))).service;
    expect(answer).toMatchObject({
      deploymentController: { type: 'ECS' },
      taskDefinition: expect.stringMatching(/web:1$/),
      deployments: [
        { id: one.id, status: 'PRIMARY', rolloutState: 'COMPLETED' },
        { id: two.id, status: 'ACTIVE' },
      ],
    });
    expect(answer).not.toHaveProperty('taskSets');
    expect(answer.currentServiceRevisions).toHaveLength(1);
    expect(service().deploymentController).toBeUndefined();
    expect(store.view.taskSets.size).toBe(0);
    expect(store.view.serviceRevisions.size).toBe(2);
    for (const operation of ['DescribeTaskSets', 'DeleteTaskSet']) {
      await expect(call(operation, { ...named, taskSet: one.id })).rejects.toMatchObject({
        code: 'UnsupportedFeatureException',
      });
    }
  });

  it('deploys what it is given with it', async () => {
    const { call, one } = await withPrimary();
    const answer = (await call('UpdateService', to('ECS', { taskDefinition: 'web:2' }))).service;
    expect(answer.deployments).toHaveLength(3);
    expect(answer.deployments[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' });
    expect(answer.deployments[1]).toMatchObject({ id: one.id, status: 'ACTIVE' });
    expect(answer.taskDefinition).toMatch(/web:2$/);
  });

  it('needs something to run', async () => {
    const { call, service } = await withExternal().then((harness) => ({
      ...harness,
      service: (): Service => [...harness.store.view.services.all()][0]!,
    }));
    await expect(call('UpdateService', to('ECS'))).rejects.toThrow('TaskDefinition can not be blank.');
    expect(service().deploymentController).toBe('EXTERNAL');
    const answer = (await call('UpdateService', to('ECS', { taskDefinition: 'web:1' }))).service;
    expect(answer.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }]);
  });

  it('leaves nothing behind that the PRIMARY task set does not have', async () => {
    const { call, store, service } = await withEcs();
    const strategy = [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }];
    await store.update('api', (tx) => {
      const { deployments, ...rest } = service();
      const [deployment] = deployments.map((each) => ({ ...each, rolloutState: 'COMPLETED' as const }));
      const own = { launchType: 'FARGATE' as const, platformVersion: '1.4.0', capacityProviderStrategy: strategy };
      tx.services.put({ ...rest, ...own, deployments: [{ ...deployment!, ...own }] });
      for (const { serviceDeploymentArn } of tx.serviceDeployments.all()) {
        tx.serviceDeployments.delete(serviceDeploymentArn);
      }
    });
    const shown = (await call('UpdateService', to('EXTERNAL'))).service;
    expect(shown.deployments[0]).toMatchObject({ capacityProviderStrategy: strategy, platformVersion: '1.4.0' });
    const { id } = (await call('CreateTaskSet', set)).taskSet;
    await call('UpdateServicePrimaryTaskSet', { ...named, primaryTaskSet: id });
    expect(service()).toMatchObject({ launchType: 'EC2' });
    for (const member of ['capacityProviderStrategy', 'platformVersion']) expect(service()).not.toHaveProperty(member);
    expect((await call('UpdateService', to('ECS'))).service).toMatchObject({ launchType: 'EC2' });
  });

  it('and back again, as often as one likes', async () => {
    const { call, complete, service } = await withEcs();
    await complete();
    const [deployment] = service().deployments;
    for (let round = 0; round < 2; round++) {
      await call('UpdateService', to('EXTERNAL'));
      await call('UpdateService', to('ECS'));
      expect(service().deployments).toMatchObject([
        { id: deployment!.id, status: 'PRIMARY', rolloutState: 'COMPLETED' },
      ]);
      expect(service()).not.toHaveProperty('presentsDeployments');
    }
  });
});
