import { describe, expect, it } from 'vitest';
import { elapsedMs } from '#base';
import { rolling, testDefinition } from '../test-support/records.ts';
import { failToStart, ServiceWorld, steadyWorld } from '../test-support/service-world.ts';
import { planRollout } from './rollout.ts';

const steady = '(service web) has reached a steady state.';
const minute = 60_000;

describe('rolling deployments', () => {
  const table = [
    { desired: 4, min: 100, max: 200, first: { started: 4, stopped: 0 } },
    { desired: 4, min: 50, max: 100, first: { started: 2, stopped: 2 } },
    { desired: 1, min: 100, max: 200, first: { started: 1, stopped: 0 } },
    { desired: 1, min: 0, max: 100, first: { started: 1, stopped: 1 } },
    { desired: 1, min: 50, max: 200, first: { started: 1, stopped: 0 } },
    { desired: 10, min: 90, max: 110, first: { started: 2, stopped: 1 } },
    { desired: 3, min: 0, max: 100, first: { started: 3, stopped: 3 } },
    { desired: 3, min: 33, max: 150, first: { started: 3, stopped: 2 } },
    { desired: 0, min: 100, max: 200, first: { started: 0, stopped: 0 } },
  ];
  for (const { desired, min, max, first } of table) {
    it(`desired ${desired}, ${min}/${max}: starts ${first.started}, stops ${first.stopped}, then finishes`, () => {
      const deploymentConfiguration = rolling(min, max);
      const world = steadyWorld({ service: { desiredCount: desired, deploymentConfiguration } });
      const next = world.deploy(world.definitions[1]);
      world.settle();
      expect(world.pending.length).toBe(first.started);
      expect(world.running.length).toBe(desired - first.stopped);
      world.converge();
      expect(world.runningOf(next).length).toBe(desired);
      expect(world.service.deployments).toHaveLength(1);
      expect(world.events.slice(-2)).toEqual([`(service web) (deployment ${next.id}) deployment completed.`, steady]);
    });
  }

  const stuckTable = [
    { desired: 2, min: 75, max: 100 },
    { desired: 3, min: 100, max: 125 },
    { desired: 1, min: 50, max: 150 },
  ];
  for (const { desired, min, max } of stuckTable) {
    it(`desired ${desired}, ${min}/${max}: is stuck, and says so once`, () => {
      const world = steadyWorld({ service: { desiredCount: desired, deploymentConfiguration: rolling(min, max) } });
      const next = world.deploy(world.definitions[1]);
      world.settle();
      world.advanceMs(minute);
      world.settle();
      expect(world.events).toEqual([
        '(service web) was unable to stop or start tasks during a deployment because of the service deployment ' +
          'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
      ]);
      world.change({ deploymentConfiguration: rolling(0, 200) });
      world.converge();
      expect(world.runningOf(next).length).toBe(desired);
    });
  }

  it('grows the new deployment and shrinks the old one', () => {
    const world = steadyWorld({ service: { desiredCount: 4, deploymentConfiguration: rolling(50, 100) } });
    const old = world.primary;
    world.deploy(world.definitions[1]);
    world.settle();
    expect(world.service.deployments.map(({ status, desiredCount }) => [status, desiredCount])).toEqual([
      ['PRIMARY', 2],
      ['ACTIVE', 2],
    ]);
    expect(world.runningOf(old).length).toBe(2);
  });

  it('stops old tasks only when new ones have been RUNNING for the settle time', () => {
    const world = steadyWorld({ settings: { healthySettleMs: 40_000 } });
    const old = world.primary;
    const next = world.deploy(world.definitions[1]);
    world.settle();
    world.agents();
    world.settle();
    expect(world.runningOf(old).length).toBe(1);
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(40_000);
    world.advanceMs(40_000);
    world.converge();
    expect(world.runningOf(old).length).toBe(0);
    expect(world.runningOf(next).length).toBe(1);
  });

  it('waits for container health where there is a check', () => {
    const definitions = [testDefinition(1), testDefinition(2, { healthCheck: true })];
    const world = steadyWorld({ definitions });
    const old = world.primary;
    const next = world.deploy(definitions[1]);
    world.converge();
    expect(world.runningOf(old).length).toBe(1);
    world.health(world.runningOf(next)[0]!, 'HEALTHY');
    world.converge();
    expect(world.runningOf(old).length).toBe(0);
    expect(world.primary.rolloutState).toBe('COMPLETED');
  });

  it('replaces an old task with one of the old definition while the service would fall below its minimum', () => {
    const world = steadyWorld({ service: { desiredCount: 2, deploymentConfiguration: rolling(100, 200) } });
    const old = world.primary;
    const next = world.deploy(world.definitions[1]);
    world.settle();
    failToStart(world, ({ deploymentId }) => deploymentId === next.id);
    world.settle();
    world.advanceMs(minute);
    world.report(world.runningOf(old)[0]!, 'STOPPED', { exitCode: 1 });
    world.settle();
    expect(world.pending.filter(({ deploymentId }) => deploymentId === old.id).length).toBe(1);
  });

  it('goes on with the newest of several deployments', () => {
    const world = steadyWorld({ service: { desiredCount: 2 } });
    world.deploy(world.definitions[1]);
    world.settle();
    const last = world.deploy(world.definitions[2]);
    world.converge();
    expect(world.runningOf(last).length).toBe(2);
    expect(world.running.length).toBe(2);
    expect(world.service.deployments.length).toBe(1);
  });
});

