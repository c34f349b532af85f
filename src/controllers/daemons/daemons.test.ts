import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { newTask, placeTask, requestStop } from '#model';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import { DaemonWorld, testDaemonArn } from '../test-support/daemons.ts';
import { scope, start, testClusterArn, testDefinition } from '../test-support/records.ts';

const ids = new Ids(new SeededRandom(5));

describe('a daemon', () => {
  it('has one task on each instance of its providers, and instances wait for it', async () => {
    await using world = await DaemonWorld.open(3);
    const { daemonRevisionArn } = world.daemon().goal;
    expect(world.tasks()).toHaveLength(3);
    expect(new Set(world.tasks().map(({ hostArn }) => hostArn)).size).toBe(3);
    expect(world.tasks()[0]).toMatchObject({
      group: 'daemon:logs',
      launchType: 'EC2',
      capacityProviderName: 'p',
      daemonArn: testDaemonArn,
      daemonRevisionArn,
      startedBy: world.deployment().daemonDeploymentArn.split('/').at(-1),
      tags: [
        { key: 'team', value: 'core' },
        { key: 'aws:ecs:clusterName', value: 'test' },
        { key: 'aws:ecs:daemonName', value: 'logs' },
      ],
    });
    expect(world.instances().map(({ awaitsDaemons }) => awaitsDaemons)).toEqual([['logs'], ['logs'], ['logs']]);
    expect(world.deployment().status).toBe('IN_PROGRESS');
    await world.settle();
    expect(world.instances().every((instance) => !('awaitsDaemons' in instance))).toBe(true);
    expect(world.deployment()).toMatchObject({
      status: 'SUCCESSFUL',
      figures: { target: [{ capacityProvider: 'p', running: 3, without: 0, draining: 0 }] },
    });
    expect(world.daemon().completed).toEqual(world.daemon().goal);
  });

  it('comes to instances that come later, not to those of others', async () => {
    await using world = await DaemonWorld.open(1);
    await world.settle();
    const own = world.instance();
    await world.write((tx) => {
      tx.containerInstances.put(own);
      tx.containerInstances.put(world.instance({ capacityProviderName: 'q' }));
    });
    expect(world.tasks().filter(({ hostArn }) => hostArn === own.containerInstanceArn)).toHaveLength(1);
    expect(world.tasks()).toHaveLength(2);
  });

  it('that is not critical keeps nobody waiting', async () => {
    await using world = await DaemonWorld.open(2, { revision: { critical: false } });
    expect(world.instances().some((instance) => 'awaitsDaemons' in instance)).toBe(false);
    await world.settle();
    await world.advance(60_000);
    await world.fail();
    expect(world.instances().map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
    await world.settle();
    expect(world.running()).toHaveLength(2);
  });

  it('of an empty provider is deployed at once', async () => {
    await using world = await DaemonWorld.open(0);
    expect(world.deployment().status).toBe('SUCCESSFUL');
  });

  it('is deployed when it has baked', async () => {
    await using world = await DaemonWorld.open(1, { configuration: { bakeTimeInMinutes: 2 } });
    await world.settle();
    expect(world.deployment()).toMatchObject({ status: 'IN_PROGRESS', bakeStartedAt: start });
    await world.advance(119_000);
    expect(world.deployment().status).toBe('IN_PROGRESS');
    await world.advance(1_000);
    expect(world.deployment().status).toBe('SUCCESSFUL');
  });

  it('is deployed when its tasks have run for a while', async () => {
    await using world = await DaemonWorld.open(1, {}, { healthySettleMs: 5_000 });
    await world.settle();
    expect(world.deployment().status).toBe('IN_PROGRESS');
    await world.advance(5_000);
    expect(world.deployment().status).toBe('SUCCESSFUL');
  });
});

describe('an update', () => {
  it('replaces a batch at a time, and keeps new tasks away meanwhile', async () => {
    await using world = await DaemonWorld.open(8);
    await world.settle();
    const old = world.daemon().goal.daemonRevisionArn;
    await world.write((tx) => world.deploy(tx, { configuration: { drainPercent: 25 } }));
    const running = (): number => world.running().length;
    expect(running()).toBe(6);
    const waiting = world.instances().filter(({ awaitsDaemons }) => awaitsDaemons?.includes('logs') === true);
    expect(waiting).toHaveLength(2);
    const seen = [running()];
    for (let round = 0; round < 30; round++) {
      await world.obey();
      seen.push(running());
      const hosts = world.tasks().map(({ hostArn }) => hostArn);
      expect(new Set(hosts).size).toBe(hosts.length);
    }
    expect(Math.min(...seen)).toBe(6);
    expect(world.running().some(({ daemonRevisionArn }) => daemonRevisionArn === old)).toBe(false);
    expect(world.deployment().status).toBe('SUCCESSFUL');
    expect(running()).toBe(8);
  });

  it('takes at least one instance at a time', async () => {
    await using world = await DaemonWorld.open(2);
    await world.settle();
    await world.write((tx) => world.deploy(tx, { configuration: { drainPercent: 0 } }));
    expect(world.running()).toHaveLength(1);
    await world.settle();
    expect(world.deployment().status).toBe('SUCCESSFUL');
  });

  it('of other providers stops what has no business there', async () => {
    await using world = await DaemonWorld.open(2);
    await world.settle();
    await world.write((tx) => {
      tx.containerInstances.put(world.instance({ capacityProviderName: 'q' }));
      world.deploy(tx, { capacityProviders: ['q'] });
    });
    await world.settle();
    const [task, ...others] = world.tasks();
    expect([task?.capacityProviderName, others.length]).toEqual(['q', 0]);
    expect(world.instances().some((instance) => 'awaitsDaemons' in instance)).toBe(false);
  });

  it('whose tasks do not start is rolled back by the circuit breaker', async () => {
    await using world = await DaemonWorld.open(1);
    await world.settle();
    const before = world.daemon().goal;
    await world.write((tx) => world.deploy(tx, {}));
    await world.obey();
    for (let failures = 0; failures < 3; failures++) {
      expect(world.deployment().failureCount).toBe(failures);
      await world.fail();
      expect(world.instances()[0]?.awaitsDaemons).toEqual(['logs']);
      await world.advance(10_000);
    }
    expect(world.deployment()).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      breakerTriggered: true,
      rollback: { daemonRevisionArn: before.daemonRevisionArn },
    });
    await world.settle();
    expect(world.deployment().status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.daemon().goal).toEqual(before);
    expect(world.running().map(({ daemonRevisionArn }) => daemonRevisionArn)).toEqual([before.daemonRevisionArn]);
  });
});

