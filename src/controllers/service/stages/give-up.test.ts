import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import { blueGreen, go, pause, stageOf, worldWith } from '../../test-support/releases.ts';
import { failToStart, steadyWorld } from '../../test-support/service-world.ts';
import { stageLimitMs } from './limits.ts';

describe('a release that fails', () => {
  it('is rolled back by the circuit breaker, with its own sentence as the event', () => {
    const world = worldWith(blueGreen());
    const blue = world.primary;
    const record = world.release(world.definitions[1]);
    for (let round = 0; round < 12 && world.primary.id === record.deploymentId; round++) {
      world.settle();
      failToStart(world, ({ deploymentId }) => deploymentId === record.deploymentId);
      world.settle();
      if (world.wakeAt !== undefined && world.wakeAt > world.now) world.now = world.wakeAt;
    }
    expect(world.primary.id).toBe(blue.id);
    world.converge();
    const statusReason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';
    expect(world.serviceDeployment(record)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', statusReason });
    expect(world.events).toContain(
      `(service web) (deployment ${record.deploymentId}) deployment failed: ${statusReason}`,
    );
  });

  it('is rolled back by an alarm while it bakes', () => {
    const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
    const world = worldWith(blueGreen({ alarms }));
    world.alarms.set('errors', 'OK');
    const record = world.release(world.definitions[1]);
    go(world, record);
    expect(stageOf(world, record)).toBe('BAKE_TIME');
    world.alarms.set('errors', 'ALARM');
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      figures: { alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] } },
    });
  });

  it('is rolled back when a stage takes more than 24 hours', () => {
    const world = worldWith(blueGreen({ deploymentCircuitBreaker: { enable: false, rollback: false } }));
    const record = world.release(world.definitions[1]);
    world.settle();
    world.advanceMs(stageLimitMs - 1);
    world.settle();
    expect(stageOf(world, record)).toBe('SCALE_UP');
    expect(world.wakeAt).toBe(afterMs(world.now, 1));
    world.advanceMs(1);
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the SCALE_UP stage exceeded 24 hours.',
    });
  });

  it('has nothing to go back to when it is the first', () => {
    const world = steadyWorld({
      service: {
        desiredCount: 1,
        deployments: [],
        deploymentConfiguration: blueGreen({ lifecycleHooks: [pause(['PRE_SCALE_UP'])] }),
      },
      prepare: (empty) => empty.release(empty.definitions[0]),
    });
    const [record] = world.serviceDeployments.values();
    expect(record).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
    expect(world.running).toHaveLength(0);
    expect(world.primary.rolloutState).toBe('FAILED');
  });

  it('without rollback stays with both revisions as they are', () => {
    const alarms = { alarmNames: ['errors'], enable: true, rollback: false };
    const world = worldWith(blueGreen({ alarms }));
    world.alarms.set('errors', 'OK');
    const blue = world.primary;
    const record = world.release(world.definitions[1]);
    go(world, record);
    world.alarms.set('errors', 'ALARM');
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'STOPPED',
      stage: { weights: { production: 100 } },
    });
    expect(world.runningOf(blue)).toHaveLength(3);
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(3);
  });

  it('cannot be rolled back in CLEAN_UP', () => {
    const world = worldWith(blueGreen({ bakeTimeInMinutes: 0 }));
    const record = world.release(world.definitions[1]);
    world.protectAll();
    go(world, record);
    expect(stageOf(world, record)).toBe('CLEAN_UP');
    expect(world.running).toHaveLength(6);
    world.requestRollback(record);
    go(world, record);
    expect(world.serviceDeployment(record).status).toBe('ROLLBACK_REQUESTED');
    world.converge();
    expect(world.serviceDeployment(record).status).toBe('SUCCESSFUL');
    expect(world.primary.id).toBe(record.deploymentId);
  });
});
