import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMs, elapsedMs, integerBelow } from '#base';
import { type Deployment, isProtected, type Task } from '#model';
import { rolling, testDefinition } from '../test-support/records.ts';
import { ServiceWorld } from '../test-support/service-world.ts';
import { isEmpty, type ServiceDecision } from './decision.ts';
import { without } from './record.ts';
import { type Counts, type Held, planRollout, rolloutBounds } from './rollout.ts';

/** What happens to a service between its decisions. */
type Step =
  | { readonly do: 'agents' | 'deploy' | 'wake' | 'return' }
  | { readonly do: 'kill' | 'fail' | 'sicken' | 'heal' | 'lose' | 'drain' | 'scale' | 'protect'; readonly n: number }
  | { readonly do: 'wait'; readonly n: number };

const numbered = (name: Exclude<Step['do'], 'agents' | 'deploy' | 'wake' | 'return' | 'scale'>, max: number) =>
  fc.record({ do: fc.constant(name), n: fc.nat(max) });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Step>({ do: 'agents' }) },
    { weight: 2, arbitrary: fc.constant<Step>({ do: 'wake' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'return' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'deploy' }) },
    { weight: 2, arbitrary: numbered('kill', 99) },
    { weight: 2, arbitrary: numbered('fail', 99) },
    { weight: 2, arbitrary: numbered('sicken', 99) },
    { weight: 2, arbitrary: numbered('heal', 99) },
    { weight: 1, arbitrary: numbered('lose', 99) },
    { weight: 1, arbitrary: numbered('drain', 99) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('scale' as const), n: fc.nat(6) }) },
    { weight: 2, arbitrary: numbered('wait', 60_000) },
    { weight: 2, arbitrary: numbered('protect', 99) },
  ),
  { maxLength: 40 },
);

const percents = fc.constantFrom([100, 200], [50, 100], [0, 100], [50, 200], [75, 150], [90, 110]) as fc.Arbitrary<
  [number, number]
>;

function worldOf(seed: number, desired: number, [min, max]: [number, number], breaker: boolean): ServiceWorld {
  return new ServiceWorld({
    seed,
    hosts: 5,
    definitions: [testDefinition(1), testDefinition(2, { healthCheck: true }), testDefinition(3)],
    settings: { healthySettleMs: settleMs },
    service: {
      desiredCount: desired,
      deploymentConfiguration: rolling(min, max, { enable: breaker, rollback: breaker }),
      availabilityZoneRebalancing: seed % 2 === 0 ? 'DISABLED' : 'ENABLED',
    },
  });
}

function pick<T>(items: readonly T[], n: number): T | undefined {
  return items[n % Math.max(1, items.length)];
}

function play(world: ServiceWorld, step: Step): void {
  const withTask = (tasks: readonly Task[], n: number, act: (task: Task) => void): void => {
    const task = pick(tasks, n);
    if (task !== undefined) act(task);
  };
  switch (step.do) {
    case 'agents':
      return world.agents();
    case 'deploy':
      return void world.deploy(world.definitions[integerBelow(world.random, 3)]);
    case 'wake':
      if (world.wakeAt !== undefined && world.wakeAt > world.now) world.now = world.wakeAt;
      return;
    case 'wait':
      return world.advanceMs(step.n);
    case 'kill':
      return withTask(world.running, step.n, (task) => world.report(task, 'STOPPED', { exitCode: 1 }));
    case 'fail':
      return withTask(world.pending, step.n, (task) => world.report(task, 'STOPPED', { reason: 'no image' }));
    case 'sicken':
      return withTask(world.running, step.n, (task) => world.health(task, 'UNHEALTHY'));
    case 'heal':
      return withTask(world.running, step.n, (task) => world.health(task, 'HEALTHY'));
    case 'protect':
      return withTask(world.running, step.n, (task) =>
        world.put({ ...task, protectedUntil: afterMs(world.now, step.n * 1_000) }),
      );
    case 'lose':
    case 'drain': {
      const arn = pick([...world.hosts.keys()].slice(0, 2), step.n);
      if (arn === undefined) return;
      world.changeHost(arn, (host) =>
        step.do === 'lose' ? { ...host, agentConnected: false, lostAt: world.now } : { ...host, status: 'DRAINING' },
      );
      return;
    }
    case 'return':
      return comeBack(world);
    case 'scale':
      return world.change({ desiredCount: step.n });
  }
}