describe('a daemon whose task', () => {
  it('never starts is tried again, ever later, and fails its deployment', async () => {
    await using world = await DaemonWorld.open(1);
    for (let failures = 0; failures < 3; failures++) {
      await world.fail();
      expect(world.tasks()).toHaveLength(0);
      await world.advance(10_000);
    }
    expect(world.deployment()).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: expect.stringContaining('no earlier'),
    });
    await world.settle();
    expect(world.running()).toHaveLength(1);
    expect(world.daemon()).not.toHaveProperty('troubles');
  });

  it('finds no room is in trouble, which is said', async () => {
    await using world = await DaemonWorld.open(1, { memory: 1_000_000 });
    const [trouble] = Object.values(world.daemon().troubles ?? {});
    expect(trouble).toMatchObject({
      failureType: 'TASK_CREATION_FAILED',
      reason: expect.stringMatching(/^RESOURCE:MEMORY - Unable to place daemon task on container instance: /),
      capacityProviderName: 'p',
    });
    expect(world.tasks()).toHaveLength(0);
  });

  it('fails after it ran costs the instance, if it is critical', async () => {
    await using world = await DaemonWorld.open(2, {}, { healthySettleMs: 1_000 });
    await world.settle();
    await world.advance(1_000);
    const [first] = world.running();
    await world.sicken(first!);
    const drained = world.instances().find(({ containerInstanceArn }) => containerInstanceArn === first!.hostArn);
    expect(drained).toMatchObject({
      status: 'DRAINING',
      statusReason: 'The critical daemon logs failed: Task failed container health checks',
      awaitsDaemons: ['logs'],
    });
    await world.settle();
    expect(world.running()).toHaveLength(1);
    await world.write((tx) =>
      tx.containerInstances.put({ ...tx.containerInstances.get(first!.hostArn!), status: 'ACTIVE' }),
    );
    await world.settle();
    expect(world.running()).toHaveLength(2);
    expect(world.instances().some((instance) => 'awaitsDaemons' in instance)).toBe(false);
  });

  it('is stopped by a user gets another, and nothing else happens', async () => {
    await using world = await DaemonWorld.open(1);
    await world.settle();
    await world.write((tx) =>
      tx.tasks.put(requestStop(world.running()[0]!, { stopCode: 'UserInitiated', reason: '', at: start })),
    );
    await world.settle();
    expect(world.running()).toHaveLength(1);
    expect(world.instances()[0]?.status).toBe('ACTIVE');
  });
});

describe('a daemon on an instance that drains', () => {
  it('stays until other tasks are gone', async () => {
    await using world = await DaemonWorld.open(1);
    await world.settle();
    const [instance] = world.instances();
    const arn = instance!.containerInstanceArn;
    const definition = testDefinition(1);
    const other = placeTask(newTask(definition, standaloneSpec(scope, testClusterArn), start, ids), arn, undefined);
    await world.write((tx) => {
      tx.taskDefinitions.put(definition);
      tx.tasks.put(other);
      tx.containerInstances.put({ ...tx.containerInstances.get(arn), status: 'DRAINING' });
    });
    await world.settle();
    expect(world.running()).toHaveLength(1);
    await world.write((tx) =>
      tx.tasks.put({ ...tx.tasks.get(other.taskArn), desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }),
    );
    await world.settle();
    expect(world.tasks()).toHaveLength(0);
  });
});

describe('a daemon that is deleted', () => {
  it('stops its tasks batch by batch, and is gone', async () => {
    await using world = await DaemonWorld.open(4);
    await world.settle();
    await world.delete();
    expect(world.running()).toHaveLength(2);
    await world.settle();
    expect(world.tasks()).toHaveLength(0);
    expect(world.store.view.daemons.size).toBe(0);
    expect(world.deployment()).toMatchObject({ status: 'SUCCESSFUL' });
    expect(world.instances().some((instance) => 'awaitsDaemons' in instance)).toBe(false);
  });
});
