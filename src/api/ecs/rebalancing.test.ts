import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../test/support/api-harness.ts';

async function withDefinitions() {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  const containerDefinitions = [{ name: 'app', image: 'app', memory: 16 }];
  const compatible = { requiresCompatibilities: ['EC2', 'EXTERNAL'] };
  await harness.call('RegisterTaskDefinition', { family: 'web', containerDefinitions, ...compatible });
  const create = (settings: object) =>
    harness.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2, ...settings });
  const update = (settings: object) => harness.call('UpdateService', { service: 'web', ...settings });
  const now = async (): Promise<string> => {
    const { services } = await harness.call('DescribeServices', { services: ['web'] });
    return services[0].availabilityZoneRebalancing;
  };
  return { ...harness, create, update, now };
}

const zone = 'attribute:ecs.availability-zone';
const byZone = { type: 'spread', field: zone };
const binpack = { type: 'binpack', field: 'cpu' };
const constraint = { type: 'memberOf', expression: `${zone} == eu-west-1a` };

const unfit: readonly [string, object, string][] = [
  [
    'maximumPercent of 100',
    { deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 } },
    "The service couldn't be created because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.",
  ],
  [
    'another strategy than zones first',
    { placementStrategy: [binpack, byZone] },
    "The service couldn't be created because Availability Zone Rebalancing only supports availability zone spread as task placement strategy. Update task placement strategy and try again.",
  ],
  [
    'a constraint on the zone',
    { placementConstraints: [constraint] },
    "The service couldn't be created because Availability Zone Rebalancing does not support attribute:ecs.availability-zone as task placement constraint. Update task placement constraint and try again.",
  ],
];

describe('availabilityZoneRebalancing', () => {
  it.each([
    ['by itself', {}],
    ['with zones first', { placementStrategy: [byZone, binpack] }],
    ['with other constraints', { placementConstraints: [{ type: 'distinctInstance' }] }],
  ])('is ENABLED for new services that it is for, %s', async (_, settings) => {
    const { create } = await withDefinitions();
    expect((await create(settings)).service.availabilityZoneRebalancing).toBe('ENABLED');
  });

  it.each([
    ...unfit,
    ['instances registered as external', { launchType: 'EXTERNAL' }],
    ['the DAEMON strategy', { schedulingStrategy: 'DAEMON', desiredCount: undefined }],
  ] as [string, object][])('is DISABLED for new services with %s', async (_, settings) => {
    const { create, now } = await withDefinitions();
    expect((await create(settings)).service.availabilityZoneRebalancing).toBe('DISABLED');
    expect(await now()).toBe('DISABLED');
  });

  it.each([
    ...unfit,
    [
      'instances registered as external',
      { launchType: 'EXTERNAL' },
      "The service couldn't be created because Availability Zone Rebalancing does not support EXTERNAL as launch type. Update launch type and try again.",
    ],
    [
      'the DAEMON strategy',
      { schedulingStrategy: 'DAEMON', desiredCount: undefined },
      "The service couldn't be created because Availability Zone Rebalancing does not support DAEMON as scheduling strategy. Update scheduling strategy and try again.",
    ],
  ] as [string, object, string][])('cannot be asked for with %s', async (_, settings, message) => {
    const { create, store } = await withDefinitions();
    await expect(create({ ...settings, availabilityZoneRebalancing: 'ENABLED' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message,
    });
    expect(store.view.services.size).toBe(0);
  });

  it.each(unfit)('is kept by an update, which cannot bring %s', async (_, settings, message) => {
    const { create, update, now, store } = await withDefinitions();
    await create({});
    await update({ desiredCount: 3 });
    expect(await now()).toBe('ENABLED');
    const before = [...store.view.services.all()];
    await expect(update(settings)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: message.replace('created', 'updated'),
    });
    expect([...store.view.services.all()]).toEqual(before);
    await update({ ...settings, availabilityZoneRebalancing: 'DISABLED' });
    expect(await now()).toBe('DISABLED');
    await expect(update({ availabilityZoneRebalancing: 'ENABLED' })).rejects.toThrow("couldn't be updated");
  });

  it('makes no deployment when it changes', async () => {
    const { create, update } = await withDefinitions();
    const { service } = await create({});
    const off = await update({ availabilityZoneRebalancing: 'DISABLED' });
    expect(off.service.deployments.map(({ id }: { id: string }) => id)).toEqual([service.deployments[0].id]);
    expect((await update({ availabilityZoneRebalancing: 'ENABLED' })).service.availabilityZoneRebalancing).toBe(
      'ENABLED',
    );
  });

  it('lets services be that were stored as ENABLED before it had a meaning', async () => {
    const { create, update, store } = await withDefinitions();
    await create({ placementStrategy: [binpack] });
    await store.update('api', (tx) => {
      for (const service of tx.services.all()) tx.services.put({ ...service, availabilityZoneRebalancing: 'ENABLED' });
    });
    expect((await update({ desiredCount: 5 })).service).toMatchObject({ desiredCount: 5 });
    await expect(update({ availabilityZoneRebalancing: 'ENABLED' })).rejects.toThrow('only supports');
  });
});
