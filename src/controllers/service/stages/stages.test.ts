import { describe, expect, it } from 'vitest';
import { answer, blueGreen, go, minute, pause, stageOf, worldWith } from '../../test-support/releases.ts';
import { steadyWorld } from '../../test-support/service-world.ts';
import type { TrafficWeights } from './traffic.ts';

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
