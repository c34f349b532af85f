import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRunning, type Task } from '#model';
import type { ServiceWorld } from '../../test-support/service-world.ts';
import { addTaskSet, changeTaskSet, externalWorld } from '../../test-support/task-sets.ts';

/** Something that happens to a service; numbers pick one of what there is. */
type Happening = (world: ServiceWorld) => void;

const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % Math.max(1, items.length)];
const sets = (world: ServiceWorld) => [...world.taskSets.values()];
const living = (world: ServiceWorld) => sets(world).filter(({ status }) => status !== 'DRAINING');

const at = fc.nat(20);
const shareOf = (world: ServiceWorld, { scalePercent }: { readonly scalePercent: number }): number =>
  Math.max(0, Math.ceil((world.service.desiredCount * scalePercent) / 100 - 1e-9));

const scale = fc.oneof(
  fc.constantFrom(0, 100),
  fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10),
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.integer({ min: 0, max: 7 }).map((desiredCount) => (world: ServiceWorld) => world.change({ desiredCount })),
  scale.map((percent) => (world: ServiceWorld) => {
    if (world.taskSets.size < 5) addTaskSet(world, percent);
  }),
  fc.tuple(at, scale).map(([index, scalePercent]) => (world: ServiceWorld) => {
    const taskSet = pick(living(world), index);
    if (taskSet !== undefined) changeTaskSet(world, taskSet, { scalePercent });
  }),
  at.map((index) => (world: ServiceWorld) => {
    const chosen = pick(living(world), index);
    for (const taskSet of living(world)) {
      changeTaskSet(world, taskSet, { status: taskSet === chosen ? 'PRIMARY' : 'ACTIVE' });
    }
  }),
  at.map((index) => (world: ServiceWorld) => {
    const taskSet = pick(living(world), index);
    if (taskSet !== undefined) changeTaskSet(world, taskSet, { status: 'DRAINING' });
  }),
  at.map((index) => (world: ServiceWorld) => {
    const task = pick(world.running, index);
    if (task !== undefined) world.report(task, 'STOPPED', { exitCode: 1 });
  }),
  at.map((index) => (world: ServiceWorld) => {
    const host = pick([...world.hosts.values()], index);
    if (host === undefined) return;
    const status = host.status === 'ACTIVE' ? 'DRAINING' : 'ACTIVE';
    world.changeHost(host.containerInstanceArn, (each) => ({ ...each, status }));
  }),
  { weight: 3, arbitrary: fc.constant((world: ServiceWorld) => world.agents()) },
  { weight: 3, arbitrary: fc.constant((world: ServiceWorld) => void world.decide()) },
  fc.nat(60_000).map((ms) => (world: ServiceWorld) => world.advanceMs(ms)),
);

/** Tasks of the set that are good: neither on a host that is being emptied nor on their way out. */
function goodOf(world: ServiceWorld, id: string): readonly Task[] {
  return world.all(
    (task) =>
      task.deploymentId === id &&
      task.desiredStatus === 'RUNNING' &&
      world.hosts.get(task.hostArn!)?.status === 'ACTIVE',
  );
}

describe('services with task sets', () => {
  it('never start more than their share, and get there', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(happening, { maxLength: 40 }), (seed, happenings) => {
        const world = externalWorld({ seed, service: { desiredCount: 3 } });
        for (const happen of happenings) {
          const known = new Set(world.tasks.keys());
          happen(world);
          const started = world.all(({ taskArn }) => !known.has(taskArn));
          for (const { deploymentId } of started) {
            const taskSet = sets(world).find(({ id }) => id === deploymentId);
            expect(taskSet, 'a task is of a set that is there').toBeDefined();
            expect(goodOf(world, deploymentId!).length).toBeLessThanOrEqual(shareOf(world, taskSet!));
          }
        }
        for (const host of world.hosts.keys()) world.changeHost(host, (each) => ({ ...each, status: 'ACTIVE' }));
        world.converge();
        const shares = living(world).map((taskSet) => shareOf(world, taskSet));
        expect(living(world).map((taskSet) => world.runningOf(taskSet).length)).toEqual(shares);
        expect(sets(world)).toEqual(living(world));
        expect(sets(world).every(({ stabilityStatus }) => stabilityStatus === 'STEADY_STATE')).toBe(true);
        expect(world.all(isRunning)).toHaveLength(shares.reduce((sum, share) => sum + share, 0));
      }),
    );
  });
});
