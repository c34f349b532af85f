import { describe, expect, it } from 'vitest';
import { elapsedMs } from '#base';
import { gpuIdsOf, type Task } from '#model';
import { rolling, testDefinition } from '../test-support/records.ts';
import { ServiceWorld, steadyWorld } from '../test-support/service-world.ts';
import { without } from './record.ts';

const steady = '(service web) has reached a steady state.';

describe('tasks that ask for GPUs', () => {
  const web = { name: 'web', image: 'web', memory: 16, resourceRequirements: [{ type: 'GPU' as const, value: '1' }] };
  const definitions = [testDefinition(1, { overrides: { containerDefinitions: [web] } })];

  it('have one each, and a replacement has that of the task it stands for', () => {
    const world = new ServiceWorld({ definitions, hosts: 1, service: { desiredCount: 3 } });
    const [host] = [...world.hosts.keys()];
    world.changeHost(host!, (one) => ({ ...one, resources: { ...one.resources, gpuIds: ['g0', 'g1', 'g2'] } }));
    world.converge();
    const given = (tasks: readonly Task[]): readonly string[] => tasks.flatMap(gpuIdsOf).toSorted();
    expect(given(world.running)).toEqual(['g0', 'g1', 'g2']);
    const ended = world.running[1]!;
    world.report(ended, 'STOPPED', { exitCode: 1 });
    world.converge();
    expect(given(world.running)).toEqual(['g0', 'g1', 'g2']);
    expect(gpuIdsOf(world.running.at(-1)!)).toEqual(gpuIdsOf(ended));
  });
});

describe('tasks with an interface of their own', () => {
  it('are as many as the instance has interfaces for, and why there are no more is said', () => {
    const world = new ServiceWorld({
      definitions: [testDefinition(1, { networkMode: 'awsvpc' })],
      hosts: 1,
      service: { desiredCount: 2 },
    });
    const [host] = [...world.hosts.keys()];
    world.changeHost(host!, (one) => {
      return { ...one, attributes: [...one.attributes, { name: 'ecs.instance-type', value: 't3.nano' }] };
    });
    world.settle();
    expect(world.pending.map(({ hostArn }) => hostArn)).toEqual([host]);
    expect(world.primary.troubles).toContainEqual(expect.objectContaining({ reason: 'RESOURCE:ENI' }));
    expect(world.events.join('\n')).toContain('encountered error "RESOURCE:ENI"');
  });
});

describe('unhealthy tasks', () => {
  const definitions = [testDefinition(1, { healthCheck: true })];
  function healthy(service: ConstructorParameters<typeof ServiceWorld>[0]): ServiceWorld {
    const world = new ServiceWorld({ definitions, ...service });
    world.settle();
    world.agents();
    for (const task of world.running) world.health(task, 'HEALTHY');
    world.settle();
    world.events.splice(0);
    return world;
  }

  it('are replaced first, then stopped', () => {
    const world = healthy({ service: { desiredCount: 2 } });
    const bad = world.running[0]!;
    world.health(bad, 'UNHEALTHY');
    world.converge();
    expect(world.running.length).toBe(3);
    expect(world.events[0]).toMatch(
      /has started 1 tasks: .*\. Amazon ECS replaced 1 tasks due to an unhealthy status\.$/,
    );
    world.health(world.running[2]!, 'HEALTHY');
    world.converge();
    expect(world.running.length).toBe(2);
    expect(world.tasks.get(bad.taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
    });
  });

  it('are stopped first, one at a time, when the maximum leaves no room', () => {
    const world = healthy({ service: { desiredCount: 2, deploymentConfiguration: rolling(50, 100) } });
    for (const task of world.running) world.health(task, 'UNHEALTHY');
    world.settle();
    expect(world.running.length).toBe(1);
    expect(world.pending.length).toBe(1);
  });

  it('are left alone within the grace period', () => {
    const world = healthy({ service: { healthCheckGracePeriodSeconds: 60 } });
    world.health(world.running[0]!, 'UNHEALTHY');
    world.settle();
    expect(world.pending.length).toBe(0);
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(60_000);
    world.advanceMs(60_000);
    world.settle();
    expect(world.pending.length).toBe(1);
  });
});

describe('hosts that go away', () => {
  it('drains: pending tasks stop at once, RUNNING ones when their replacement runs', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const [host] = [...world.hosts.keys()];
    world.change({ desiredCount: 6 });
    world.settle();
    world.changeHost(host!, (one) => ({ ...one, status: 'DRAINING' }));
    world.settle();
    const text = 'Service web: task is stopped because the container instance is in DRAINING state';
    const onHost = (): Task[] => world.all((task) => task.hostArn === host && task.desiredStatus === 'RUNNING');
    expect(onHost().length).toBe(1);
    expect(world.all(({ stoppedReason }) => stoppedReason === text).length).toBe(1);
    world.converge();
    expect(onHost().length).toBe(0);
    expect(world.running.length).toBe(6);
    expect(world.all(({ stoppedReason }) => stoppedReason === text).length).toBe(2);
  });

  it('may undershoot while draining when the minimum allows', () => {
    const world = steadyWorld({ hosts: 1, service: { desiredCount: 4, deploymentConfiguration: rolling(50, 200) } });
    const [host] = [...world.hosts.keys()];
    world.changeHost(host!, (one) => ({ ...one, status: 'DRAINING' }));
    world.settle();
    expect(world.running.length).toBe(2);
  });

  it('replaces the tasks of a lost host without stopping them, and stops the surplus when it returns', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const [host] = [...world.hosts.keys()];
    const lost = world.running.find(({ hostArn }) => hostArn === host)!;
    world.changeHost(host!, (one) => ({ ...one, agentConnected: false, lostAt: world.now }));
    world.converge();
    expect(world.running.length).toBe(4);
    expect(world.tasks.get(lost.taskArn)?.desiredStatus).toBe('RUNNING');
    expect(world.events.at(-1)).toBe(steady);
    world.changeHost(host!, (one) => ({ ...without(one, 'lostAt'), agentConnected: true }));
    world.converge();
    expect(world.running.length).toBe(3);
  });

  it('does not count lost tasks towards the maximum', () => {
    const world = steadyWorld({ service: { desiredCount: 2, deploymentConfiguration: rolling(50, 100) } });
    const hostArn = world.running[0]!.hostArn!;
    world.changeHost(hostArn, (one) => ({ ...one, agentConnected: false, lostAt: world.now }));
    world.settle();
    expect(world.pending.length).toBe(1);
  });

  it('keeps the running tasks of a returned host when their replacements do not run yet', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const [host] = [...world.hosts.keys()];
    world.changeHost(host!, (one) => ({ ...one, agentConnected: false, lostAt: world.now }));
    world.settle();
    expect(world.pending.length).toBe(1);
    world.changeHost(host!, (one) => ({ ...without(one, 'lostAt'), agentConnected: true }));
    world.settle();
    expect(world.pending.length).toBe(0);
    expect(world.running.length).toBe(3);
  });
});
