import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Answer } from '../../test/support/api-harness.ts';
import { type ElbLoops, elbLoops } from '../../test/support/elb-loops.ts';
import { forwardTo } from '../../test/support/elb-world.ts';

let world: ElbLoops;
const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const serviceArn = (name: string) => `arn:aws:ecs:eu-west-1:111111111111:service/default/${name}`;

beforeEach(async () => {
  world = await elbLoops();
  await world.ecs('CreateCluster');
});

afterEach(() => world[Symbol.asyncDispose]());

const create = (serviceName: string, more: object = {}): Promise<Answer> =>
  world.ecs('CreateExpressGatewayService', {
    serviceName,
    infrastructureRoleArn: role('infrastructure'),
    executionRoleArn: role('execution'),
    primaryContainer: { image: 'nginx:1' },
    ...more,
  });
const remove = (name: string): Promise<Answer> =>
  world.ecs('DeleteExpressGatewayService', { serviceArn: serviceArn(name) });
const describe = async (name: string): Promise<Answer> =>
  (await world.ecs('DescribeExpressGatewayService', { serviceArn: serviceArn(name) })).service;
const completed = (): boolean => {
  const { deployments } = world.service();
  return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
};
const minutes = async (number: number): Promise<void> => {
  for (let minute = 0; minute < number; minute++) {
    world.harness.clock.advanceMs(60_000);
    await world.idle();
  }
};
/** Its target is healthy, and the first deployment has been looked at for three minutes. */
const upAndRunning = async (): Promise<void> => {
  await world.until('it is healthy', () => world.targets().some(({ health }) => health.state === 'healthy'));
  expect(completed()).toBe(false);
  await minutes(4);
  await world.until('it runs', completed);
};
const counts = (): Record<string, number> => {
  const { view } = world.harness.store;
  const { loadBalancers, listeners, listenerRules, targetGroups, targets, certificates } = view;
  const { securityGroups, securityGroupRules, networkInterfaces } = view;
  const tables = { loadBalancers, listeners, listenerRules, targetGroups, targets, certificates, networkInterfaces };
  return Object.fromEntries(
    Object.entries({ ...tables, securityGroups, securityGroupRules }).map(([name, table]) => [name, table.size]),
  );
};

test('comes up, takes a new revision by a canary, and leaves nothing when it is deleted', async () => {
  const before = counts();
  await create('web');
  await upAndRunning();
  const [configuration] = (await describe('web')).activeConfigurations;
  expect(world.targets().map(({ health, port }) => [health.state, port])).toEqual([['healthy', 80]]);
  // So that the test does not wait for two times three minutes.
  await world.ecs('UpdateService', {
    service: 'web',
    deploymentConfiguration: {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 50, canaryBakeTimeInMinutes: 0 },
      bakeTimeInMinutes: 0,
    },
  });
  await world.ecs('UpdateExpressGatewayService', {
    serviceArn: serviceArn('web'),
    healthCheckPath: '/well',
    primaryContainer: { image: 'nginx:2' },
  });
  expect((await describe('web')).activeConfigurations).toHaveLength(2);
  const paths = [...world.harness.store.view.targetGroups.all()].map(({ healthCheck }) => healthCheck.path);
  expect(new Set(paths)).toEqual(new Set(['/ping', '/well']));
  await world.until('the new revision has taken over', completed);
  const { activeConfigurations } = await describe('web');
  expect(activeConfigurations).toMatchObject([
    {
      primaryContainer: { image: 'nginx:2' },
      healthCheckPath: '/well',
      ingressPaths: configuration.ingressPaths,
    },
  ]);
  expect((await remove('web')).service.status.statusCode).toBe('DRAINING');
  await world.until('it is gone', () => world.service().express?.resources === undefined);
  expect((await describe('web')).status).toEqual({ statusCode: 'INACTIVE' });
  expect(counts()).toEqual(before);
  await create('web');
  await upAndRunning();
});

test('the load balancer goes with the last service; what users use stays', async () => {
  const { view } = world.harness.store;
  await create('one');
  await create('two');
  const [listener] = view.listeners.all();
  const [first] = view.certificates.all();
  expect(listener?.defaultCertificateArn).toBe(first?.certificateArn);
  await remove('one');
  const resources = (name: string) => view.services.get(serviceArn(name)).express?.resources;
  await world.until('the first is gone', () => resources('one') === undefined);
  const [left] = view.certificates.all();
  expect(view.certificates.size).toBe(1);
  expect([...view.listeners.all()]).toMatchObject([
    { defaultCertificateArn: left?.certificateArn, certificateArns: [] },
  ]);
  expect([view.loadBalancers.size, view.targetGroups.size]).toEqual([1, 2]);
  // A user protects the load balancer and has a rule of their own there.
  const [balancer] = view.loadBalancers.all();
  const group = resources('two')?.targetGroupArns[0] ?? '';
  await world.call('ModifyLoadBalancerAttributes', {
    LoadBalancerArn: balancer?.loadBalancerArn,
    Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
  });
  await world.call('CreateRule', {
    ListenerArn: listener?.listenerArn,
    Priority: 9,
    Conditions: [{ Field: 'path-pattern', Values: ['/mine'] }],
    Actions: forwardTo({ TargetGroupArn: group }),
  });
  await remove('two');
  await world.until('the second is gone', () => resources('two') === undefined);
  expect([...view.loadBalancers.all()].map(({ loadBalancerArn }) => loadBalancerArn)).toEqual([
    balancer?.loadBalancerArn,
  ]);
  expect([...view.targetGroups.all()].map(({ targetGroupArn }) => targetGroupArn)).toEqual([group]);
  expect(new Set([...view.listenerRules.all()].map(({ priority }) => priority))).toEqual(new Set([9, 'default']));
  // The one that its listener shows.
  expect(view.certificates.size).toBe(1);
});

test('has as many tasks as its load wants, and no more than it may', async () => {
  await create('web', { scalingTarget: { minTaskCount: 1, maxTaskCount: 3, autoScalingTargetValue: 50 } });
  await upAndRunning();
  const told = (cpuUnits: number): void => {
    for (const { taskArn } of world.tasks()) world.loads.set(taskArn, { cpuUnits, memoryMiB: 100 });
  };
  // 240 of 256 CPU units are 94 percent.
  told(240);
  await minutes(2);
  expect(world.service().desiredCount).toBe(1);
  await minutes(2);
  expect(world.service().desiredCount).toBe(2);
  await world.until('the second runs', () => world.service().steadySince !== undefined && world.tasks().length === 2);
  told(256);
  await minutes(4);
  expect(world.service().desiredCount).toBe(3);
  told(13);
  await minutes(14);
  expect(world.service().desiredCount).toBe(3);
  await minutes(2);
  expect(world.service().desiredCount).toBe(1);
});
