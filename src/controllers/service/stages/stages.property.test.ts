import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerBelow } from '#base';
import { type DeploymentConfiguration, type DeploymentId, isTerminal, type LifecycleStage, type Task } from '#model';
import { rolling, testDefinition } from '../../test-support/records.ts';
import { ServiceWorld } from '../../test-support/service-world.ts';
import type { TrafficWeights } from './traffic.ts';

type Step =
  | { readonly do: 'agents' | 'release' | 'wake' | 'continue' | 'refuse' | 'stop' | 'traffic' }
  | { readonly do: 'kill' | 'fail' | 'scale' | 'wait'; readonly n: number };

const plain = (name: Exclude<Step, { readonly n: number }>['do'], weight: number) => ({
  weight,
  arbitrary: fc.constant<Step>({ do: name }),
});
const numbered = (name: 'kill' | 'fail' | 'scale' | 'wait', weight: number, max: number) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), n: fc.nat(max) }) as fc.Arbitrary<Step>,
});
const steps = fc.array(
  fc.oneof(
    plain('agents', 6),
    plain('wake', 6),
    plain('release', 2),
    plain('continue', 4),
    plain('refuse', 1),
    plain('stop', 1),
    plain('traffic', 2),
    numbered('kill', 2, 99),
    numbered('fail', 2, 99),
    numbered('scale', 1, 5),
    numbered('wait', 3, 40 * 60_000),
  ),
  { minLength: 5, maxLength: 60 },
);

