import { describe, expect, it } from 'vitest';
import { afterMs, elapsedMs } from '#base';
import type { DeploymentConfiguration, LifecycleHook, LifecycleStage, ServiceDeployment } from '#model';
import { rolling } from '../../test-support/records.ts';
import { failToStart, type ServiceWorld, steadyWorld } from '../../test-support/service-world.ts';
import { releaseLimitMs, stageLimitMs } from './limits.ts';
import type { TrafficWeights } from './traffic.ts';

const minute = 60_000;
const breaker = { enable: true, rollback: true };

function pause(
  stages: readonly LifecycleStage[],
  timeout: Partial<LifecycleHook['timeoutConfiguration']> = {},
): LifecycleHook {
  return {
    targetType: 'PAUSE',
    lifecycleStages: stages,
    timeoutConfiguration: { timeoutInMinutes: 30, action: 'ROLLBACK', ...timeout },
  };
}

const blueGreen = (more: Partial<DeploymentConfiguration> = {}): DeploymentConfiguration => ({
  ...rolling(100, 200, breaker),
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 10,
  ...more,
});

/** A steady service of three tasks, which is configured so from now on. */
function worldWith(configuration: DeploymentConfiguration): ServiceWorld {
  const world = steadyWorld({ service: { desiredCount: 3 } });
  world.change({ deploymentConfiguration: configuration });
  world.advanceMs(1);
  return world;
}

/** Agents and decisions in turn, without time passing; gives the stages that were gone through. */
function go(world: ServiceWorld, record: ServiceDeployment): string[] {
  const seen: string[] = [];
  for (let turn = 0; turn < 12; turn++) {
    world.settle(60, () => {
      const now = world.serviceDeployment(record).stage?.lifecycleStage ?? 'none';
      if (seen.at(-1) !== now) seen.push(now);
    });
    world.agents();
  }
  return seen;
}

function stageOf(world: ServiceWorld, record: ServiceDeployment): string | undefined {
  return world.serviceDeployment(record).stage?.lifecycleStage;
}

/** All that wait are answered so. */
function answer(world: ServiceWorld, record: ServiceDeployment, status: 'SUCCEEDED' | 'FAILED'): void {
  world.answerHooks(record, status);
}

describe('a BLUE_GREEN release', () => {
  it('goes through the stages, scales green up beside blue, bakes, and ends with green alone', () => {
    const world = worldWith(blueGreen());
    const blue = world.primary;
    const record = world.release(world.definitions[1]);
    expect(go(world, record)).toEqual([
      'PRE_SCALE_UP',
      'SCALE_UP',
      'POST_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
    ]);
    expect(world.runningOf(blue)).toHaveLength(3);
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(3);
    expect(world.serviceDeployment(record).stage?.weights).toEqual({ production: 100, test: 100 });
    world.advanceMs(10 * minute - 1);
    expect(go(world, record)).toEqual(['BAKE_TIME']);
    world.advanceMs(1);
    expect(go(world, record)).toEqual(['CLEAN_UP']);
    expect(world.serviceDeployment(record).status).toBe('SUCCESSFUL');
    expect(world.runningOf(blue)).toHaveLength(0);
    expect(world.service.deployments).toMatchObject([{ id: record.deploymentId, rolloutState: 'COMPLETED' }]);
    expect(world.service.deployments[0]).not.toHaveProperty('sourceCleanup');
  });

  it('keeps both whole whatever the percentages say', () => {
    const world = worldWith(blueGreen({ minimumHealthyPercent: 0, maximumPercent: 100 }));
    const blue = world.primary;
    const record = world.release(world.definitions[1]);
    go(world, record);
    expect(stageOf(world, record)).toBe('BAKE_TIME');
    for (const task of world.running.filter(({ deploymentId }) => deploymentId === blue.id).slice(0, 2)) {
      world.report(task, 'STOPPED');
    }
    world.change({ desiredCount: 5 });
    go(world, record);
    expect(world.runningOf(blue)).toHaveLength(5);
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(5);
  });

  it('needs nothing to release from, and nothing to run', () => {
    for (const desiredCount of [0, 2]) {
      const world = steadyWorld({
        service: { desiredCount, deployments: [], deploymentConfiguration: blueGreen({ bakeTimeInMinutes: 0 }) },
        prepare: (empty) => empty.release(empty.definitions[0]),
      });
      expect([...world.serviceDeployments.values()].map(({ status }) => status)).toEqual(['SUCCESSFUL']);
      expect(world.running).toHaveLength(desiredCount);
    }
  });

  it('waits for the traffic before it goes on, and before it takes tasks away', () => {
    const world = worldWith(blueGreen({ bakeTimeInMinutes: 0 }));
    const told: TrafficWeights[] = [];
    const held = { production: true };
    world.traffic = (weights) => {
      told.push(weights);
      return !held.production || weights.target.production === 0;
    };
    const record = world.release(world.definitions[1]);
    go(world, record);
    expect(stageOf(world, record)).toBe('PRODUCTION_TRAFFIC_SHIFT');
    expect(told.at(-1)).toEqual({
      source: { serviceRevisionArn: record.sourceServiceRevisionArns[0], production: 0, test: 0 },
      target: { serviceRevisionArn: record.targetServiceRevisionArn, production: 100, test: 100 },
    });
    world.traffic = ({ target }) => target.production === 100;
    world.requestRollback(record);
    go(world, record);
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      stage: { lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT', weights: { production: 0, test: 0 } },
    });
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(3);
    world.traffic = () => true;
    world.converge();
    expect(world.serviceDeployment(record).status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(0);
  });
});