describe('circuit breaker', () => {
  function failing(world: ServiceWorld, id: string, rounds: number): void {
    for (let round = 0; round < rounds; round++) {
      world.settle();
      failToStart(world, ({ deploymentId }) => deploymentId === id);
      world.settle();
      world.agents(({ deploymentId }) => deploymentId !== id);
      const { backoff } = world.primary;
      if (backoff !== undefined && backoff.nextStartAt > world.now) world.now = backoff.nextStartAt;
    }
  }

  it('rolls back to the last completed deployment', () => {
    const deploymentConfiguration = rolling(0, 100, { enable: true, rollback: true });
    const world = steadyWorld({ service: { desiredCount: 1, deploymentConfiguration } });
    const good = world.primary;
    const bad = world.deploy(world.definitions[1]);
    failing(world, bad.id, 3);
    expect(world.service.deployments.find(({ id }) => id === bad.id)).toMatchObject({
      status: 'ACTIVE',
      desiredCount: 0,
      failedTasks: 3,
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    expect(world.primary.rolloutStateReason).toBe(
      `ECS deployment circuit breaker: rolling back to deploymentId ${good.id}.`,
    );
    expect(world.events).toEqual(
      expect.arrayContaining([
        `(service web) (deployment ${bad.id}) deployment failed: tasks failed to start.`,
        `(service web) rolling back to deployment ${good.id}.`,
      ]),
    );
    world.converge();
    expect(world.service.taskDefinitionArn).toBe(world.definitions[0]!.taskDefinitionArn);
    expect(world.running.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([good.taskDefinitionArn]);
    expect(world.service.deployments.length).toBe(1);
    expect(world.primary.rolloutState).toBe('COMPLETED');
  });

  it('does not roll back to a deployment twice before it completed again', () => {
    const deploymentConfiguration = rolling(0, 100, { enable: true, rollback: true });
    const world = steadyWorld({ service: { desiredCount: 1, deploymentConfiguration } });
    const good = world.primary;
    world.deploy(world.definitions[1]);
    for (let round = 0; round < 12; round++) {
      world.settle();
      failToStart(world);
      world.settle();
      if (world.wakeAt !== undefined) world.now = world.wakeAt;
    }
    expect(world.primary).toMatchObject({ taskDefinitionArn: good.taskDefinitionArn, rolloutState: 'FAILED' });
    expect(world.events.filter((event) => event.includes('rolling back')).length).toBe(1);
    expect(world.pending.length).toBe(0);
  });

  it('stalls without rollback, and keeps what runs', () => {
    const deploymentConfiguration = rolling(100, 200, { enable: true, rollback: false });
    const world = steadyWorld({ service: { desiredCount: 2, deploymentConfiguration } });
    const good = world.primary;
    const bad = world.deploy(world.definitions[1]);
    failing(world, bad.id, 3);
    world.advanceMs(60 * minute);
    world.converge();
    expect(world.primary).toMatchObject({ id: bad.id, rolloutState: 'FAILED' });
    expect(world.runningOf(good).length).toBe(2);
    expect(world.pending.length).toBe(0);
    world.report(world.runningOf(good)[0]!, 'STOPPED', { exitCode: 1 });
    world.converge();
    expect(world.runningOf(good).length).toBe(2);
    const next = world.deploy(world.definitions[2]);
    world.converge();
    expect(world.runningOf(next).length).toBe(2);
    expect(world.running.length).toBe(2);
  });

  it('counts tasks that find no host', () => {
    const deploymentConfiguration = rolling(100, 200, { enable: true, rollback: false });
    const world = new ServiceWorld({ hosts: 0, service: { deploymentConfiguration } });
    for (let round = 0; round < 6 && world.primary.rolloutState !== 'FAILED'; round++) {
      world.settle();
      if (world.wakeAt !== undefined) world.now = world.wakeAt;
    }
    expect(world.primary).toMatchObject({ rolloutState: 'FAILED', failedTasks: 3 });
  });

  it('counts tasks that failed their health checks', () => {
    const definitions = [testDefinition(1), testDefinition(2, { healthCheck: true })];
    const deploymentConfiguration = rolling(100, 200, { enable: true, rollback: true });
    const world = steadyWorld({ definitions, service: { deploymentConfiguration } });
    const bad = world.deploy(definitions[1]);
    for (let round = 0; round < 8 && world.primary.id === bad.id; round++) {
      world.settle();
      world.agents();
      for (const task of world.runningOf(bad)) world.health(task, 'UNHEALTHY');
      world.advanceMs(minute);
    }
    world.converge();
    expect(world.running.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([
      definitions[0]!.taskDefinitionArn,
    ]);
    expect(world.events).toContain(`(service web) (deployment ${bad.id}) deployment failed: tasks failed to start.`);
  });
});

describe('planRollout', () => {
  const held = { healthy: 0, starting: 0, draining: 0 };
  const none = { healthy: 0, starting: 0, unhealthy: 0, draining: 0, held, waits: false };

  it('keeps starting tasks that stand in for missing healthy ones', () => {
    const plan = planRollout({
      desired: 4,
      lower: 2,
      upper: 4,
      primary: { ...none, asked: 2, launches: true, unplaced: false },
      older: [
        { ...none, starting: 2, asked: 0, completed: false },
        { ...none, healthy: 1, starting: 1, asked: 2, completed: true },
      ],
    });
    expect(plan.older.map(({ stop }) => stop.starting)).toEqual([2, 0]);
    expect(plan.older.map(({ stop }) => stop.healthy)).toEqual([0, 0]);
    expect(plan.primary.start).toBe(2);
  });
});
