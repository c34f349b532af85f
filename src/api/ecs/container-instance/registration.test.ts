import { beforeEach, describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import {
  attributeValue,
  type Cluster,
  type ContainerInstance,
  type ContainerInstanceArn,
  clusterArn,
  platformAccountId,
  type Task,
} from '#model';
import type { OperationContext } from '../../operation.ts';
import { DeregisterContainerInstance } from '../DeregisterContainerInstance.ts';
import { DiscoverPollEndpoint } from '../DiscoverPollEndpoint.ts';
import { PutAccountSettingDefault } from '../PutAccountSettingDefault.ts';
import { RegisterContainerInstance } from '../RegisterContainerInstance.ts';
import { presentContainerInstance } from './present.ts';
import { asAccount, type TestApi, testApi, testNow, testScope, testTask } from './test-support/context.ts';

let api: TestApi;

beforeEach(async () => {
  api = await testApi();
});

const resources = [
  { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
  { name: 'MEMORY', type: 'INTEGER', integerValue: 3955 },
  { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', 'x', '70000'] },
  { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
];
const identity = { instanceId: 'i-0123456789abcdef0', instanceType: 't4g.micro', imageId: 'ami-1' };
const first = {
  instanceIdentityDocument: JSON.stringify(identity),
  totalResources: resources,
  attributes: [
    { name: 'stack', value: 'prod' },
    { name: 'ecs.capability.full-sync' },
    { name: 'ecs.os-type', value: 'linux' },
  ],
  tags: [{ key: 'team', value: 'core' }],
};

interface Presented {
  readonly containerInstanceArn: string;
  readonly [member: string]: unknown;
}

async function register(input: object = first, overrides?: Partial<OperationContext>): Promise<Presented> {
  const answer = (await api.run(RegisterContainerInstance, input, overrides)) as { containerInstance: Presented };
  return answer.containerInstance;
}

const record = (arn: string): ContainerInstance => api.store.view.containerInstances.get(arn);

async function placeTaskOn(arn: string): Promise<Task> {
  const portMappings = [{ containerPort: 80, hostPort: 8080 }];
  const task = testTask(arn as ContainerInstanceArn, { cpu: 512, memory: 1024, portMappings });
  await api.store.update('api', (tx) => tx.tasks.put(task));
  return task;
}

describe('RegisterContainerInstance', () => {
  it('makes an instance, and the default cluster for the first one', async () => {
    const instance = await register();
    expect(instance).toEqual({
      containerInstanceArn: expect.stringMatching(
        /^arn:aws:ecs:eu-west-1:111122223333:container-instance\/default\/[0-9a-f]{32}$/,
      ) as string,
      ec2InstanceId: 'i-0123456789abcdef0',
      version: 1,
      versionInfo: {},
      registeredResources: [
        { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: 2048 },
        { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: 3955 },
        {
          name: 'PORTS',
          type: 'STRINGSET',
          doubleValue: 0,
          longValue: 0,
          integerValue: 0,
          stringSetValue: ['22', '2375'],
        },
        { name: 'PORTS_UDP', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [] },
      ],
      remainingResources: instance['registeredResources'],
      status: 'ACTIVE',
      agentConnected: false,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      attributes: [
        ...first.attributes,
        { name: 'ecs.ami-id', value: 'ami-1' },
        { name: 'ecs.instance-type', value: 't4g.micro' },
        { name: 'ecs.availability-zone', value: 'eu-west-1a' },
      ],
      registeredAt: testNow,
      attachments: [],
      tags: first.tags,
    });
    expect(api.store.view.clusters.get(clusterArn(testScope, 'default')).status).toBe('ACTIVE');
  });

  it('makes no other cluster, and none that was deleted', async () => {
    await expect(register({ ...first, cluster: 'shop' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
    const arn = (await register()).containerInstanceArn;
    await api.run(DeregisterContainerInstance, { containerInstance: arn });
    await api.store.update('api', (tx) => {
      const cluster = tx.clusters.get(clusterArn(testScope, 'default'));
      tx.clusters.put({ ...cluster, status: 'INACTIVE' } satisfies Cluster);
    });
    await expect(register()).rejects.toMatchObject({ message: 'Cluster not found.' });
  });

  it('keeps the zone an agent names', async () => {
    const attributes = [{ name: 'ecs.availability-zone', value: 'eu-west-1c' }];
    expect((await register({ ...first, attributes }))['attributes']).toEqual(expect.arrayContaining(attributes));
    const instanceIdentityDocument = JSON.stringify({ ...identity, availabilityZone: 'eu-west-1b' });
    const zone = { name: 'ecs.availability-zone', value: 'eu-west-1b' };
    expect((await register({ ...first, instanceIdentityDocument }))['attributes']).toContainEqual(zone);
  });

  it('gives an external host a managed instance id', async () => {
    const attributes = [{ name: 'ecs.capability.external' }];
    const known = await register({ ...first, attributes });
    expect(known['ec2InstanceId']).toBe('mi-0123456789abcdef0');
    const unknown = await register({ totalResources: resources, attributes, instanceIdentityDocument: '' });
    expect(unknown['ec2InstanceId']).toMatch(/^mi-[0-9a-f]{17}$/);
  });

  it('gives the same instance for the same client token', async () => {
    const once = await register({ ...first, clientToken: 'token' });
    const twice = await register({ ...first, clientToken: 'token' });
    const other = await register({ ...first, clientToken: 'other' });
    expect(twice.containerInstanceArn).toBe(once.containerInstanceArn);
    expect(other.containerInstanceArn).not.toBe(once.containerInstanceArn);
  });

  it('again refreshes what the agent knows and keeps what its user set', async () => {
    const arn = (await register()).containerInstanceArn;
    const again = {
      ...first,
      containerInstanceArn: arn,
      attributes: [{ name: 'ecs.os-type', value: 'linux' }, { name: 'ecs.capability.new' }],
      totalResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 4096 }],
      versionInfo: { agentVersion: '1.2.3' },
      tags: [],
    };
    const renewed = await register(again);
    expect(renewed).toMatchObject({ containerInstanceArn: arn, version: 2, tags: first.tags });
    expect(renewed['versionInfo']).toEqual({ agentVersion: '1.2.3' });
    const names = (renewed['attributes'] as { name: string }[]).map((attribute) => attribute.name);
    expect(names.toSorted()).toEqual([
      'ecs.ami-id',
      'ecs.availability-zone',
      'ecs.capability.new',
      'ecs.instance-type',
      'ecs.os-type',
      'stack',
    ]);
    const { revision } = api.store;
    await register(again);
    expect(api.store.revision).toBe(revision);
  });

  it('again refuses another instance type, an unknown instance, one deregistered, or another cluster', async () => {
    const arn = (await register()).containerInstanceArn;
    const document = JSON.stringify({ ...identity, instanceType: 'm5.large' });
    const again = { ...first, containerInstanceArn: arn };
    await expect(register({ ...again, instanceIdentityDocument: document })).rejects.toMatchObject({
      code: 'ClientException',
      message: `Container instance type changes are not supported. Container instance ${arn} was previously registered as t4g.micro.`,
    });
    const unknown = `${arn.slice(0, -32)}${'0'.repeat(32)}`;
    await expect(register({ ...again, containerInstanceArn: unknown })).rejects.toMatchObject({
      code: 'ClientException',
    });
    await expect(register({ ...again, cluster: 'other' })).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await api.run(DeregisterContainerInstance, { containerInstance: arn });
    await expect(register(again)).rejects.toMatchObject({
      code: 'ClientException',
      message: 'The referenced container instance was inactive.',
    });
    const stranger = asAccount('999988887777' as never);
    await expect(register(again, stranger)).rejects.toMatchObject({ message: 'AccountIDs mismatch' });
  });

  it('takes hosts of the Fargate pool from the platform alone', async () => {
    const attributes = [{ name: 'roadstead.pool', value: 'fargate' }];
    await expect(register({ ...first, attributes })).rejects.toMatchObject({ code: 'ClientException' });
    const host = await register({ ...first, attributes }, asAccount(platformAccountId));
    expect(record(host.containerInstanceArn).pool).toBe('fargate');
    expect([...api.store.view.containerInstances.by('pool', 'fargate')]).toHaveLength(1);
  });

  it('keeps to the quota of the cluster, in which deregistered instances do not count', async () => {
    const { settings } = api.context;
    const tight = { settings: { ...settings, quotas: { ...settings.quotas, containerInstancesPerCluster: 2 } } };
    const arn = (await register(first, tight)).containerInstanceArn;
    await register(first, tight);
    await expect(register(first, tight)).rejects.toMatchObject({ code: 'LimitExceededException' });
    await api.run(DeregisterContainerInstance, { containerInstance: arn });
    await expect(register(first, tight)).resolves.toMatchObject({ status: 'ACTIVE' });
  });

  it.each([
    [[{ name: '' }]],
    [[{ name: 'bad name', value: 'x' }]],
    [[{ name: 'a', value: ' padded ' }]],
    [Array.from({ length: 11 }, (_, i) => ({ name: `custom${i}` }))],
  ])('refuses attributes against the rules: %j', async (attributes) => {
    await expect(register({ ...first, attributes })).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});

describe('DeregisterContainerInstance', () => {
  it('takes the instance away, by id or ARN', async () => {
    const arn = (await register()).containerInstanceArn;
    const answer = await api.run(DeregisterContainerInstance, { containerInstance: arn.slice(-32) });
    expect(answer).toMatchObject({ containerInstance: { containerInstanceArn: arn, status: 'INACTIVE', version: 2 } });
    expect(record(arn).inactiveAt).toBe(testNow);
    await expect(api.run(DeregisterContainerInstance, { containerInstance: arn })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The referenced container instance was not found.',
    });
  });

  it('needs force while there are tasks, which then count as stopped', async () => {
    const arn = (await register()).containerInstanceArn;
    const task = await placeTaskOn(arn);
    await expect(api.run(DeregisterContainerInstance, { containerInstance: arn })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Found running tasks on the instance.',
    });
    const at = afterMs(testNow, 1_000);
    await api.run(DeregisterContainerInstance, { containerInstance: arn, force: true }, { now: at });
    expect(api.store.view.tasks.get(task.taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'Container instance deregistration forced by user',
      stoppedAt: at,
    });
  });
});

describe('a trunk interface', () => {
  const trunkId = 'ecs.awsvpc-trunk-id';
  const trunking = { name: 'ecs.capability.task-eni-trunking' };
  const linux = { name: 'ecs.os-type', value: 'linux' };
  const onC5 = {
    instanceIdentityDocument: JSON.stringify({ ...identity, instanceType: 'c5.large' }),
    totalResources: resources,
    attributes: [trunking, linux],
    versionInfo: { agentVersion: '1.28.1' },
  };
  const set = (value: string) => api.run(PutAccountSettingDefault, { name: 'awsvpcTrunking', value });
  const trunkOf = (arn: string): string | undefined => attributeValue(record(arn), trunkId);

  it('is given to instances that register once the account wants it, and kept', async () => {
    const before = (await register(onC5)).containerInstanceArn;
    await set('enabled');
    expect(trunkOf((await register({ ...onC5, containerInstanceArn: before })).containerInstanceArn)).toBeUndefined();
    const after = (await register(onC5)).containerInstanceArn;
    const trunk = trunkOf(after);
    expect(trunk).toMatch(/^eni-[0-9a-f]{17}$/);
    await set('disabled');
    const again = { ...onC5, containerInstanceArn: after, versionInfo: { agentVersion: '1.29.0' } };
    expect(trunkOf((await register(again)).containerInstanceArn)).toBe(trunk);
    expect(trunkOf((await register(onC5)).containerInstanceArn)).toBeUndefined();
  });

  it.each([
    ['of another type', { instanceIdentityDocument: JSON.stringify(identity) }],
    ['with an older agent', { versionInfo: { agentVersion: '1.28.0' } }],
    ['whose agent does not do it', { attributes: [linux] }],
    ['with Windows', { attributes: [trunking, { name: 'ecs.os-type', value: 'windows' }] }],
  ])('is not given to an instance %s', async (_, more) => {
    await set('enabled');
    expect(trunkOf((await register({ ...onC5, ...more })).containerInstanceArn)).toBeUndefined();
  });
});

describe('a presented instance', () => {
  it('shows what its tasks leave of it', async () => {
    const arn = (await register()).containerInstanceArn;
    await placeTaskOn(arn);
    const instance = record(arn);
    const load = api.context.totals.instances.of(instance.containerInstanceArn);
    const shown = presentContainerInstance(instance, load, new Set());
    expect(shown).toMatchObject({ runningTasksCount: 0, pendingTasksCount: 1, tags: [] });
    expect(shown.remainingResources).toMatchObject([
      { name: 'CPU', integerValue: 1536 },
      { name: 'MEMORY', integerValue: 2931 },
      { name: 'PORTS', stringSetValue: ['22', '2375', '8080'] },
      { name: 'PORTS_UDP', stringSetValue: [] },
    ]);
    expect(shown).not.toHaveProperty('healthStatus');
  });

  it('shows GPUs by id', async () => {
    const platformDevices = [
      { id: 'GPU-1', type: 'GPU' },
      { id: 'GPU-2', type: 'GPU' },
    ];
    const instance = record((await register({ ...first, platformDevices })).containerInstanceArn);
    const nothing = api.context.totals.instances.of(instance.containerInstanceArn);
    const load = { ...nothing, gpuCount: 1, gpuIds: new Map([['GPU-1', 1]]) };
    const shown = presentContainerInstance(instance, load, new Set());
    expect(shown.registeredResources[4]).toMatchObject({ name: 'GPU', stringSetValue: ['GPU-1', 'GPU-2'] });
    expect(shown.remainingResources[4]).toMatchObject({ name: 'GPU', stringSetValue: ['GPU-2'] });
  });

  it('shows its health when asked', async () => {
    const instance = record((await register()).containerInstanceArn);
    const load = api.context.totals.instances.of(instance.containerInstanceArn);
    const health = (changes: Partial<ContainerInstance>) =>
      presentContainerInstance({ ...instance, ...changes }, load, new Set(['CONTAINER_INSTANCE_HEALTH'])).healthStatus;
    expect(health({ agentConnected: true, agentConnectedAt: testNow })).toMatchObject({
      overallStatus: 'INSUFFICIENT_DATA',
    });
    const runtimeHealth = { status: 'OK' as const, lastUpdated: testNow, lastStatusChange: testNow };
    expect(health({ agentConnected: true, agentConnectedAt: testNow, runtimeHealth })).toEqual({
      overallStatus: 'OK',
      details: [
        { type: 'CONTAINER_RUNTIME', ...runtimeHealth },
        { type: 'AGENT_CONNECTIVITY', ...runtimeHealth },
      ],
    });
    expect(health({ agentDisconnectedAt: testNow, runtimeHealth })).toMatchObject({
      overallStatus: 'IMPAIRED',
      details: [{}, { statusReason: 'Agent disconnected since 2027-01-15T08:00:00Z' }],
    });
  });
});

describe('DiscoverPollEndpoint', () => {
  it('answers with the address the agent came to', async () => {
    const answer = await api.run(DiscoverPollEndpoint, {}, { endpoint: 'https://ecs.example.net' });
    expect(answer).toEqual({
      endpoint: 'https://ecs.example.net/acs',
      telemetryEndpoint: 'https://ecs.example.net/tcs',
    });
  });
});
