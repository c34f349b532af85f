import { describe, expect, it } from 'vitest';
import { afterMs, elapsedMs } from '#base';
import { shortId } from '#model';
import { rolling, testDefinition } from '../test-support/records.ts';
import { failToStart, ServiceWorld, steadyWorld } from '../test-support/service-world.ts';

const steady = '(service web) has reached a steady state.';
const minute = 60_000;

describe('keeping the desired count', () => {
  it('starts, completes and reaches a steady state, in the words of ECS', () => {
    const world = new ServiceWorld({ service: { desiredCount: 3 } });
    world.settle();
    const ids = world.pending.map((task) => `(task ${shortId(task.taskArn)})`).join(' ');
    expect(world.events).toEqual([`(service web) has started 3 tasks: ${ids}.`]);
    expect(world.primary).toMatchObject({ desiredCount: 3, rolloutState: 'IN_PROGRESS' });
    world.agents();
    world.settle();
    const { id } = world.primary;
    expect(world.events.slice(1)).toEqual([`(service web) (deployment ${id}) deployment completed.`, steady]);
    expect(world.primary).toMatchObject({
      rolloutState: 'COMPLETED',
      rolloutStateReason: `ECS deployment ${id} completed.`,
    });
  });

  it('makes tasks that belong to the service and spread over zones', () => {
    const world = new ServiceWorld({
      service: { desiredCount: 3, enableECSManagedTags: true, propagateTags: 'SERVICE' },
    });
    world.settle();
    const [task] = world.pending;
    expect(task).toMatchObject({
      group: 'service:web',
      startedBy: world.primary.id,
      deploymentId: world.primary.id,
      serviceArn: world.service.serviceArn,
      launchType: 'EC2',
      lastStatus: 'PENDING',
    });
    expect(task?.tags).toEqual([
      { key: 'from', value: 'service' },
      { key: 'aws:ecs:clusterName', value: 'test' },
      { key: 'aws:ecs:serviceName', value: 'web' },
    ]);
    expect(new Set(world.pending.map(({ availabilityZone }) => availabilityZone)).size).toBe(3);
  });

  it('replaces a stopped task at once', () => {
    const world = steadyWorld({ service: { desiredCount: 2 } });
    world.advanceMs(minute);
    world.report(world.running[0]!, 'STOPPED', { exitCode: 1 });
    world.settle();
    expect(world.running.length).toBe(1);
    expect(world.pending.length).toBe(1);
  });

  it('stops what is above the desired count, pending tasks first', () => {
    const world = steadyWorld({ service: { desiredCount: 2 } });
    world.change({ desiredCount: 4 });
    world.settle();
    world.change({ desiredCount: 1 });
    world.events.splice(0);
    world.settle();
    expect(world.pending.length).toBe(0);
    expect(world.running.length).toBe(1);
    expect(world.events.filter((event) => !event.includes('steady'))).toEqual([
      expect.stringMatching(/^\(service web\) has stopped 1 running tasks: \(task [0-9a-f]{32}\)\.$/),
      '(service web) stopped 2 pending tasks.',
    ]);
    const stopped = world.all(({ desiredStatus }) => desiredStatus === 'STOPPED');
    expect(new Set(stopped.map(({ stopCode, stoppedReason }) => `${stopCode}: ${stoppedReason}`))).toEqual(
      new Set([`ServiceSchedulerInitiated: Scaling activity initiated by (deployment ${world.primary.id})`]),
    );
  });

  it('says steady again only after six hours', () => {
    const world = steadyWorld();
    world.advanceMs(5 * 60 * minute);
    world.settle();
    expect(world.events).toEqual([]);
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(60 * minute);
    world.advanceMs(60 * minute);
    world.settle();
    expect(world.events).toEqual([steady]);
  });

  it('runs nothing at a desired count of 0 and completes at once', () => {
    const world = new ServiceWorld({ service: { desiredCount: 0 } });
    world.settle();
    expect(world.tasks.size).toBe(0);
    expect(world.primary.rolloutState).toBe('COMPLETED');
  });

  it('starts and stops at most a bounded number at a time', () => {
    const world = new ServiceWorld({ hosts: 9, service: { desiredCount: 250 } });
    expect(world.decide().starts.length).toBe(50);
    expect(world.wakeAt).toBe(world.now);
    world.settle();
    expect(world.pending.length).toBe(250);
    world.change({ desiredCount: 0 });
    expect(world.decide().stops.length).toBe(50);
    world.settle();
    expect(world.pending.length).toBe(0);
  });
});

