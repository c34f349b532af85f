import { describe, expect, it } from 'vitest';
import { afterMs, elapsedMs } from '#base';
import { answer, blueGreen, go, minute, pause, stageOf, worldWith } from '../../test-support/releases.ts';
import { releaseLimitMs } from './limits.ts';

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
