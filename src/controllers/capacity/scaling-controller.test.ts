import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { type AutoScalingGroups, ownMachines } from '#capacity';
import {
  type CapacityProvider,
  type ContainerInstance,
  type ContainerInstanceArn,
  capacityProviderArn,
  groupAttribute,
  newTask,
} from '#model';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import { scope, start, testCluster, testClusterArn, testDefinition, testInstance } from '../test-support/records.ts';
import { openStoreWorld, type StoreWorld } from '../test-support/store-world.ts';

const ids = new Ids(new SeededRandom(3));
const definition = testDefinition(1, { cpu: 2000 });

const provider: CapacityProvider = {
  ...scope,
  capacityProviderArn: capacityProviderArn(scope, 'a'),
  name: 'a',
  type: 'EC2_AUTOSCALING',
  status: 'ACTIVE',
  autoScalingGroupProvider: {
    autoScalingGroupArn: 'workers',
    autoScalingGroupName: 'workers',
    managedScaling: {
      status: 'ENABLED',
      targetCapacity: 100,
      minimumScalingStepSize: 1,
      maximumScalingStepSize: 100,
      instanceWarmupPeriod: 0,
    },
    managedTerminationProtection: 'ENABLED',
    managedDraining: 'ENABLED',
  },
  tags: [],
};

function machine(): ContainerInstance {
  const made = testInstance(ids, { capacityProviderName: 'a' });
  return { ...made, attributes: [...made.attributes, { name: groupAttribute, value: 'workers' }] };
}

async function begin(world: StoreWorld, waiting: number, machines: readonly ContainerInstance[]): Promise<void> {
  await world.write((tx) => {
    tx.taskDefinitions.put(definition);
    tx.capacityProviders.put(provider);
    for (const instance of machines) tx.containerInstances.put(instance);
    for (let task = 0; task < waiting; task++) {
      const spec = standaloneSpec(scope, testClusterArn, { capacityProviderName: 'a' });
      tx.tasks.put(newTask(definition, spec, start, ids));
    }
    tx.clusters.put({
      ...testCluster(),
      capacityProviders: ['a'],
      attachments: [{ id: 'one', type: 'as_policy', capacityProviderName: 'a' }],
    });
  });
  await minute(world);
}

async function minute(world: StoreWorld): Promise<void> {
  await world.idle();
  world.clock.advanceMs(60_000);
  await world.idle();
}

/** A group of the machines there are, which notes what it is told. */
class NotingGroup implements AutoScalingGroups {
  desired = 1;
  ending = new Set<ContainerInstanceArn>();
  readonly released = new Set<ContainerInstanceArn>();
  readonly gone = new Set<ContainerInstanceArn>();
  readonly howToMake = (name: string): string => ownMachines.howToMake(name);
  readonly find: AutoScalingGroups['find'] = (_view, _scope, name) => ({
    name,
    protectsFromScaleIn: true,
    launches: true,
    desiredCapacity: this.desired,
    minSize: 0,
    maxSize: 10,
  });
  readonly machines: AutoScalingGroups['machines'] = (view, of, name) =>
    ownMachines.machines(view, of, name).map(({ instance }) => ({
      instance,
      protectedFromScaleIn: !this.released.has(instance.containerInstanceArn),
      ...(this.ending.has(instance.containerInstanceArn) ? { endingSince: start } : {}),
    }));
  readonly setDesiredCapacity: AutoScalingGroups['setDesiredCapacity'] = (_tx, _group, desired) => {
    this.desired = desired;
  };
  readonly setProtection: AutoScalingGroups['setProtection'] = (_tx, _group, arns, on) => {
    for (const arn of arns) if (on) this.released.delete(arn);
    for (const arn of arns) if (!on) this.released.add(arn);
  };
  readonly letGo: AutoScalingGroups['letGo'] = (_tx, _group, arns) => {
    for (const arn of arns) this.gone.add(arn);
  };
}

describe('managed scaling of a group', () => {
  it('tells how many machines of ones own are wanted, and takes it back when tasks no longer wait', async () => {
    await using world = await openStoreWorld();
    const wanted = () => world.store.view.clusters.get(testClusterArn).attachments?.[0]?.desiredCapacity;
    await begin(world, 6, [machine()]);
    // Two of the six run on the machine, two fit on each of two more.
    expect(wanted()).toBe(3);
    await world.write((tx) => {
      tx.containerInstances.put(machine());
      tx.containerInstances.put(machine());
    });
    await minute(world);
    expect([...world.store.view.tasks.all()].every(({ hostArn }) => hostArn !== undefined)).toBe(true);
    expect(wanted()).toBe(3);
  });

  it('says it of a group without a single machine', async () => {
    await using world = await openStoreWorld();
    await begin(world, 1, []);
    expect(world.store.view.clusters.get(testClusterArn).attachments?.[0]?.desiredCapacity).toBe(2);
  });

  it('asks a group that launches, drains what it ends, and releases what is empty', async () => {
    const groups = new NotingGroup();
    await using world = await openStoreWorld({ groups });
    const [first, second, third] = [machine(), machine(), machine()];
    await begin(world, 8, [first]);
    expect(groups.desired).toBe(4);
    await world.write((tx) => {
      for (const instance of [second, third]) tx.containerInstances.put(instance);
      for (const task of tx.tasks.all()) {
        tx.tasks.put({ ...task, desiredStatus: 'STOPPED', lastStatus: 'STOPPED' });
      }
    });
    for (let look = 0; look < 16; look++) await minute(world);
    expect(groups.desired).toBeLessThan(4);
    expect(groups.released.size).toBeGreaterThan(0);
    groups.ending = new Set([first.containerInstanceArn]);
    await minute(world);
    expect(world.store.view.containerInstances.get(first.containerInstanceArn).status).toBe('DRAINING');
    await minute(world);
    expect(groups.gone).toEqual(new Set([first.containerInstanceArn]));
  });

  it('stops when managed scaling is turned off', async () => {
    const groups = new NotingGroup();
    await using world = await openStoreWorld({ groups });
    await begin(world, 0, [machine()]);
    await world.write((tx) => {
      const group = provider.autoScalingGroupProvider!;
      const managedScaling = { ...group.managedScaling, status: 'DISABLED' as const };
      const managedTerminationProtection = 'DISABLED' as const;
      const autoScalingGroupProvider = { ...group, managedScaling, managedTerminationProtection };
      tx.capacityProviders.put({ ...provider, autoScalingGroupProvider });
    });
    const { desired } = groups;
    for (let look = 0; look < 30; look++) await minute(world);
    expect(groups.desired).toBe(desired);
  });
});