const stages: readonly LifecycleStage[] = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];
const configurations: fc.Arbitrary<DeploymentConfiguration> = fc
  .record({
    strategy: fc.constantFrom('BLUE_GREEN', 'LINEAR', 'CANARY'),
    percents: fc.constantFrom([100, 200], [0, 100], [50, 150]),
    breaker: fc.constantFrom({ enable: true, rollback: true }, { enable: true, rollback: false }, undefined),
    bakeTimeInMinutes: fc.nat(20),
    stepPercent: fc.constantFrom(3, 33.4, 50, 100),
    hooks: fc.array(
      fc.record({
        stage: fc.constantFrom(...stages),
        action: fc.constantFrom('CONTINUE', 'ROLLBACK'),
        minutes: fc.nat(90),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ strategy, percents: [min = 0, max = 0], breaker, bakeTimeInMinutes, stepPercent, hooks }) => ({
    ...rolling(min, max, breaker),
    strategy,
    bakeTimeInMinutes,
    linearConfiguration: { stepPercent, stepBakeTimeInMinutes: 3 },
    canaryConfiguration: { canaryPercent: stepPercent, canaryBakeTimeInMinutes: 4 },
    lifecycleHooks: hooks.map(({ stage, action, minutes }) => ({
      targetType: 'PAUSE',
      lifecycleStages: [stage],
      timeoutConfiguration: { timeoutInMinutes: minutes + 1, action },
    })),
  }));

/** A world whose traffic may be held up, and that remembers every weight it was asked for. */
function worldOf(seed: number, desiredCount: number, deploymentConfiguration: DeploymentConfiguration) {
  const told: TrafficWeights[] = [];
  const traffic = { goes: true };
  const world = new ServiceWorld({
    seed,
    hosts: 4,
    definitions: [testDefinition(1), testDefinition(2), testDefinition(3)],
    service: { desiredCount, deploymentConfiguration },
  });
  world.traffic = (weights) => {
    told.push(weights);
    return traffic.goes;
  };
  return { world, told, traffic };
}

type World = ReturnType<typeof worldOf>;

function play({ world, traffic }: World, step: Step): void {
  const current = [...world.serviceDeployments.values()].at(-1);
  const some = (tasks: readonly Task[], n: number, said: object): void => {
    const task = tasks[n % Math.max(1, tasks.length)];
    if (task !== undefined) world.report(task, 'STOPPED', said);
  };
  switch (step.do) {
    case 'agents':
      return world.agents();
    case 'release':
      world.advanceMs(1);
      return void world.release(world.definitions[integerBelow(world.random, 3)]);
    case 'wake':
      if (world.wakeAt !== undefined && world.wakeAt > world.now) world.now = world.wakeAt;
      return;
    case 'continue':
    case 'refuse':
      if (current?.status !== 'IN_PROGRESS') return;
      return world.answerHooks(current, step.do === 'continue' ? 'SUCCEEDED' : 'FAILED', 1);
    case 'stop':
      if (current?.status === 'IN_PROGRESS' || current?.status === 'PENDING') world.requestRollback(current);
      return;
    case 'traffic':
      traffic.goes = !traffic.goes;
      return;
    case 'kill':
      return some(world.running, step.n, { exitCode: 1 });
    case 'fail':
      return some(world.pending, step.n, { reason: 'no image' });
    case 'scale':
      return world.change({ desiredCount: step.n });
    case 'wait':
      return world.advanceMs(step.n);
  }
}

/** Tasks that are wanted, of a deployment. */
function wanted({ world }: World, id: string | undefined): number {
  return world.all(
    (task) => task.deploymentId === id && task.desiredStatus === 'RUNNING' && task.lastStatus !== 'STOPPED',
  ).length;
}

/** The deployment that a release comes from, for as long as its tasks have to stay. */
function sourceThatStays({ world }: World): DeploymentId | undefined {
  const record = world.view.openServiceDeployments.find(({ status }) => status === 'IN_PROGRESS');
  const listed = world.service.deployments.find(({ id }) => id === record?.stage?.sourceId);
  return record?.stage?.lifecycleStage === 'CLEAN_UP' ? undefined : listed?.id;
}

/** One decision: whatever it does, what the release comes from loses no task that is wanted. */
function decideAndCompare(game: World): void {
  const { world } = game;
  const before = new Map(world.service.deployments.map(({ id }) => [id, wanted(game, id)]));
  world.decide();
  const source = sourceThatStays(game);
  if (source === undefined) return;
  expect(wanted(game, source)).toBeGreaterThanOrEqual(Math.min(world.service.desiredCount, before.get(source) ?? 0));
}

const input = [fc.nat(1000), fc.integer({ min: 1, max: 5 }), configurations, steps] as const;

describe('releases', () => {
  it('keep what they come from whole until CLEAN_UP, and weights that add up to 100', () => {
    fc.assert(
      fc.property(...input, (seed, desired, configuration, list) => {
        const game = worldOf(seed, desired, configuration);
        const { world, told } = game;
        world.converge();
        for (const step of list) {
          play(game, step);
          for (let round = 0; round < 40; round++) decideAndCompare(game);
        }
        for (const { source, target } of told) {
          expect(source.production + target.production).toBeCloseTo(100, 9);
          expect(source.test + target.test).toBe(100);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('end, each of them, once nothing goes wrong any longer', () => {
    fc.assert(
      fc.property(...input, (seed, desired, configuration, list) => {
        const game = worldOf(seed, desired, configuration);
        const { world, traffic } = game;
        world.converge();
        world.advanceMs(1);
        world.release(world.definitions[1]);
        for (const step of list) {
          play(game, step);
          world.settle(400);
        }
        traffic.goes = true;
        for (let turn = 0; turn < 600 && world.view.openServiceDeployments.length > 0; turn++) {
          world.settle(400);
          world.agents();
          world.settle(400);
          if (world.wakeAt !== undefined && world.wakeAt > world.now) world.now = world.wakeAt;
        }
        for (const { status } of world.serviceDeployments.values()) expect(isTerminal(status)).toBe(true);
        world.converge();
        const [current] = [...world.serviceDeployments.values()].slice(-1);
        if (current?.status === 'SUCCESSFUL')
          expect(wanted(game, current.deploymentId)).toBe(world.service.desiredCount);
        if (current?.status === 'ROLLBACK_SUCCESSFUL') expect(wanted(game, current.deploymentId)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
