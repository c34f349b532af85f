import { describe, expect, it } from 'vitest';
import { elapsedMs } from '#base';
import { shortId, type Task } from '#model';
import { rolling, testDefinition } from '../../test-support/records.ts';
import { ServiceWorld, steadyWorld, type WorldOptions } from '../../test-support/service-world.ts';

const steady = '(service web) has reached a steady state.';
const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;

/** How many running tasks each zone has. */
function counts(world: ServiceWorld): number[] {
  return zones.map((zone) => world.running.filter(({ availabilityZone }) => availabilityZone === zone).length);
}

/** A steady service with all of its tasks in the first two zones; then hosts come to the third. */
function lopsided(
  desiredCount: number,
  service: WorldOptions['service'] = {},
  options: WorldOptions = {},
): ServiceWorld {
  const world = steadyWorld({
    hosts: 2,
    ...options,
    service: { desiredCount, availabilityZoneRebalancing: 'ENABLED', ...service },
  });
  world.addHost('us-east-1c');
  return world;
}

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const ids = (tasks: readonly Task[]): string => tasks.map(({ taskArn }) => `(task ${shortId(taskArn)})`).join(' ');

describe('a service whose zones are out of balance', () => {
  it('starts tasks where there are fewest, then stops as many where there are most, and tells all of it', () => {
    const world = lopsided(6);
    const before = world.running;
    world.settle();
    const started = world.pending;
    expect(started.map(({ availabilityZone }) => availabilityZone)).toEqual(['us-east-1c', 'us-east-1c']);
    expect(world.running).toEqual(before);
    expect(world.events).toEqual([
      '(service web) is not AZ balanced with 3 tasks in us-east-1a, 3 tasks in us-east-1b, 0 tasks in us-east-1c. AZ Rebalancing in progress.',
      `(service web) has started 2 tasks in us-east-1c to AZ Rebalance: ${ids(started)}.`,
    ]);
    expect(world.primary).toMatchObject({ desiredCount: 6, rolloutState: 'COMPLETED' });
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
    const stopped = before.filter(({ taskArn }) => world.tasks.get(taskArn)?.desiredStatus === 'STOPPED');
    expect(stopped.map(({ taskArn }) => world.tasks.get(taskArn)?.stoppedReason)).toEqual([
      `Availability-zone rebalancing initiated by (deployment ${world.primary.id})`,
      `Availability-zone rebalancing initiated by (deployment ${world.primary.id})`,
    ]);
    expect(world.tasks.get(stopped[0]!.taskArn)?.stopCode).toBe('ServiceSchedulerInitiated');
    const [one, other] = ['us-east-1a', 'us-east-1b'].map((zone) =>
      stopped.filter(({ availabilityZone }) => availabilityZone === zone),
    );
    expect(world.events.slice(2).sort()).toEqual(
      [
        `(service web) has stopped 1 running tasks in us-east-1a due to AZ rebalancing: ${ids(one!)}.`,
        `(service web) has stopped 1 running tasks in us-east-1b due to AZ rebalancing: ${ids(other!)}.`,
        steady,
        '(service web) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b, 2 tasks in us-east-1c.',
      ].sort(),
    );
    expect(world.service).not.toHaveProperty('rebalancing');
  });

  it('is balanced within one task, and then does nothing', () => {
    const world = steadyWorld({ service: { desiredCount: 5, availabilityZoneRebalancing: 'ENABLED' } });
    expect(ascending(counts(world))).toEqual([1, 2, 2]);
    const { service } = world;
    world.settle();
    expect(world.service).toBe(service);
    expect(world.events).toEqual([]);
  });

  it.each([
    ['is not wanted', { availabilityZoneRebalancing: 'DISABLED' }],
    ['is not steady', { steadySince: undefined }],
    ['has no room above its desired count', { deploymentConfiguration: rolling(0, 100) }],
    ['packs its tasks', { placementStrategy: [{ type: 'binpack', field: 'cpu' }] }],
    [
      'asks for zones itself',
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone != none' }] },
    ],
  ] as const)('is left alone when rebalancing %s', (_, change) => {
    const world = lopsided(6);
    world.change(change as object);
    world.decide();
    expect(world.pending).toEqual([]);
    expect(world.service).not.toHaveProperty('rebalancing');
    expect(world.events.filter((event) => event.includes('AZ'))).toEqual([]);
  });

  it('spreads over its zones first, whatever it does there', () => {
    const strategy = [
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'binpack', field: 'memory' },
    ] as const;
    const world = lopsided(6, { placementStrategy: strategy });
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
  });

  it('moves as many as the maximum leaves room for, and again when it is steady', () => {
    const world = lopsided(6, { deploymentConfiguration: rolling(100, 120) });
    world.settle();
    expect(world.pending.length).toBe(1);
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
    expect(world.events.filter((event) => event.includes('not AZ balanced')).length).toBe(1);
    expect(world.events.filter((event) => event.includes('is AZ balanced')).length).toBe(1);
  });

  it('does nothing where the maximum leaves no room for one task', () => {
    const world = lopsided(4, { deploymentConfiguration: rolling(50, 124) });
    world.settle();
    expect(world.pending).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('never goes above the maximum nor below the desired count', () => {
    const world = lopsided(9, { deploymentConfiguration: rolling(100, 130) });
    for (let step = 0; step < 30; step++) {
      world.settle(60, () => {
        const wanted = world.all(
          ({ desiredStatus, lastStatus }) => desiredStatus === 'RUNNING' && lastStatus !== 'STOPPED',
        );
        expect(wanted.length).toBeLessThanOrEqual(11);
        expect(world.running.length).toBeGreaterThanOrEqual(9);
      });
      world.agents();
    }
    expect(counts(world)).toEqual([3, 3, 3]);
  });
});

describe('the started tasks of a move', () => {
  it('have to be healthy first', () => {
    const definitions = [testDefinition(1, { healthCheck: true })];
    const world = new ServiceWorld({
      hosts: 2,
      definitions,
      service: { desiredCount: 4, availabilityZoneRebalancing: 'ENABLED' },
    });
    world.settle();
    world.agents();
    for (const task of world.running) world.health(task, 'HEALTHY');
    world.settle();
    world.addHost('us-east-1c');
    world.converge();
    expect(counts(world)).toEqual([2, 2, 1]);
    world.health(world.running.at(-1)!, 'HEALTHY');
    world.converge();
    expect(ascending(counts(world))).toEqual([1, 1, 2]);
  });

  it('have to run for the settle time when nothing checks their health', () => {
    const world = lopsided(4, {}, { settings: { healthySettleMs: 5_000 } });
    world.settle();
    world.agents();
    world.settle();
    expect(counts(world)).toEqual([2, 2, 1]);
    expect(elapsedMs(world.now, world.wakeAt!)).toBe(5_000);
    world.advanceMs(5_000);
    world.settle();
    expect(ascending(counts(world))).toEqual([1, 1, 2]);
  });

  it('take the place of a task that ends meanwhile', () => {
    const world = lopsided(4);
    world.settle();
    const dead = world.running[0]!;
    world.report(dead, 'STOPPED', { exitCode: 1 });
    world.converge();
    expect(world.running.length).toBe(4);
    expect(ascending(counts(world))).toEqual([1, 1, 2]);
    expect(world.all(({ createdAt, taskArn }) => createdAt > dead.createdAt && taskArn !== dead.taskArn).length).toBe(
      0,
    );
  });

  // Found by the simulation: one whose target never became healthy stayed.
  it('go with the others when nothing is wanted any longer', () => {
    const world = lopsided(4);
    world.settle();
    expect(world.pending.length).toBe(1);
    world.change({ desiredCount: 0 });
    world.settle();
    expect(world.all(({ desiredStatus }) => desiredStatus === 'RUNNING')).toEqual([]);
  });

  it('stay when the agents of the fuller zones are away at the end', () => {
    const world = lopsided(6);
    world.settle();
    const started = world.pending;
    world.agents();
    for (const arn of [...world.hosts.keys()].slice(0, 2)) {
      world.changeHost(arn, (host) => ({ ...host, agentConnected: false }));
    }
    world.settle();
    expect(counts(world)).toEqual([2, 2, 2]);
    expect(started.every(({ taskArn }) => world.tasks.get(taskArn)?.desiredStatus === 'RUNNING')).toBe(true);
  });

  it('are made up for only as far as they run: failed ones are tried again after the back-off', () => {
    const world = lopsided(6);
    world.settle();
    world.advanceMs(60_000);
    for (const task of world.pending) world.report(task, 'STOPPED', { reason: 'no image' });
    world.settle();
    expect(world.running.length).toBe(6);
    expect(world.pending).toEqual([]);
    expect(world.primary.backoff).toBeDefined();
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
  });
});

describe('what is in the way', () => {
  const full = (world: ServiceWorld, zone: string): void => {
    for (const [arn, host] of world.hosts) {
      const has = host.attributes.some(({ value }) => value === zone);
      if (has) world.changeHost(arn, (one) => ({ ...one, resources: { ...one.resources, cpuUnits: 5 } }));
    }
  };
  const unable =
    '(service web) is unable to place a task in us-east-1c because no container instance met all of its requirements.';

  it('a zone without room stops it, is told once, and is tried again at each look', () => {
    const world = lopsided(6);
    full(world, 'us-east-1c');
    const decision = world.decide();
    expect(decision).toMatchObject({ starts: [], stops: [], starved: true });
    expect(world.events).toEqual([
      expect.stringContaining(
        'is not AZ balanced with 3 tasks in us-east-1a, 3 tasks in us-east-1b, 0 tasks in us-east-1c.',
      ),
      unable,
      '(service web) stopped AZ Rebalancing.',
    ]);
    const { service } = world;
    world.settle();
    expect(world.service).toBe(service);
    expect(world.events.length).toBe(3);
    expect(world.wakeAt === undefined || elapsedMs(world.now, world.wakeAt) >= 3_600_000).toBe(true);
    world.addHost('us-east-1c');
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
    expect(world.events.slice(3).map((event) => event.replace(/:.*|with.*/, ''))).toEqual([
      '(service web) is not AZ balanced ',
      '(service web) has started 2 tasks in us-east-1c to AZ Rebalance',
      expect.stringContaining('has stopped 1 running tasks'),
      expect.stringContaining('has stopped 1 running tasks'),
      steady,
      '(service web) is AZ balanced ',
    ]);
  });

  it('a zone without room does not keep the others from being evened out', () => {
    const world = lopsided(6, {}, { hosts: 1 });
    world.addHost('us-east-1b');
    full(world, 'us-east-1c');
    world.converge();
    expect(counts(world)).toEqual([3, 3, 0]);
    expect(world.events).toContain(unable);
    expect(world.service.rebalancing?.state).toBe('STOPPED');
  });

  it('protected tasks in the fullest zone stop it before anything starts', () => {
    const world = lopsided(6);
    world.protectAll();
    world.settle();
    expect(world.pending).toEqual([]);
    expect(world.events).toEqual([
      expect.stringContaining('is not AZ balanced'),
      `(service web) was unable to AZ Rebalance because (taskSet ${world.primary.id}) was unable to scale in due to (reason 6 tasks under protection).`,
      '(service web) stopped AZ Rebalancing.',
    ]);
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
  });

  it('tasks that are protected while it moves leave nothing behind', () => {
    const world = lopsided(6);
    world.settle();
    world.agents();
    world.protectAll();
    world.settle();
    expect(world.running.length).toBe(8);
    world.advanceMs(600_000);
    world.converge();
    expect(counts(world)).toEqual([2, 2, 2]);
    expect(world.service).not.toHaveProperty('rebalancing');
  });

  it('a deployment interrupts it', () => {
    const world = lopsided(6);
    world.settle();
    const last = world.deploy(world.definitions[1]);
    world.settle();
    expect(world.events).toContain('(service web) stopped AZ Rebalancing.');
    world.converge();
    expect(world.runningOf(last).length).toBe(6);
    expect(counts(world)).toEqual([2, 2, 2]);
    expect(world.service).not.toHaveProperty('rebalancing');
  });

  it('when it is switched off, the surplus goes as it came', () => {
    const world = lopsided(6);
    world.settle();
    world.change({ availabilityZoneRebalancing: 'DISABLED' });
    world.settle();
    expect(world.running.length + world.pending.length).toBe(6);
    expect(world.events.filter((event) => event.includes('AZ Rebalancing.')).length).toBe(1);
    expect(world.service).not.toHaveProperty('rebalancing');
  });

  it('the start of a zone that is lost is the start of nothing', () => {
    const world = lopsided(6);
    world.settle();
    const third = [...world.hosts.values()].at(-1)!;
    world.changeHost(third.containerInstanceArn, (host) => ({ ...host, agentConnected: false, lostAt: world.now }));
    world.converge();
    expect(counts(world)).toEqual([3, 3, 0]);
    expect(world.events.at(-1)).toMatch(/^\(service web\) (is AZ balanced|has reached)/);
  });

  it('deleting the service forgets it', () => {
    const world = lopsided(6);
    world.settle();
    world.change({ status: 'DRAINING', desiredCount: 0 });
    world.converge();
    expect(world.service.status).toBe('INACTIVE');
    expect(world.service).not.toHaveProperty('rebalancing');
  });
});

describe('capacity providers', () => {
  it('a task takes the place of one of its own provider, and none waits for a machine', () => {
    const strategy = [
      { capacityProvider: 'blue', weight: 1, base: 0 },
      { capacityProvider: 'green', weight: 1, base: 0 },
    ];
    const world = new ServiceWorld({
      hosts: 0,
      service: { desiredCount: 8, availabilityZoneRebalancing: 'ENABLED', capacityProviderStrategy: strategy },
      prepare: (made) => {
        made.change({
          deployments: made.service.deployments.map((each) => ({ ...each, capacityProviderStrategy: strategy })),
        });
      },
    });
    const add = (zone: string, capacityProviderName: string): void => {
      const host = world.addHost(zone);
      world.changeHost(host.containerInstanceArn, (one) => ({ ...one, capacityProviderName }));
    };
    world.scaledProviders.add('blue');
    add('us-east-1a', 'blue');
    add('us-east-1a', 'green');
    world.converge();
    add('us-east-1b', 'blue');
    world.converge();
    const of = (provider: string, zone: string): number =>
      world.running.filter((task) => task.capacityProviderName === provider && task.availabilityZone === zone).length;
    expect([of('blue', 'us-east-1a'), of('green', 'us-east-1a'), of('blue', 'us-east-1b')]).toEqual([0, 4, 4]);
    expect(world.pending).toEqual([]);
  });
});