describe('the steps of the production traffic', () => {
  it('are taken one by one, with a bake after each but the last', () => {
    const linearConfiguration = { stepPercent: 33.4, stepBakeTimeInMinutes: 2 };
    const world = worldWith(blueGreen({ strategy: 'LINEAR', bakeTimeInMinutes: 0, linearConfiguration }));
    const record = world.release(world.definitions[1]);
    for (const percent of [33.4, 66.8]) {
      go(world, record);
      expect(world.serviceDeployment(record).stage).toMatchObject({
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        weights: { production: percent },
      });
      world.advanceMs(2 * minute - 1);
      go(world, record);
      expect(world.serviceDeployment(record).stage?.weights.production).toBe(percent);
      world.advanceMs(1);
    }
    go(world, record);
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'SUCCESSFUL',
      stage: { weights: { production: 100 } },
    });
  });

  it('of a CANARY are two', () => {
    const world = worldWith(blueGreen({ strategy: 'CANARY', bakeTimeInMinutes: 1 }));
    const record = world.release(world.definitions[1]);
    go(world, record);
    expect(world.serviceDeployment(record).stage?.weights).toEqual({ production: 5, test: 100 });
    world.advanceMs(10 * minute);
    go(world, record);
    expect(world.serviceDeployment(record).stage).toMatchObject({
      lifecycleStage: 'BAKE_TIME',
      weights: { production: 100 },
    });
  });

  it('pause with a new hook before each', () => {
    const world = worldWith(
      blueGreen({ strategy: 'CANARY', lifecycleHooks: [pause(['PRE_PRODUCTION_TRAFFIC_SHIFT'])] }),
    );
    const record = world.release(world.definitions[1]);
    go(world, record);
    expect(world.serviceDeployment(record).lifecycleHooks).toMatchObject([{ status: 'AWAITING_ACTION' }]);
    answer(world, record, 'SUCCEEDED');
    go(world, record);
    world.advanceMs(10 * minute);
    go(world, record);
    const { lifecycleHooks = [], stage } = world.serviceDeployment(record);
    expect(stage).toMatchObject({
      lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
      step: 1,
      weights: { production: 5 },
    });
    expect(lifecycleHooks.map(({ status }) => status)).toEqual(['SUCCEEDED', 'AWAITING_ACTION']);
    expect(new Set(lifecycleHooks.map(({ hookId }) => hookId)).size).toBe(2);
  });
});