function comeBack(world: ServiceWorld): void {
  for (const arn of world.hosts.keys()) {
    world.changeHost(arn, (host) => ({ ...without(host, 'lostAt'), agentConnected: true, status: 'ACTIVE' }));
  }
}

/** Tasks that count towards the maximum. */
function counted(world: ServiceWorld): Task[] {
  return world.all(
    (task) =>
      task.desiredStatus === 'RUNNING' &&
      task.lastStatus !== 'STOPPED' &&
      world.hosts.get(task.hostArn!)?.lostAt === undefined,
  );
}

/** Without health checks: RUNNING, and while a deployment is under way for the settle time. */
function isHealthy(world: ServiceWorld, task: Task, isRolling: boolean): boolean {
  if (task.lastStatus !== 'RUNNING') return false;
  if (!isRolling && !task.containers[0]!.healthCheck) return true;
  if (task.containers[0]!.healthCheck) return task.healthStatus === 'HEALTHY';
  return elapsedMs(task.startedAt!, world.now) >= settleMs;
}

const settleMs = 5_000;

function rolls({ service }: ServiceWorld): boolean {
  return (
    service.deployments.length > 1 || service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
  );
}

/** Checks what happens to services of `least` tasks or more while faults and requests come. */
function inStories(
  least: number,
  numRuns: number,
  check: (world: ServiceWorld, played: readonly Step[]) => void,
): void {
  const desired = fc.integer({ min: least, max: 6 });
  const story = fc.property(
    fc.nat(1000),
    desired,
    percents,
    fc.boolean(),
    steps,
    (seed, count, percent, breaker, played) => check(worldOf(seed, count, percent, breaker), played),
  );
  fc.assert(story, { numRuns });
}

describe('decideService', () => {
  it('never takes the service above its maximum, nor below its minimum, whatever happens', () => {
    inStories(1, 300, (world, played) => {
      for (const step of played) {
        play(world, step);
        let isRolling = rolls(world);
        let healthyBefore = counted(world).filter((task) => isHealthy(world, task, isRolling)).length;
        let before = counted(world).length;
        world.settle(80, (decision) => {
          const { lower, upper } = rolloutBounds(world.service.desiredCount, world.service.deploymentConfiguration);
          const after = counted(world).length;
          if (decision.starts.length > 0) expect(after).toBeLessThanOrEqual(Math.max(upper, before));
          const stoppedHealthy = decision.stops.filter(({ task }) => isHealthy(world, task, isRolling)).length;
          for (const { task } of decision.stops) {
            if (task.healthStatus !== 'UNHEALTHY') expect(isProtected(task, world.now)).toBe(false);
          }
          const orphans = decision.stops.some(
            ({ task }) => !decision.service.deployments.some(({ id }) => id === task.deploymentId),
          );
          if (stoppedHealthy > 0 && !orphans) {
            expect(healthyBefore - stoppedHealthy).toBeGreaterThanOrEqual(Math.min(lower, world.service.desiredCount));
          }
          before = after;
          isRolling = rolls(world);
          healthyBefore = counted(world).filter((task) => isHealthy(world, task, isRolling)).length;
        });
      }
    });
  });

  it('has nothing to do once its decisions were applied', () => {
    inStories(0, 300, (world, played) => {
      for (const step of played) {
        play(world, step);
        expect(world.settle(20)).toBeLessThan(20);
        const { service } = world;
        const decision: ServiceDecision = world.decide();
        expect(isEmpty(decision, service)).toBe(true);
        expect(world.service).toBe(service);
        expect(decision.wakeAt === undefined || decision.wakeAt > world.now).toBe(true);
      }
    });
  });

  it('converges when the faults end', () => {
    inStories(0, 200, (world, played) => {
      for (const step of played) {
        play(world, step);
        world.settle(80);
      }
      comeBack(world);
      // Some percentages can be stuck for good; these cannot.
      const last: Deployment = world.deploy(world.definitions[2], { deploymentConfiguration: rolling(50, 200) });
      for (let round = 0; round < 12; round++) {
        world.converge();
        for (const task of world.running) if (task.containers[0]!.healthCheck) world.health(task, 'HEALTHY');
      }
      world.converge();
      const wanted = world.service.desiredCount;
      expect(world.runningOf(last).length).toBe(wanted);
      expect(world.running.length).toBe(wanted);
      expect(world.pending.length).toBe(0);
      expect(world.service.deployments.map(({ id, rolloutState }) => [id, rolloutState])).toEqual([
        [last.id, 'COMPLETED'],
      ]);
      expect(world.service.steadySince).toBeDefined();
      if (world.service.availabilityZoneRebalancing === 'DISABLED') return;
      expect(world.service.rebalancing).toBeUndefined();
      const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => {
        return world.running.filter(({ availabilityZone }) => availabilityZone === zone).length;
      });
      expect(Math.max(...zones) - Math.min(...zones)).toBeLessThanOrEqual(1);
    });
  });
});

