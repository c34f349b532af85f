import { describe, expect, it } from 'vitest';
import { isTerminal, type ServiceDeployment } from '#model';
import { rolling } from '../test-support/records.ts';
import { failToStart, type ServiceWorld, steadyWorld } from '../test-support/service-world.ts';

const breaker = (rollback: boolean) => ({
  service: { desiredCount: 2, deploymentConfiguration: rolling(0, 200, { enable: true, rollback }) },
});

/** Every start of the deployment's tasks fails until it is given up. */
function failUntilGivenUp(world: ServiceWorld, record: ServiceDeployment): void {
  for (let round = 0; round < 12 && world.primary.id === record.deploymentId; round++) {
    world.settle();
    failToStart(world, ({ deploymentId }) => deploymentId === record.deploymentId);
    if (world.primary.rolloutState === 'FAILED') return;
    world.settle();
    const { wakeAt } = world;
    if (wakeAt !== undefined && wakeAt > world.now) world.now = wakeAt;
  }
}

describe('service deployments', () => {
  it('go from PENDING over IN_PROGRESS to SUCCESSFUL, and keep how they ended', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const record = world.release(world.definitions[1]);
    expect(world.serviceDeployment(record).status).toBe('PENDING');
    world.settle();
    expect(world.serviceDeployment(record)).toMatchObject({ status: 'IN_PROGRESS', startedAt: world.now });
    world.converge();
    const ended = world.serviceDeployment(record);
    expect(ended).toMatchObject({ status: 'SUCCESSFUL', finishedAt: expect.any(Number) });
    expect(ended.figures).toMatchObject({
      sources: [{ requestedTaskCount: 0, runningTaskCount: 0, pendingTaskCount: 0 }],
      target: { requestedTaskCount: 3, runningTaskCount: 3, pendingTaskCount: 0 },
      circuitBreaker: { status: 'DISABLED', failureCount: 0, threshold: 3 },
    });
    world.change({ desiredCount: 1 });
    world.converge();
    expect(world.serviceDeployment(record)).toBe(ended);
  });

  it('end where nothing is wanted', () => {
    const world = steadyWorld({ service: { desiredCount: 0 } });
    const record = world.release(world.definitions[1]);
    world.converge();
    expect(world.serviceDeployment(record).status).toBe('SUCCESSFUL');
  });

  it('stop when a newer one takes their place', () => {
    const world = steadyWorld();
    const first = world.release(world.definitions[1]);
    world.settle();
    const second = world.release(world.definitions[2]);
    expect(world.serviceDeployment(first).status).toBe('STOP_REQUESTED');
    world.settle();
    expect(world.serviceDeployment(first)).toMatchObject({
      status: 'STOPPED',
      stoppedAt: world.now,
      statusReason: 'Service deployment stopped because there is a newer one.',
    });
    world.converge();
    expect(world.serviceDeployment(second).status).toBe('SUCCESSFUL');
  });

  it('stop when the service is deleted', () => {
    const world = steadyWorld();
    const record = world.release(world.definitions[1]);
    world.settle();
    world.change({ status: 'DRAINING', desiredCount: 0 });
    world.converge();
    expect(world.serviceDeployment(record).status).toBe('STOPPED');
  });

  it('roll back to the revision before, which makes no new one', () => {
    const world = steadyWorld(breaker(true));
    const good = world.primary;
    const record = world.release(world.definitions[1]);
    failUntilGivenUp(world, record);
    const reason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';
    const target = record.sourceServiceRevisionArns[0];
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      rollback: { reason, serviceRevisionArn: target },
    });
    expect(world.primary).toMatchObject({ revisionId: good.id, rollbackOf: record.deploymentId });
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: reason,
      figures: {
        sources: [{ requestedTaskCount: 2, runningTaskCount: 2 }],
        target: { requestedTaskCount: 0, runningTaskCount: 0 },
        circuitBreaker: { status: 'TRIGGERED', failureCount: 4, threshold: 3 },
      },
    });
    // What it went back to has the same revision after another rollback.
    const again = world.release(world.definitions[1]);
    failUntilGivenUp(world, again);
    expect(world.primary.revisionId).toBe(good.id);
  });

  it('stop when they fail without rollback', () => {
    const world = steadyWorld(breaker(false));
    const record = world.release(world.definitions[1]);
    failUntilGivenUp(world, record);
    world.settle();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'STOPPED',
      statusReason: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
      figures: { circuitBreaker: { status: 'TRIGGERED' } },
    });
  });

  it('fail to roll back where nothing was completed before', () => {
    const world = steadyWorld(breaker(true));
    world.change({ deployments: [] });
    const record = world.release(world.definitions[1]);
    failUntilGivenUp(world, record);
    world.settle();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
    expect(world.primary).toMatchObject({ id: record.deploymentId, rolloutState: 'FAILED' });
  });

  it('fail to roll back when the rollback fails as well', () => {
    const deploymentConfiguration = rolling(0, 100, { enable: true, rollback: true });
    const world = steadyWorld({ service: { deploymentConfiguration } });
    const record = world.release(world.definitions[1]);
    for (let round = 0; round < 12; round++) {
      world.settle();
      failToStart(world);
      world.settle();
      if (world.wakeAt !== undefined && world.wakeAt > world.now) world.now = world.wakeAt;
    }
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'Service deployment rollback failed because the circuit breaker threshold was exceeded.',
      rollback: { serviceRevisionArn: record.sourceServiceRevisionArns[0] },
    });
    expect(world.primary).toMatchObject({ rollbackOf: record.deploymentId, rolloutState: 'FAILED' });
  });

  it('roll back when a user asks, also where that was not configured', () => {
    const world = steadyWorld({ service: { desiredCount: 2, deploymentConfiguration: rolling(50, 100) } });
    const good = world.primary;
    const record = world.release(world.definitions[1]);
    world.settle();
    world.agents();
    world.settle();
    expect(world.runningOf({ id: record.deploymentId })).toHaveLength(1);
    world.requestRollback(record);
    world.settle();
    expect(world.serviceDeployment(record).status).toBe('ROLLBACK_IN_PROGRESS');
    expect(world.events.at(-1)).not.toContain('failed');
    world.converge();
    expect(world.serviceDeployment(record)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      figures: { circuitBreaker: { status: 'DISABLED' } },
    });
    expect(world.running.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual(
      [1, 2].map(() => good.taskDefinitionArn),
    );
    expect(world.service.taskDefinitionArn).toBe(good.taskDefinitionArn);
    expect(world.events).toContain(`(service web) rolling back to deployment ${good.id}.`);
  });

  it('roll back when a user asks while nothing has been looked at', () => {
    const world = steadyWorld();
    const record = world.release(world.definitions[1]);
    world.requestRollback(record);
    world.converge();
    expect(world.serviceDeployment(record).status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it('are none for a service of an older version, which rolls out all the same', () => {
    const world = steadyWorld();
    world.deploy(world.definitions[1]);
    world.converge();
    expect(world.serviceDeployments.size).toBe(0);
    expect(world.primary.rolloutState).toBe('COMPLETED');
    const record = world.release(world.definitions[2]);
    world.converge();
    expect(isTerminal(world.serviceDeployment(record).status)).toBe(true);
  });
});