describe('PAUSE hooks', () => {
  it('hold their stage until all of them are answered', () => {
    const hook = pause(['PRE_SCALE_UP']);
    const world = worldWith(blueGreen({ lifecycleHooks: [hook, hook, pause(['POST_SCALE_UP'])] }));
    const record = world.release(world.definitions[1]);
    go(world, record);
    const waiting = world.serviceDeployment(record).lifecycleHooks ?? [];
    expect(waiting).toHaveLength(2);
    expect(waiting[0]?.hookId).toMatch(/^ecs-pause-[\w-]{43}$/);
    expect(world.running).toHaveLength(3);
    world.answerHooks(record, 'SUCCEEDED', 1);
    go(world, record);
    expect(stageOf(world, record)).toBe('PRE_SCALE_UP');
    world.answerHooks(record, 'SUCCEEDED');
    go(world, record);
    expect(stageOf(world, record)).toBe('POST_SCALE_UP');
  });

  it('roll the deployment back when a user says so', () => {
    const world = worldWith(blueGreen({ lifecycleHooks: [pause(['POST_PRODUCTION_TRAFFIC_SHIFT'])] }));
    const blue = world.primary;
    const before = world.runningOf(blue).map(({ taskArn }) => taskArn);
    const record = world.release(world.definitions[1]);
    go(world, record);
    const [hook] = world.serviceDeployment(record).lifecycleHooks ?? [];
    answer(world, record, 'FAILED');
    world.converge();
    const reason =
      'Service deployment rolled back because POST_PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. ' +
      `Lifecycle hook target ${hook?.hookId} returned FAILED status.`;
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: reason,
      rollback: { reason, serviceRevisionArn: record.sourceServiceRevisionArns[0] },
      stage: { lifecycleStage: 'CLEAN_UP', weights: { production: 0, test: 0 } },
    });
    expect(world.service).toMatchObject({ taskDefinitionArn: blue.taskDefinitionArn, deployments: [{ id: blue.id }] });
    expect(world.running.map(({ taskArn }) => taskArn)).toEqual(before);
    expect(world.events).toContain(`(service web) (deployment ${record.deploymentId}) deployment failed: ${reason}`);
    expect(world.events).toContain(`(service web) rolling back to deployment ${blue.id}.`);
  });

  it('do what they were to do when their time is over, to the millisecond', () => {
    for (const [action, end] of [
      ['CONTINUE', 'SUCCESSFUL'],
      ['ROLLBACK', 'ROLLBACK_SUCCESSFUL'],
    ] as const) {
      const world = worldWith(
        blueGreen({ bakeTimeInMinutes: 0, lifecycleHooks: [pause(['POST_TEST_TRAFFIC_SHIFT'], { action })] }),
      );
      const record = world.release(world.definitions[1]);
      go(world, record);
      world.advanceMs(30 * minute - 1);
      go(world, record);
      expect(world.serviceDeployment(record).lifecycleHooks).toMatchObject([{ status: 'AWAITING_ACTION' }]);
      expect(world.wakeAt).toBe(afterMs(world.now, 1));
      world.advanceMs(1);
      go(world, record);
      expect(world.serviceDeployment(record)).toMatchObject({ status: end, lifecycleHooks: [{ status: 'TIMED_OUT' }] });
    }
  });

  it('may take longer than a stage, but not longer than 30 days in all', () => {
    const fortnight = { timeoutInMinutes: 20_160, action: 'CONTINUE' } as const;
    const stages = ['PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'] as const;
    const world = worldWith(blueGreen({ lifecycleHooks: [pause(stages, fortnight)] }));
    const record = world.release(world.definitions[1]);
    const startedAt = world.now;
    for (const stage of stages) {
      go(world, record);
      expect(stageOf(world, record)).toBe(stage);
      if (stage !== 'POST_TEST_TRAFFIC_SHIFT') world.advanceMs(14 * 24 * 60 * minute);
    }
    world.advanceMs(releaseLimitMs - 1 - elapsedMs(startedAt, world.now));
    go(world, record);
    expect(world.serviceDeployment(record).status).toBe('IN_PROGRESS');
    world.advanceMs(1);
    go(world, record);
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      lifecycleHooks: [{ status: 'TIMED_OUT' }, { status: 'TIMED_OUT' }, { status: 'FAILED' }],
    });
  });
});

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

describe('a release that is overtaken', () => {
  it('stops in RECONCILE_SERVICE of the next, which releases from what works', () => {
    const world = worldWith(blueGreen());
    const blue = world.primary;
    const first = world.release(world.definitions[1]);
    go(world, first);
    world.advanceMs(1);
    const second = world.release(world.definitions[2]);
    expect(go(world, second)[0]).toBe('RECONCILE_SERVICE');
    expect(world.serviceDeployment(first).status).toBe('STOPPED');
    expect(world.runningOf({ id: first.deploymentId })).toHaveLength(0);
    expect(world.runningOf(blue)).toHaveLength(3);
    expect(world.serviceDeployment(second).stage).toMatchObject({ lifecycleStage: 'BAKE_TIME', sourceId: blue.id });
  });

  it('in CLEAN_UP is what the next releases from', () => {
    const world = worldWith(blueGreen({ bakeTimeInMinutes: 0 }));
    const first = world.release(world.definitions[1]);
    world.protectAll();
    go(world, first);
    world.advanceMs(1);
    const second = world.release(world.definitions[2]);
    go(world, second);
    expect(world.serviceDeployment(second).stage?.sourceId).toBe(first.deploymentId);
    world.converge();
    expect(world.serviceDeployment(second).status).toBe('SUCCESSFUL');
    expect(world.service.deployments).toHaveLength(1);
  });

  it('while it rolls back leaves blue as what works', () => {
    const world = worldWith(blueGreen({ deploymentCircuitBreaker: { enable: false, rollback: false } }));
    const blue = world.primary;
    const first = world.release(world.definitions[1]);
    go(world, first);
    world.traffic = ({ target }) => target.production > 0;
    world.requestRollback(first);
    go(world, first);
    world.traffic = () => true;
    world.advanceMs(1);
    const second = world.release(world.definitions[2]);
    expect(world.serviceDeployment(first).status).toBe('ROLLBACK_FAILED');
    go(world, second);
    expect(world.serviceDeployment(second).stage?.sourceId).toBe(blue.id);
    world.converge();
    expect(world.serviceDeployment(second).status).toBe('SUCCESSFUL');
  });

  it('ends with its service', () => {
    const world = worldWith(blueGreen({ lifecycleHooks: [pause(['PRE_SCALE_UP'])] }));
    const record = world.release(world.definitions[1]);
    go(world, record);
    world.change({ status: 'DRAINING', desiredCount: 0 });
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'STOPPED',
      lifecycleHooks: [{ status: 'FAILED' }],
    });
  });
});
