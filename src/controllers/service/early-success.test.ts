import { describe, expect, it } from 'vitest';
import type { EarlySuccessCriteria, ServiceDeployment } from '#model';
import { rolling } from '../test-support/records.ts';
import { failToStart, type ServiceWorld, steadyWorld } from '../test-support/service-world.ts';
import { planRollout } from './rollout.ts';

function worldWith(criteria: Partial<EarlySuccessCriteria>, desiredCount = 4): ServiceWorld {
  const world = steadyWorld({ service: { desiredCount } });
  const earlySuccessCriteria = { enable: true, healthyPercent: 50, ...criteria };
  world.change({ deploymentConfiguration: { ...rolling(50, 200), earlySuccessCriteria } });
  return world;
}

/** Of the deployment's tasks only so many ever start. */
function rollOut(world: ServiceWorld, record: ServiceDeployment, able: number): void {
  for (let round = 0; round < 4; round++) {
    const { backoff } = world.primary;
    if (backoff !== undefined && backoff.nextStartAt > world.now) world.now = backoff.nextStartAt;
    world.settle();
    const own = world.pending.filter(({ deploymentId }) => deploymentId === record.deploymentId);
    const free = able - world.runningOf({ id: record.deploymentId }).length;
    const starts = own.slice(0, Math.max(0, free));
    failToStart(world, (task) => own.includes(task) && !starts.includes(task));
    world.agents();
    world.settle();
  }
}

describe('early success', () => {
  it.each(['BLOCKING', 'DEFERRED'] as const)('%s: comes with a share of the tasks', (sourceServiceRevisionCleanup) => {
    const world = worldWith({ sourceServiceRevisionCleanup });
    const old = world.primary;
    const record = world.release(world.definitions[1]);
    rollOut(world, record, 2);
    const ended = world.serviceDeployment(record);
    expect(ended).toMatchObject({ status: 'SUCCESSFUL', figures: { target: { runningTaskCount: 2 } } });
    const left = sourceServiceRevisionCleanup === 'BLOCKING' ? 0 : 2;
    expect(ended.figures?.sources[0]?.runningTaskCount).toBeGreaterThanOrEqual(left);
    expect(world.runningOf(old)).toHaveLength(0);
    expect(world.primary).toMatchObject({ rolloutState: 'COMPLETED' });
    expect(world.primary).not.toHaveProperty('sourceCleanup');
    expect(world.events.some((event) => event.includes('steady state'))).toBe(false);
    // The rest comes by itself, and whatever fails of it fails no deployment.
    world.converge();
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(4);
    expect(world.service.deployments).toHaveLength(1);
    expect(world.serviceDeployment(record)).toBe(ended);
    expect(world.events.at(-1)).toBe('(service web) has reached a steady state.');
  });

  it('does not come below the share, nor without a single task', () => {
    const world = worldWith({ healthyPercent: 51, sourceServiceRevisionCleanup: 'DEFERRED' });
    const record = world.release(world.definitions[1]);
    rollOut(world, record, 2);
    expect(world.serviceDeployment(record).status).toBe('IN_PROGRESS');
    const zero = worldWith({ healthyPercent: 0, sourceServiceRevisionCleanup: 'DEFERRED' });
    zero.change({ deploymentConfiguration: { ...zero.service.deploymentConfiguration, minimumHealthyPercent: 0 } });
    const other = zero.release(zero.definitions[1]);
    rollOut(zero, other, 0);
    expect(zero.serviceDeployment(other).status).toBe('IN_PROGRESS');
  });

  it('waits for the alarms first', () => {
    const world = worldWith({ sourceServiceRevisionCleanup: 'BLOCKING' });
    const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
    world.alarms.set('errors', 'OK');
    world.change({
      deploymentConfiguration: { ...world.service.deploymentConfiguration, alarms, bakeTimeInMinutes: 5 },
    });
    const old = world.primary;
    const record = world.release(world.definitions[1]);
    rollOut(world, record, 2);
    expect(world.primary.bakeStartedAt).toBeDefined();
    expect(world.runningOf(old).length).toBeGreaterThan(0);
    world.advanceMs(5 * 60_000);
    world.settle();
    expect(world.runningOf(old)).toHaveLength(0);
    expect(world.serviceDeployment(record).status).toBe('SUCCESSFUL');
  });
});

describe('planRollout with early success', () => {
  const held = { healthy: 0, starting: 0, draining: 0 };
  const none = { healthy: 0, starting: 0, unhealthy: 0, draining: 0, held, waits: false };

  it('stops older tasks as far as the minimum allows, and replaces none', () => {
    const plan = planRollout({
      desired: 10,
      lower: 5,
      upper: 20,
      cleanUp: true,
      primary: { ...none, healthy: 3, asked: 10, launches: true, unplaced: false },
      older: [{ ...none, healthy: 7, asked: 9, completed: true }],
    });
    expect(plan.older[0]).toMatchObject({ start: 0, stop: { healthy: 5 }, asked: 2 });
  });
});