describe('planRollout', () => {
  const count = fc.nat(5);
  const counts = {
    healthy: count,
    starting: count,
    unhealthy: count,
    draining: count,
    asked: fc.nat(8),
    waits: fc.boolean(),
    held: fc.record({ healthy: count, starting: count, draining: count }),
  };
  /** No more are held than there are. */
  const sane = <T extends Counts & { readonly held: Held }>(given: T): T => ({
    ...given,
    held: {
      healthy: Math.min(given.held.healthy, given.healthy),
      starting: Math.min(given.held.starting, given.starting),
      draining: Math.min(given.held.draining, given.draining),
    },
  });
  const input = fc
    .record({
      desired: fc.nat(8),
      percent: fc.tuple(fc.nat(100), fc.integer({ min: 100, max: 250 })),
      primary: fc.record({ ...counts, launches: fc.boolean(), unplaced: fc.boolean() }),
      older: fc.array(fc.record({ ...counts, completed: fc.boolean() }), { maxLength: 3 }),
    })
    .map(({ desired, percent: [minimumHealthyPercent, maximumPercent], ...rest }) => ({
      desired,
      ...rolloutBounds(desired, { minimumHealthyPercent, maximumPercent }),
      primary: sane(rest.primary),
      older: rest.older.map(sane),
    }));

  it('stays within the bounds and never stops more than there are', () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = planRollout(given);
        const pairs = [
          [given.primary, plan.primary] as const,
          ...given.older.map((one, i) => [one, plan.older[i]!] as const),
        ];
        let total = 0;
        let healthy = 0;
        let stoppedHealthy = 0;
        let starts = 0;
        for (const [have, share] of pairs) {
          for (const kind of ['healthy', 'starting', 'unhealthy', 'draining'] as const) {
            expect(share.stop[kind]).toBeGreaterThanOrEqual(0);
            expect(share.stop[kind]).toBeLessThanOrEqual(have[kind] - (kind === 'unhealthy' ? 0 : have.held[kind]));
            total += have[kind] - share.stop[kind];
          }
          healthy += have.healthy + have.draining;
          stoppedHealthy += share.stop.healthy + share.stop.draining;
          starts += share.start;
          expect(share.asked).toBeGreaterThanOrEqual(0);
        }
        if (starts > 0) expect(total + starts).toBeLessThanOrEqual(given.upper);
        if (stoppedHealthy > 0) expect(healthy - stoppedHealthy).toBeGreaterThanOrEqual(given.lower);
      }),
      { numRuns: 5000 },
    );
  });
});
