import { describe, expect, it } from 'vitest';
import { elapsedMs } from '#base';
import { blueGreen, go, minute, pause, stageOf, worldWith } from '../../test-support/releases.ts';

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

  // Found by the simulation: it asked once, and then not before something else of the service changed.
  it('leaves traffic that the next asks for until it goes as that begins', () => {
    const world = worldWith(blueGreen());
    go(world, world.release(world.definitions[1]));
    world.advanceMs(1);
    world.traffic = () => false;
    const second = world.release(world.definitions[2]);
    go(world, second);
    expect(stageOf(world, second)).toBe('RECONCILE_SERVICE');
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(1_000);
    world.traffic = () => true;
    world.advanceMs(1_000);
    expect(go(world, second)).toContain('SCALE_UP');
  });

  // Likewise: hosts that have news of something else just then are not in step.
  it('begins to bake once its traffic goes as it did at the last shift', () => {
    const world = worldWith(blueGreen({ bakeTimeInMinutes: 10 }));
    const record = world.release(world.definitions[1]);
    world.traffic = () => world.serviceDeployment(record).stage?.lifecycleStage !== 'BAKE_TIME';
    go(world, record);
    expect(world.serviceDeployment(record).stage).toMatchObject({ lifecycleStage: 'BAKE_TIME' });
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(1_000);
    world.traffic = () => true;
    world.advanceMs(1_000);
    go(world, record);
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(10 * minute);
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
