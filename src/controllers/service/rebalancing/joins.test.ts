import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { applyTaskReport, type ContainerInstance, type ServiceArn, type Task } from '#model';
import {
  scope,
  testCluster,
  testDefinition,
  testDeployment,
  testInstance,
  testService,
  testSubnet,
} from '../../test-support/records.ts';
import { openStoreWorld, type StoreWorld } from '../../test-support/store-world.ts';
import { ZoneWatch } from './zone-watch.ts';

const ids = new Ids(new SeededRandom(7));
const networkConfiguration = {
  subnets: ['subnet-a', 'subnet-b'],
  securityGroups: [],
  assignPublicIp: 'DISABLED' as const,
};

/** A service of four tasks that are all on one host, of the Fargate pool or of the cluster. */
async function withService(world: StoreWorld, { fargate, host }: { fargate: boolean; host: ContainerInstance }) {
  const gold = { type: 'memberOf' as const, expression: 'attribute:tier == gold' };
  const settings = fargate
    ? { launchType: 'FARGATE' as const, networkConfiguration }
    : { launchType: 'EC2' as const, placementConstraints: [gold] };
  const definition = testDefinition(
    1,
    fargate ? { networkMode: 'awsvpc', overrides: { cpu: '256', memory: '512' } } : {},
  );
  const service = testService(ids, definition, {
    ...settings,
    desiredCount: 4,
    availabilityZoneRebalancing: 'ENABLED',
    deployments: [
      testDeployment(ids, definition, {
        launchType: settings.launchType,
        ...(fargate ? { networkConfiguration } : {}),
      }),
    ],
  });
  await world.write((tx) => {
    tx.clusters.put(testCluster());
    tx.taskDefinitions.put(definition);
    tx.subnets.put(testSubnet('a', '172.31.0.0/24'));
    tx.subnets.put(testSubnet('b', '172.31.16.0/24'));
    tx.securityGroups.put({ ...scope, groupId: 'sg-1', groupName: 'default', vpcId: 'vpc-1' });
    tx.containerInstances.put(host);
    tx.services.put(service);
  });
  await agents(world);
  await world.until('steady', () => world.service(service.serviceArn).steadySince !== undefined);
  return service;
}

/** Agents do what they are told until nothing is left to do. */
async function agents(world: StoreWorld): Promise<void> {
  for (let left = 12; left > 0; left--) {
    await world.idle();
    await world.write((tx) => {
      const tasks = [...tx.tasks.all()];
      for (const task of tasks) {
        const wanted = task.desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
        const over = task.lastStatus === wanted || task.lastStatus === 'STOPPED' || task.lastStatus === 'PROVISIONING';
        if (over) continue;
        tx.tasks.put(
          applyTaskReport(task, { status: wanted, containers: [{ name: 'web', status: wanted }] }, world.now()),
        );
      }
    });
  }
}

const runningOn = (world: StoreWorld, host: ContainerInstance): number =>
  [...world.store.view.tasks.all()].filter(
    (task: Task) => task.desiredStatus === 'RUNNING' && task.hostArn === host.containerInstanceArn,
  ).length;

describe('a host that joins', () => {
  it('brings balance to services when the zone had none of the Fargate pool, whatever region it says it is in', async () => {
    await using world = await openStoreWorld();
    const host = testInstance(ids, { zone: 'us-east-1a', pool: 'fargate' });
    const service = await withService(world, { fargate: true, host });
    expect(runningOn(world, host)).toBe(4);
    const joined = testInstance(ids, { zone: 'eu-west-1b', pool: 'fargate' });
    await world.write((tx) => tx.containerInstances.put(joined));
    await agents(world);
    expect([runningOn(world, host), runningOn(world, joined)]).toEqual([2, 2]);
    const told = [...world.store.view.serviceEvents.by('service', service.serviceArn)].map(({ message }) => message);
    expect(told).toContain('(service web) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b.');
  });

  it('does so when others of its zone would not do', async () => {
    await using world = await openStoreWorld();
    const tiered = (zone: string, tier: string): ContainerInstance =>
      testInstance(ids, {
        attributes: [
          { name: 'ecs.availability-zone', value: zone },
          { name: 'tier', value: tier },
        ],
      });
    const host = tiered('us-east-1a', 'gold');
    await withService(world, { fargate: false, host });
    await world.write((tx) => tx.containerInstances.put(tiered('us-east-1b', 'iron')));
    await agents(world);
    expect(runningOn(world, host)).toBe(4);
    const joined = tiered('us-east-1b', 'gold');
    await world.write((tx) => tx.containerInstances.put(joined));
    await agents(world);
    expect([runningOn(world, host), runningOn(world, joined)]).toEqual([2, 2]);
  });
});

describe('ZoneWatch', () => {
  it('names those that did not count a zone at their latest look', () => {
    const watch = new ZoneWatch();
    const [one, two] = ['one', 'two'] as ServiceArn[];
    const without = (zone: string): ServiceArn[] => [...watch.without('pool', (zones) => zones.includes(zone))].sort();
    watch.note(one!, 'pool', ['a', 'b']);
    watch.note(two!, 'pool', ['a', 'b']);
    expect(without('b')).toEqual([]);
    expect(without('c')).toEqual([one, two]);
    watch.note(one!, 'pool', ['a', 'b', 'c']);
    expect(without('c')).toEqual([two]);
    watch.note(two!, 'pool', undefined);
    expect(without('c')).toEqual([]);
    expect(without('d')).toEqual([one]);
    watch.note(one!, 'another', ['a']);
    expect(without('d')).toEqual([]);
  });
});
