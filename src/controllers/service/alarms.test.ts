import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import type { DeploymentConfiguration } from '#model';
import { rolling } from '../test-support/records.ts';
import { type ServiceWorld, steadyWorld } from '../test-support/service-world.ts';
import { alarmPollMs } from './limits.ts';

const minute = 60_000;

/** A steady service that names the alarms `errors` and `latency`; `errors` is OK, the other does not exist. */
function worldWithAlarms(options: Partial<DeploymentConfiguration> = {}, rollback = true): ServiceWorld {
  const alarms = { alarmNames: ['errors', 'latency'], enable: true, rollback };
  const world = steadyWorld({ service: { desiredCount: 2 } });
  world.alarms.set('errors', 'OK');
  world.change({ deploymentConfiguration: { ...rolling(100, 200), alarms, bakeTimeInMinutes: 10, ...options } });
  return world;
}

/** All tasks run; what is left is the bake time. */
function rollOut(world: ServiceWorld): void {
  for (let round = 0; round < 6; round++) {
    world.settle();
    world.agents();
  }
  world.settle();
}

describe('deployment alarms', () => {
  it('let a deployment bake before it is COMPLETED', () => {
    const world = worldWithAlarms();
    const record = world.release(world.definitions[1]);
    rollOut(world);
    expect(world.running.every(({ deploymentId }) => deploymentId === record.deploymentId)).toBe(true);
    expect(world.primary).toMatchObject({ rolloutState: 'IN_PROGRESS', bakeStartedAt: world.now });
    expect(world.wakeAt).toBe(afterMs(world.now, alarmPollMs));
    world.advanceMs(10 * minute - 1);
    world.settle();
    expect(world.serviceDeployment(record).status).toBe('IN_PROGRESS');
    world.advanceMs(1);
    world.settle();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'SUCCESSFUL',
      figures: {
        alarms: { status: 'MONITORING_COMPLETE', alarmNames: ['errors', 'latency'], triggeredAlarmNames: [] },
      },
    });
    expect(world.primary).not.toHaveProperty('bakeStartedAt');
  });

  it('bake for a minute when no time is given, and not at all when it is 0', () => {
    for (const [bakeTimeInMinutes, ms] of [
      [undefined, minute],
      [0, 0],
    ] as const) {
      const world = worldWithAlarms();
      const { bakeTimeInMinutes: _, ...rest } = world.service.deploymentConfiguration;
      const given = bakeTimeInMinutes === undefined ? {} : { bakeTimeInMinutes };
      world.change({ deploymentConfiguration: { ...rest, ...given } });
      world.release(world.definitions[1]);
      rollOut(world);
      if (ms > 0) expect(world.primary.rolloutState).toBe('IN_PROGRESS');
      world.advanceMs(ms);
      world.settle();
      expect(world.primary.rolloutState).toBe('COMPLETED');
    }
  });

  it.each(['rollout', 'bake time'])('roll back when one rings during the %s', (when) => {
    const world = worldWithAlarms();
    const good = world.primary;
    const record = world.release(world.definitions[1]);
    world.settle();
    if (when === 'bake time') rollOut(world);
    world.alarms.set('errors', 'ALARM');
    world.advanceMs(alarmPollMs);
    world.settle();
    expect(world.service.deployments.find(({ id }) => id === record.deploymentId)).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment failed: alarm detected.',
    });
    expect(world.events).toContain(
      `(service web) (deployment ${record.deploymentId}) deployment failed: alarm detected.`,
    );
    expect(world.events).toContain(`(service web) rolling back to deployment ${good.id}.`);
    expect(world.primary.rolloutStateReason).toBe(`ECS deployment alarms: rolling back to deploymentId ${good.id}.`);
    // It still rings: the rollback is not watched, and ends.
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      figures: {
        alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
        circuitBreaker: { status: 'DISABLED' },
      },
    });
    expect(world.running.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual(
      [1, 2].map(() => good.taskDefinitionArn),
    );
  });

  it('only stop the deployment where rollback is off, whatever the circuit breaker says', () => {
    const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    const world = worldWithAlarms(breaker, false);
    const record = world.release(world.definitions[1]);
    world.settle();
    world.alarms.set('errors', 'ALARM');
    world.advanceMs(alarmPollMs);
    world.settle();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'STOPPED',
      figures: { alarms: { status: 'TRIGGERED' }, circuitBreaker: { status: 'MONITORING_COMPLETE' } },
    });
    expect(world.primary).toMatchObject({ id: record.deploymentId, rolloutState: 'FAILED' });
  });

  it.each([
    ['rings at the start already', 'ALARM'],
    ['does not exist', undefined],
  ] as const)('are not watched when one %s', (_, state) => {
    const world = worldWithAlarms();
    world.alarms.set('errors', state);
    const record = world.release(world.definitions[1]);
    world.settle();
    world.alarms.set('errors', 'ALARM');
    rollOut(world);
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'SUCCESSFUL',
      figures: { alarms: { status: 'DISABLED', triggeredAlarmNames: [] } },
    });
  });

  it('hold nothing up once they are switched off', () => {
    const world = worldWithAlarms();
    const record = world.release(world.definitions[1]);
    rollOut(world);
    const { alarms: _, ...rest } = world.service.deploymentConfiguration;
    world.change({ deploymentConfiguration: rest });
    world.alarms.set('errors', 'ALARM');
    world.settle();
    expect(world.serviceDeployment(record).status).toBe('SUCCESSFUL');
  });
});