describe('tasks that end too soon', () => {
  it('waits longer after each round of tasks that never ran, and says so', () => {
    const world = new ServiceWorld({ service: { desiredCount: 2 } });
    const delays: number[] = [];
    for (let round = 0; round < 4; round++) {
      world.settle();
      expect(world.pending.length).toBe(2);
      failToStart(world);
      world.settle();
      expect(world.pending.length).toBe(0);
      delays.push(elapsedMs(world.now, world.primary.backoff!.nextStartAt));
      world.now = world.wakeAt!;
    }
    delays.forEach((delay, round) => {
      expect(delay).toBeGreaterThanOrEqual(1000 * 2 ** round);
      expect(delay).toBeLessThanOrEqual(1100 * 2 ** round);
    });
    expect(world.primary.failedTasks).toBe(8);
    const told = world.events.filter((event) => !event.includes('has started'));
    expect(told).toEqual([
      '(service web) was unable to place a task. Reason: CannotPullContainerError: no.',
      expect.stringContaining('(service web) is unable to consistently start tasks successfully. For more information'),
    ]);
  });

  it('counts tasks that were started together as one round', () => {
    const world = new ServiceWorld({ service: { desiredCount: 3 } });
    world.settle();
    for (const task of world.pending) {
      world.advanceMs(10);
      world.report(task, 'STOPPED', { reason: 'no image' });
      world.settle();
    }
    expect(world.primary).toMatchObject({ failedTasks: 3, backoff: { failures: 1 } });
  });

  it('never waits longer than 27 minutes and a tenth', () => {
    const world = new ServiceWorld();
    for (let round = 0; round < 16; round++) {
      world.settle();
      failToStart(world);
      world.settle();
      const waitMs = elapsedMs(world.now, world.primary.backoff!.nextStartAt);
      expect(waitMs).toBeLessThanOrEqual(27 * minute * 1.1);
      world.now = world.wakeAt!;
    }
  });

  it('forgets failures when a task runs', () => {
    const world = new ServiceWorld();
    world.settle();
    failToStart(world);
    world.settle();
    world.now = world.wakeAt!;
    world.settle();
    world.advanceMs(10);
    world.agents();
    world.settle();
    expect(world.primary).toMatchObject({ failedTasks: 0, rolloutState: 'COMPLETED' });
    expect(world.primary.backoff).toBeUndefined();
    expect(world.primary.troubles).toBeUndefined();
  });

  it('does not hold up a new deployment', () => {
    const world = new ServiceWorld();
    world.settle();
    failToStart(world);
    world.settle();
    const next = world.deploy(world.definitions[1]);
    world.settle();
    expect(world.pending.map(({ deploymentId }) => deploymentId)).toEqual([next.id]);
  });

  it('replaces a short run at once the first time and a little later from then on', () => {
    const world = steadyWorld();
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      world.report(world.running[0]!, 'STOPPED', { exitCode: 1 });
      world.settle();
      const nextStartAt = world.primary.backoff?.nextStartAt ?? world.now;
      waits.push(elapsedMs(world.now, nextStartAt));
      if (nextStartAt > world.now) world.now = nextStartAt;
      world.settle();
      world.advanceMs(100);
      world.agents();
      world.settle();
    }
    expect(waits[0]).toBe(0);
    expect(waits[1]).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(11_000);
    world.advanceMs(6000);
    world.report(world.running[0]!, 'STOPPED', { exitCode: 1 });
    world.settle();
    expect(world.pending.length).toBe(1);
  });

  it('counts no stop that somebody asked for', () => {
    const world = new ServiceWorld();
    world.settle();
    const [task] = world.pending;
    world.put({ ...task!, desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppingAt: world.now });
    world.settle();
    expect(world.primary.failedTasks).toBe(0);
    expect(world.pending.length).toBe(1);
  });
});

describe('placement', () => {
  it('says once why no host fits, and goes on as soon as one does', () => {
    const world = new ServiceWorld({ hosts: 0, service: { desiredCount: 2 } });
    expect(world.decide().starved).toBe(true);
    world.settle();
    world.advanceMs(1000);
    world.settle();
    expect(world.events.length).toBe(1);
    expect(world.events[0]).toContain(
      '(service web) was unable to place a task because no container instance met all of its requirements. ' +
        'Reason: No Container Instances were found in your cluster.',
    );
    expect(elapsedMs(world.now, world.wakeAt!)).toBeLessThanOrEqual(15_000);
    world.addHost();
    world.settle();
    expect(world.pending.length).toBe(2);
    expect(world.primary.placementFailedAt).toBeUndefined();
  });

  it('starts what fits', () => {
    const world = new ServiceWorld({
      hosts: 1,
      service: { desiredCount: 3 },
      definitions: [testDefinition(1, { cpu: 2000 })],
    });
    world.settle();
    expect(world.pending.length).toBe(2);
    expect(world.events[1]).toContain('has insufficient CPU units available');
    expect(world.events.slice(2)).toEqual([
      `(service web) could not launch 1 tasks for deployment ${world.primary.id}.`,
    ]);
    const [full] = world.primary.troubles!.filter(({ kind }) => kind === 'placement');
    expect(full).toMatchObject({ reason: 'RESOURCE:CPU', containerInstanceArns: [world.pending[0]!.hostArn] });
    world.advanceMs(1000);
    world.settle();
    expect(world.events).toHaveLength(3);
  });

  it('lets old tasks make room on full hosts, as far as the minimum goes', () => {
    const definitions = [testDefinition(1, { cpu: 2048 }), testDefinition(2, { cpu: 2048 })];
    const world = steadyWorld({
      hosts: 1,
      definitions,
      service: { desiredCount: 2, deploymentConfiguration: rolling(50, 200) },
    });
    const next = world.deploy(definitions[1]);
    world.converge();
    expect(world.runningOf(next).length).toBe(2);
    expect(world.service.deployments.length).toBe(1);
  });
});

describe('a deleted service', () => {
  it('stops all tasks and turns INACTIVE when the last is gone', () => {
    const world = steadyWorld({ service: { desiredCount: 2 } });
    world.change({ status: 'DRAINING', desiredCount: 0 });
    world.settle();
    expect(world.service.status).toBe('DRAINING');
    expect(world.running.length).toBe(0);
    world.agents();
    world.settle();
    expect(world.service).toMatchObject({ status: 'INACTIVE', inactiveAt: world.now, deployments: [] });
  });

  it('does not wait for a lost host', () => {
    const world = steadyWorld();
    const hostArn = world.running[0]!.hostArn!;
    world.changeHost(hostArn, (one) => ({ ...one, lostAt: afterMs(world.now, 0) }));
    world.change({ status: 'DRAINING', desiredCount: 0 });
    world.settle();
    expect(world.service.status).toBe('INACTIVE');
    expect(world.all(({ desiredStatus }) => desiredStatus === 'RUNNING')).toEqual([]);
  });
});
