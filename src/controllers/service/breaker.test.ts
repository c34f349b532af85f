import { describe, expect, it } from 'vitest';
import { breakerThreshold, type Deployment, type DeploymentCircuitBreaker, type ServiceDeployment } from '#model';
import { rolling, testDefinition } from '../test-support/records.ts';
import { failToStart, type ServiceWorld, steadyWorld, type WorldOptions } from '../test-support/service-world.ts';
import { countFailures, type FailureRound } from './failures.ts';
import { emptyTally } from './tally.ts';

const minute = 60_000;

describe('the threshold of the circuit breaker', () => {
  const bounded = { type: 'BOUNDED_PERCENT' } as const;
  const unbounded = { type: 'UNBOUNDED_PERCENT' } as const;
  it.each([
    [undefined, 1, 3],
    [undefined, 6, 3],
    [undefined, 7, 4],
    [undefined, 25, 13],
    [undefined, 400, 200],
    [undefined, 800, 200],
    [{ ...bounded, value: 100 }, 5, 5],
    [{ ...bounded, value: 1 }, 1000, 10],
    [{ ...bounded, value: 10 }, 5000, 200],
    [{ ...unbounded, value: 50 }, 1, 1],
    [{ ...unbounded, value: 50 }, 25, 13],
    [{ ...unbounded, value: 29 }, 100, 29],
    [{ ...unbounded, value: 100 }, 5000, 5000],
    [{ ...unbounded, value: 50 }, 0, 1],
    [{ type: 'COUNT', value: 7 } as const, 5000, 7],
  ])('%j of %i wanted is %i', (thresholdConfiguration, desired, threshold) => {
    const breaker = thresholdConfiguration === undefined ? {} : { thresholdConfiguration };
    expect(breakerThreshold(breaker, desired)).toBe(threshold);
  });
});

function worldWith(breaker: Partial<DeploymentCircuitBreaker>, options: WorldOptions = {}): ServiceWorld {
  const deploymentConfiguration = rolling(0, 200, { enable: true, rollback: false, ...breaker });
  return steadyWorld({ ...options, service: { desiredCount: 4, deploymentConfiguration, ...options.service } });
}

/** Of the tasks that are on their way, so many fail to start and the others run. */
function play(world: ServiceWorld, { id, fail }: { readonly id: string; readonly fail: number }): void {
  const { backoff } = world.primary;
  if (backoff !== undefined && backoff.nextStartAt > world.now) world.now = backoff.nextStartAt;
  world.settle();
  const own = world.pending.filter(({ deploymentId }) => deploymentId === id).slice(0, fail);
  failToStart(world, (task) => own.includes(task));
  world.agents();
  world.settle();
}

const failedTasks = (world: ServiceWorld, record: ServiceDeployment): number | undefined =>
  world.service.deployments.find(({ id }) => id === record.deploymentId)?.failedTasks;

describe('the circuit breaker', () => {
  it('opens at the count it was given', () => {
    const world = worldWith({ thresholdConfiguration: { type: 'COUNT', value: 5 } });
    const record = world.release(world.definitions[1]);
    play(world, { id: record.deploymentId, fail: 4 });
    expect(world.primary).toMatchObject({ failedTasks: 4, rolloutState: 'IN_PROGRESS' });
    play(world, { id: record.deploymentId, fail: 4 });
    expect(world.primary).toMatchObject({ failedTasks: 8, rolloutState: 'FAILED', failedBy: 'CIRCUIT_BREAKER' });
  });

  it('goes by what is wanted now', () => {
    const world = worldWith({ thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 100 } });
    const record = world.release(world.definitions[1]);
    world.change({ desiredCount: 8 });
    world.settle();
    const failing = world.pending.filter(({ deploymentId }) => deploymentId === record.deploymentId).slice(0, 4);
    failToStart(world, (task) => failing.includes(task));
    world.settle();
    expect(world.primary).toMatchObject({ failedTasks: 4, rolloutState: 'IN_PROGRESS' });
    world.change({ desiredCount: 4 });
    world.settle();
    expect(world.primary.rolloutState).toBe('FAILED');
  });

  it('counts no failed starts once a task of the deployment runs', () => {
    const world = worldWith({ resetOnHealthyTask: false });
    const record = world.release(world.definitions[1]);
    play(world, { id: record.deploymentId, fail: 2 });
    expect(failedTasks(world, record)).toBe(2);
    for (let round = 0; round < 4; round++) play(world, { id: record.deploymentId, fail: 4 });
    expect(world.primary).toMatchObject({ failedTasks: 2, rolloutState: 'IN_PROGRESS', hasRun: true });
  });

  it('sets its count back when a task becomes healthy, unless it shall not', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const before = { ...world.primary, rolloutState: 'IN_PROGRESS', failedTasks: 2, hasRun: true } as const;
    const failing = { checked: 1, unchecked: 0 };
    const look = (deployment: Deployment, healthy: number, failed: FailureRound['failed'], resets = true): Deployment =>
      countFailures(
        deployment,
        { tally: { ...emptyTally, healthy: world.running.slice(0, healthy) }, ended: [], failed },
        { now: world.now, settleMs: 0, resets },
      );
    const none = { checked: 0, unchecked: 0 };
    const one = look(before, 1, none);
    expect(one).toMatchObject({ failedTasks: 0, healthyTasks: 1 });
    // A task that stays healthy is not one that becomes it.
    const failed = look(look(one, 1, failing), 1, failing);
    expect(failed.failedTasks).toBe(2);
    expect(look(failed, 0, none)).toMatchObject({ failedTasks: 2 });
    expect(look(failed, 2, failing).failedTasks).toBe(0);
    expect(look(before, 1, failing, false)).toMatchObject({ failedTasks: 3, healthyTasks: 1 });
    expect(look({ ...before, rolloutState: 'COMPLETED' }, 1, failing).failedTasks).toBe(2);
  });

  it('opens for tasks that fail their checks one after the other, though others are healthy', () => {
    const definitions = [testDefinition(1), testDefinition(2, { healthCheck: true })];
    const world = worldWith({}, { definitions });
    const record = world.release(definitions[1]);
    play(world, { id: record.deploymentId, fail: 0 });
    world.health(world.runningOf({ id: record.deploymentId })[0]!, 'HEALTHY');
    world.settle();
    for (let round = 0; round < 8 && world.primary.rolloutState === 'IN_PROGRESS'; round++) {
      play(world, { id: record.deploymentId, fail: 0 });
      for (const task of world.runningOf({ id: record.deploymentId })) {
        if (task.healthStatus === 'UNKNOWN') world.health(task, 'UNHEALTHY');
      }
      world.advanceMs(minute);
      world.settle();
    }
    expect(world.primary.rolloutState).toBe('FAILED');
  });

  it('counts what ends before its checks passed', () => {
    const definitions = [testDefinition(1), testDefinition(2, { healthCheck: true })];
    const world = worldWith({}, { definitions });
    const record = world.release(definitions[1]);
    for (let round = 0; round < 4 && world.primary.rolloutState === 'IN_PROGRESS'; round++) {
      play(world, { id: record.deploymentId, fail: 0 });
      world.advanceMs(minute);
      for (const task of world.runningOf({ id: record.deploymentId })) world.report(task, 'STOPPED', { exitCode: 1 });
      world.settle();
    }
    expect(world.primary.rolloutState).toBe('FAILED');
  });
});
