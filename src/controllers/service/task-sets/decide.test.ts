import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import { isProtected, type TaskSet } from '#model';
import { testDefinition } from '../../test-support/records.ts';
import { failToStart, type ServiceWorld, type WorldOptions } from '../../test-support/service-world.ts';
import { addTaskSet, changeTaskSet, externalWorld, taskSetIn } from '../../test-support/task-sets.ts';
import { without } from '../record.ts';

/** A steady world with one task set, PRIMARY and whole. */
function steady(desiredCount: number, options: WorldOptions = {}): { world: ServiceWorld; blue: TaskSet } {
  const world = externalWorld({ ...options, service: { desiredCount, ...options.service } });
  const blue = addTaskSet(world, 100, { status: 'PRIMARY' });
  world.converge();
  world.events.splice(0);
  return { world, blue };
}

const events = (world: ServiceWorld): string[] =>
  world.events.map((text) => text.replaceAll(/\(task \w+\)/g, '(task)'));

describe('a service with task sets', () => {
  it('does nothing without one', () => {
    const world = externalWorld({ service: { desiredCount: 3 } });
    world.converge();
    expect(world.tasks.size).toBe(0);
    expect(world.events).toEqual([]);
  });

  it('keeps each at its share, rounded up', () => {
    const world = externalWorld({ service: { desiredCount: 5 } });
    const blue = addTaskSet(world, 100);
    const green = addTaskSet(world, 30);
    const idle = addTaskSet(world, 0);
    world.converge();
    expect([blue, green, idle].map((set) => world.runningOf(set).length)).toEqual([5, 2, 0]);
    for (const set of [blue, green, idle]) {
      expect(taskSetIn(world, set)).toMatchObject({ stabilityStatus: 'STEADY_STATE' });
    }
    expect(taskSetIn(world, green).computedDesiredCount).toBe(2);
  });

  it('makes tasks that name their set', () => {
    const { world, blue } = steady(1);
    const [task] = world.running;
    expect(task).toMatchObject({
      startedBy: blue.id,
      deploymentId: blue.id,
      group: 'service:web',
      taskDefinitionArn: blue.taskDefinitionArn,
    });
  });

  it('tells what it does in the words of ECS', () => {
    const world = externalWorld({ service: { desiredCount: 2 } });
    const blue = addTaskSet(world, 100);
    world.converge();
    expect(events(world)).toEqual([
      `(service web) updated computedDesiredCount for taskSet ${blue.id} to 2.`,
      '(service web) has started 2 tasks: (task) (task).',
      `(service web, taskSet ${blue.id}) updated state to STEADY_STATE.`,
      '(service web) has reached a steady state.',
    ]);
    world.events.splice(0);
    world.change({ desiredCount: 1 });
    world.converge();
    expect(events(world)).toEqual([
      `(service web) updated computedDesiredCount for taskSet ${blue.id} to 1.`,
      '(service web) has stopped 1 running tasks: (task).',
      `(service web, taskSet ${blue.id}) updated state to STEADY_STATE.`,
      '(service web) has reached a steady state.',
    ]);
    const stopped = world.all(({ lastStatus }) => lastStatus === 'STOPPED');
    expect(stopped.map(({ stoppedReason }) => stoppedReason)).toEqual([
      `Scaling activity initiated by (deployment ${blue.id})`,
    ]);
  });

  it('follows scale and desired count alike', () => {
    const { world, blue } = steady(4);
    changeTaskSet(world, blue, { scalePercent: 50 });
    world.converge();
    expect(world.running).toHaveLength(2);
    world.change({ desiredCount: 9 });
    world.converge();
    expect(world.running).toHaveLength(5);
  });

  it('moves from one set to the next without a gap of its own making', () => {
    const { world, blue } = steady(3);
    const green = addTaskSet(world, 100, { taskDefinitionArn: world.definitions[1]!.taskDefinitionArn });
    world.converge();
    expect(world.running).toHaveLength(6);
    changeTaskSet(world, blue, { status: 'ACTIVE' });
    changeTaskSet(world, green, { status: 'PRIMARY' });
    changeTaskSet(world, blue, { status: 'DRAINING' });
    world.converge();
    expect([...world.taskSets.values()].map(({ id }) => id)).toEqual([green.id]);
    expect(world.running.every(({ deploymentId }) => deploymentId === green.id)).toBe(true);
    expect(world.running).toHaveLength(3);
  });

  it('stays DRAINING while a task is on its way out', () => {
    const { world, blue } = steady(1);
    changeTaskSet(world, blue, { status: 'DRAINING' });
    world.settle();
    expect(taskSetIn(world, blue)).toMatchObject({ status: 'DRAINING', computedDesiredCount: 0 });
    expect(world.running).toHaveLength(0);
    world.agents();
    world.settle();
    expect(world.taskSets.size).toBe(0);
  });

  it('is STABILIZING whenever something is amiss', () => {
    const { world, blue } = steady(2);
    const [task] = world.running;
    world.report(task!, 'STOPPED', { exitCode: 1 });
    world.settle();
    expect(taskSetIn(world, blue).stabilityStatus).toBe('STABILIZING');
    world.converge();
    expect(taskSetIn(world, blue).stabilityStatus).toBe('STEADY_STATE');
    expect(world.running).toHaveLength(2);
  });

  it('replaces unhealthy tasks once their stand-ins are well', () => {
    const { world, blue } = steady(2, { definitions: [testDefinition(1, { healthCheck: true })] });
    const heal = (): void => {
      for (const task of world.running) if (task.healthStatus === 'UNKNOWN') world.health(task, 'HEALTHY');
    };
    heal();
    world.converge();
    const [sick] = world.running;
    world.health(sick!, 'UNHEALTHY');
    world.converge();
    expect(taskSetIn(world, blue).stabilityStatus).toBe('STABILIZING');
    expect(world.running).toHaveLength(3);
    heal();
    world.converge();
    expect(world.running.map(({ healthStatus }) => healthStatus)).toEqual(['HEALTHY', 'HEALTHY']);
    expect(world.tasks.get(sick!.taskArn)?.stoppedReason).toBe('Task failed container health checks');
    expect(world.events.join()).toContain('Amazon ECS replaced 1 tasks due to an unhealthy status.');
  });

  it('takes tasks off a host that is being emptied', () => {
    const { world, blue } = steady(3);
    const [task] = world.running;
    world.changeHost(task!.hostArn!, (host) => ({ ...host, status: 'DRAINING' }));
    world.settle();
    expect(taskSetIn(world, blue).stabilityStatus).toBe('STABILIZING');
    world.converge();
    expect(world.running).toHaveLength(3);
    expect(world.running.some(({ hostArn }) => hostArn === task!.hostArn)).toBe(false);
    expect(taskSetIn(world, blue).stabilityStatus).toBe('STEADY_STATE');
  });

  it('replaces tasks of a lost host, and stops the surplus when it returns', () => {
    const { world } = steady(3);
    const [task] = world.running;
    world.changeHost(task!.hostArn!, (host) => ({ ...host, lostAt: world.now, agentConnected: false }));
    world.converge();
    expect(world.running).toHaveLength(4);
    world.changeHost(task!.hostArn!, (host) => ({ ...without(host, 'lostAt'), agentConnected: true }));
    world.converge();
    expect(world.running).toHaveLength(3);
  });

  it('goes though a lost host has tasks of it, which stop when it returns', () => {
    const { world, blue } = steady(3);
    const [task] = world.running;
    world.changeHost(task!.hostArn!, (host) => ({ ...host, lostAt: world.now, agentConnected: false }));
    changeTaskSet(world, blue, { status: 'DRAINING' });
    world.converge();
    expect(world.taskSets.size).toBe(0);
    expect(world.tasks.get(task!.taskArn)).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'STOPPING' });
  });

  it('waits for a protected task on a lost host', () => {
    const { world, blue } = steady(1);
    const [task] = world.running;
    world.put({ ...task!, protectedUntil: afterMs(world.now, 3_600_000) });
    world.changeHost(task!.hostArn!, (host) => ({ ...host, lostAt: world.now, agentConnected: false }));
    changeTaskSet(world, blue, { status: 'DRAINING' });
    world.settle();
    expect(world.tasks.get(task!.taskArn)?.desiredStatus).toBe('RUNNING');
    expect(world.taskSets.size).toBe(1);
    world.converge();
    expect(world.tasks.get(task!.taskArn)?.desiredStatus).toBe('STOPPED');
    expect(world.taskSets.size).toBe(0);
  });

  it('backs off from tasks that never run, without holding up other sets', () => {
    const world = externalWorld({ service: { desiredCount: 2 } });
    const bad = addTaskSet(world, 100);
    world.settle();
    for (let round = 0; round < 3; round++) {
      failToStart(world);
      world.settle();
      world.now = world.wakeAt!;
      world.settle();
    }
    failToStart(world);
    world.settle();
    expect(taskSetIn(world, bad).backoff).toMatchObject({ failures: 4 });
    expect(world.pending).toHaveLength(0);
    expect(world.wakeAt! > afterMs(world.now, 5_000)).toBe(true);
    expect(events(world).filter((text) => text.includes('unable to consistently start tasks'))).toHaveLength(1);
    const good = addTaskSet(world, 100);
    world.settle();
    expect(world.pending.map(({ deploymentId }) => deploymentId)).toEqual([good.id, good.id]);
  });

  it('starts what finds room though another set finds none', () => {
    const huge = testDefinition(2, { cpu: 100_000 });
    const world = externalWorld({ service: { desiredCount: 2 }, definitions: [testDefinition(1), huge] });
    const stuck = addTaskSet(world, 100, { taskDefinitionArn: huge.taskDefinitionArn });
    const good = addTaskSet(world, 100);
    world.settle();
    world.agents();
    world.settle();
    expect(world.runningOf(good)).toHaveLength(2);
    expect(world.runningOf(stuck)).toHaveLength(0);
    expect(taskSetIn(world, stuck)).toMatchObject({ stabilityStatus: 'STABILIZING', placementFailedAt: world.now });
    expect(world.wakeAt).toBe(afterMs(world.now, 15_000));
    expect(events(world).join()).toContain('was unable to place a task because no container instance met all');
    expect(world.service.steadySince).toBeUndefined();
    changeTaskSet(world, stuck, { scalePercent: 0 });
    world.converge();
    expect(taskSetIn(world, stuck)).not.toHaveProperty('placementFailedAt');
    expect(world.service.steadySince).toBeDefined();
  });

  it('never stops protected tasks by scaling, and says what it waits for', () => {
    const { world, blue } = steady(3);
    for (const task of world.running.slice(0, 2)) {
      world.put({ ...task, protectedUntil: afterMs(world.now, 3_600_000) });
    }
    changeTaskSet(world, blue, { status: 'DRAINING' });
    for (let i = 0; i < 5; i++) {
      world.settle();
      world.agents();
    }
    expect(world.running).toHaveLength(2);
    expect(world.running.every((task) => isProtected(task, world.now))).toBe(true);
    expect(world.events).toContain(
      `(service web) was unable to reach steady state because (taskSet ${blue.id}) was unable to scale in due to ` +
        '(reason 2 tasks under protection)',
    );
    world.converge();
    expect(world.taskSets.size).toBe(0);
    expect(world.running).toHaveLength(0);
  });

  it('says again after six hours that it is steady', () => {
    const { world } = steady(1);
    world.advanceMs(6 * 3_600_000);
    world.settle();
    expect(world.events).toEqual(['(service web) has reached a steady state.']);
  });

  it('goes with all its sets when it is deleted', () => {
    const { world, blue } = steady(3);
    const green = addTaskSet(world, 50);
    world.converge();
    world.change({ status: 'DRAINING', desiredCount: 0 });
    world.settle();
    expect(world.running).toHaveLength(0);
    for (const set of [blue, green]) expect(taskSetIn(world, set).computedDesiredCount).toBe(0);
    world.converge();
    expect(world.service.status).toBe('INACTIVE');
    expect(world.taskSets.size).toBe(0);
  });
});
