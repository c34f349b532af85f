import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import type { ContainerInstance, Task } from '#model';
import { rolling, testDefinition } from '../test-support/records.ts';
import { ServiceWorld, type WorldOptions } from '../test-support/service-world.ts';

const daemon: WorldOptions = {
  service: { schedulingStrategy: 'DAEMON', desiredCount: 0, deploymentConfiguration: rolling(0, 100) },
};

function worldOf(options: WorldOptions = {}): ServiceWorld {
  const world = new ServiceWorld({ ...daemon, ...options, service: { ...daemon.service, ...options.service } });
  world.converge();
  return world;
}

function hostsOf(tasks: readonly Task[]): string[] {
  return tasks.map(({ hostArn }) => hostArn ?? '').sort();
}

function hostsIn(world: ServiceWorld, filter: (host: ContainerInstance) => boolean = () => true): string[] {
  return [...world.hosts.values()]
    .filter(filter)
    .map(({ containerInstanceArn }) => containerInstanceArn)
    .sort();
}

function firstHost(world: ServiceWorld): ContainerInstance {
  return [...world.hosts.values()][0]!;
}

describe('the DAEMON scheduling strategy', () => {
  it('runs one task on each instance, also on one that comes later, and counts them', () => {
    const world = worldOf({ hosts: 3 });
    expect(hostsOf(world.running)).toEqual(hostsIn(world));
    expect(world.service).toMatchObject({ desiredCount: 3, placementConstraints: [], placementStrategy: [] });
    expect(world.service.steadySince).toBeDefined();
    world.addHost();
    world.converge();
    expect(hostsOf(world.running)).toEqual(hostsIn(world));
    expect(world.service.desiredCount).toBe(4);
  });

  it('is steady with nothing where no instance fits', () => {
    const world = worldOf({ hosts: 0 });
    expect(world.service).toMatchObject({ desiredCount: 0 });
    expect(world.primary.rolloutState).toBe('COMPLETED');
  });

  it('keeps to its constraints, also when an instance changes', () => {
    const expression = 'attribute:ecs.availability-zone == us-east-1a';
    const world = worldOf({ hosts: 3, service: { placementConstraints: [{ type: 'memberOf', expression }] } });
    const zoneA = hostsOf(world.running);
    expect(zoneA).toHaveLength(1);
    expect(world.service.placementConstraints).toEqual([{ type: 'memberOf', expression }]);
    world.change({ placementConstraints: [{ type: 'memberOf', expression: expression.replace('1a', '1b') }] });
    world.converge();
    expect(world.running).toHaveLength(1);
    expect(hostsOf(world.running)).not.toEqual(zoneA);
  });

  it('tells once which instances it left because they fit no more', () => {
    const expression = 'attribute:ecs.availability-zone != us-east-1c';
    const world = worldOf({ hosts: 2 });
    const [first, second] = [...world.hosts.keys()];
    const troubles = () => world.primary.troubles ?? [];
    expect(troubles()).toEqual([]);
    world.changeHost(first!, (host) => ({
      ...host,
      attributes: [{ name: 'ecs.availability-zone', value: 'us-east-1c' }],
    }));
    world.change({ placementConstraints: [{ type: 'memberOf', expression }] });
    const { stops } = world.decide();
    expect(hostsOf(stops.map(({ task }) => task))).toEqual([first]);
    expect(troubles()).toMatchObject([
      {
        kind: 'violated',
        reason: 'MemberOf placement constraint unsatisfied',
        containerInstanceArns: [first],
        saidAt: world.now,
      },
    ]);
    world.settle();
    expect(troubles()).toEqual([]);
    world.converge();
    expect(hostsOf(world.running)).toEqual([second]);
    world.changeHost(second!, (host) => ({ ...host, status: 'DRAINING' }));
    expect(world.decide().stops).toHaveLength(1);
    expect(troubles()).toEqual([]);
  });

  it('replaces what stops, on the same instance', () => {
    const world = worldOf({ hosts: 2 });
    world.report(world.running[0]!, 'STOPPED', { exitCode: 1 });
    world.converge();
    expect(hostsOf(world.running)).toEqual(hostsIn(world));
  });

  it('a new version replaces task by task, never two on an instance, and calls no failure what only waits', () => {
    const world = worldOf({ hosts: 4, service: { deploymentConfiguration: rolling(50, 100) } });
    const next = world.deploy(testDefinition(2));
    for (let round = 0; round < 12; round++) {
      world.settle();
      const here = world.all((task) => task.lastStatus !== 'STOPPED').map(({ hostArn }) => hostArn);
      expect(new Set(here).size).toBe(here.length);
      expect(world.running.length).toBeGreaterThanOrEqual(2);
      world.agents();
    }
    expect(hostsOf(world.runningOf(next))).toEqual(hostsIn(world));
    expect(world.primary).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 0 });
    expect(world.events.filter((event) => event.includes('unable to place'))).toEqual([]);
  });

  it('on an instance that drains it stops last', () => {
    const world = worldOf({ hosts: 2 });
    const { containerInstanceArn } = firstHost(world);
    const mine = world.running.find(({ hostArn }) => hostArn === containerInstanceArn)!;
    const { serviceArn: _, ...alone } = mine;
    const other: Task = {
      ...alone,
      taskArn: `${mine.taskArn.slice(0, -4)}ffff` as Task['taskArn'],
      group: 'family:job',
    };
    world.strangers.set(other.taskArn, other);
    world.changeHost(containerInstanceArn, (host) => ({ ...host, status: 'DRAINING' }));
    world.settle();
    expect(world.tasks.get(mine.taskArn)!.desiredStatus).toBe('RUNNING');
    expect(world.service.desiredCount).toBe(1);
    world.strangers.clear();
    world.converge();
    expect(world.tasks.get(mine.taskArn)!.desiredStatus).toBe('STOPPED');
    expect(hostsOf(world.running)).toEqual(hostsIn(world, (host) => host.status === 'ACTIVE'));
    expect(world.service.steadySince).toBeDefined();
  });

  it('a protected task stays where it no longer belongs until its protection ends', () => {
    const world = worldOf({ hosts: 2 });
    const { containerInstanceArn } = firstHost(world);
    const mine = world.running.find(({ hostArn }) => hostArn === containerInstanceArn)!;
    world.put({ ...mine, protectedUntil: afterMs(world.now, 600_000) });
    world.changeHost(containerInstanceArn, (host) => ({ ...host, status: 'DRAINING' }));
    world.settle();
    expect(world.tasks.get(mine.taskArn)!.desiredStatus).toBe('RUNNING');
    expect(world.wakeAt).toBe(afterMs(world.now, 600_000));
    world.advanceMs(600_000);
    world.converge();
    expect(world.tasks.get(mine.taskArn)!.desiredStatus).toBe('STOPPED');
  });

  it('a lost instance is not waited for, one that is away for a moment is', () => {
    const world = worldOf({ hosts: 3 });
    const { containerInstanceArn } = firstHost(world);
    world.changeHost(containerInstanceArn, (host) => ({ ...host, agentConnected: false }));
    world.settle();
    expect(world.service.desiredCount).toBe(3);
    expect(world.running).toHaveLength(3);
    world.changeHost(containerInstanceArn, (host) => ({ ...host, lostAt: world.now }));
    world.settle();
    expect(world.service.desiredCount).toBe(2);
    expect(world.service.steadySince).toBeDefined();
  });

  it('says why an instance without room has none', () => {
    const world = new ServiceWorld({ ...daemon, hosts: 1, definitions: [testDefinition(1, { cpu: 100_000 })] });
    world.settle();
    expect(world.running).toEqual([]);
    expect(world.service.desiredCount).toBe(1);
    expect(world.events.some((event) => event.includes('has insufficient CPU units available'))).toBe(true);
  });
});
