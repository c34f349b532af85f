import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import type { Task } from '#model';
import { rolling, testDefinition } from '../test-support/records.ts';
import { type ServiceWorld, steadyWorld } from '../test-support/service-world.ts';
import { without } from './record.ts';

const minute = 60_000;

function protect(world: ServiceWorld, tasks: readonly Task[], forMs = 60 * minute): void {
  for (const task of tasks) world.put({ ...task, protectedUntil: afterMs(world.now, forMs) });
}

function idsOf(tasks: readonly Task[]): string[] {
  return tasks.map(({ taskArn }) => taskArn).sort();
}

describe('scale-in protection', () => {
  it('scale-in takes the others', () => {
    const world = steadyWorld({ service: { desiredCount: 4 } });
    const kept = world.running.slice(0, 2);
    protect(world, kept);
    world.change({ desiredCount: 2 });
    world.converge();
    expect(idsOf(world.running)).toEqual(idsOf(kept));
    expect(world.service.steadySince).toBeDefined();
  });

  it('more protected tasks than wanted stay, the stream says so once, and they go when it ends', () => {
    const world = steadyWorld({ service: { desiredCount: 4 } });
    protect(world, world.running.slice(0, 3), 30 * minute);
    world.change({ desiredCount: 1 });
    for (let round = 0; round < 10; round++) {
      world.settle();
      world.agents();
      world.advanceMs(minute);
    }
    expect(world.running).toHaveLength(3);
    expect(world.service.steadySince).toBeUndefined();
    expect(world.events.filter((event) => event.includes('protection'))).toEqual([
      `(service web) was unable to reach steady state because (taskSet ${world.primary.id}) was unable to scale in due to (reason 2 tasks under protection)`,
    ]);
    expect(world.wakeAt).toBe(world.running[0]!.protectedUntil);
    world.converge();
    expect(world.running).toHaveLength(1);
    expect(world.service.steadySince).toBeDefined();
  });

  it('a deployment starts its own and waits for protected tasks of the one before', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const [old] = world.running;
    protect(world, [old!]);
    const next = world.deploy(testDefinition(2));
    world.settle();
    world.agents();
    world.settle();
    world.agents();
    world.settle();
    expect(world.runningOf(next)).toHaveLength(3);
    expect(world.running).toHaveLength(4);
    expect(world.service.deployments.map(({ rolloutState }) => rolloutState)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    world.put(without(world.tasks.get(old!.taskArn)!, 'protectedUntil'));
    world.converge();
    expect(idsOf(world.running)).toEqual(idsOf(world.runningOf(next)));
    expect(world.primary.rolloutState).toBe('COMPLETED');
  });

  it('at a maximum of 100 % a deployment replaces the free ones and is not called stuck', () => {
    const world = steadyWorld({ service: { desiredCount: 4, deploymentConfiguration: rolling(50, 100) } });
    protect(world, world.running.slice(0, 2));
    const next = world.deploy(testDefinition(2));
    for (let round = 0; round < 6; round++) {
      world.settle();
      world.agents();
      world.advanceMs(minute);
    }
    expect(world.runningOf(next)).toHaveLength(2);
    expect(world.running).toHaveLength(4);
    expect(world.events.filter((event) => event.includes('unable to stop or start'))).toEqual([]);
    expect(world.events.filter((event) => event.includes('tasks under protection'))).toHaveLength(1);
  });

  it('draining waits for protected tasks', () => {
    const world = steadyWorld({ service: { desiredCount: 3 } });
    const [task] = world.running;
    protect(world, [task!]);
    world.changeHost(task!.hostArn!, (host) => ({ ...host, status: 'DRAINING' }));
    world.settle();
    world.agents();
    world.settle();
    expect(world.tasks.get(task!.taskArn)!.desiredStatus).toBe('RUNNING');
    world.converge();
    expect(world.tasks.get(task!.taskArn)!.desiredStatus).toBe('STOPPED');
    expect(world.running).toHaveLength(3);
  });

  it('failed health checks end a protected task', () => {
    const definitions = [testDefinition(1, { healthCheck: true })];
    const world = steadyWorld({ definitions, service: { desiredCount: 1 } });
    const [task] = world.running;
    world.health(task!, 'HEALTHY');
    world.settle();
    protect(world, world.running);
    world.health(task!, 'UNHEALTHY');
    world.settle();
    world.agents();
    for (const each of world.running) if (each.taskArn !== task!.taskArn) world.health(each, 'HEALTHY');
    world.settle();
    expect(world.tasks.get(task!.taskArn)!.desiredStatus).toBe('STOPPED');
  });
});
