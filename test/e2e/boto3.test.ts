import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Boto3, type Boto3Model, pythonWithBoto3 } from '../support/boto3.ts';
import { type Answer, endProcess, type Installation, startedInstallation, testImage } from '../support/installation.ts';
import { checkoutFiles } from './operations/checkout.ts';
import { readExpectations } from './operations/expectations.ts';

const python = await pythonWithBoto3();
const expectations = readExpectations();

/** The enums of the newest model: a boto3 may be older than a value. */
const { enums } = JSON.parse(
  readFileSync(new URL('../../src/wire/shapes/ecs.constraints.json', import.meta.url), 'utf8'),
) as { readonly enums: Readonly<Record<string, readonly unknown[]>> };

const arn = (path: string) => `arn:aws:ecs:us-east-1:000000000000:${path}`;
const cluster = 'shop';
const away = 'away';
const bare = 'bare';
const pooled = 'pooled';
const spotty = 'spotty';
const absentInstance = arn(`container-instance/shop/${'0'.repeat(32)}`);
const names = ['a', 'b', 'c', 'd', 'e'];

interface World {
  readonly instance: string;
  readonly unversioned: string;
  readonly task: string;
  /** Runs where the agent has gone away. */
  readonly orphan: string;
}

type Occasion = readonly [exception: string, operation: string, input: (world: World) => object];

/** For each exception a right request that ends with it. */
const occasions: readonly Occasion[] = [
  ['ClientException', 'DescribeTaskDefinition', () => ({ taskDefinition: 'none' })],
  ['InvalidParameterException', 'StopTask', () => ({ cluster, task: '0'.repeat(32) })],
  ['ClusterNotFoundException', 'ListTasks', () => ({ cluster: 'none' })],
  ['ClusterContainsContainerInstancesException', 'DeleteCluster', () => ({ cluster })],
  ['ClusterContainsServicesException', 'DeleteCluster', () => ({ cluster: bare })],
  ['ClusterContainsTasksException', 'DeleteCluster', () => ({ cluster: pooled })],
  ['ServiceNotFoundException', 'UpdateService', () => ({ cluster, service: 'none' })],
  ['ServiceNotActiveException', 'UpdateService', () => ({ cluster, service: 'ended', desiredCount: 1 })],
  [
    'ServiceDeploymentNotFoundException',
    'StopServiceDeployment',
    () => ({ serviceDeploymentArn: arn('service-deployment/shop/web/abc') }),
  ],
  ['TaskSetNotFoundException', 'DeleteTaskSet', () => ({ cluster: bare, service: 'sets', taskSet: 'ecs-svc/1' })],
  [
    'ResourceInUseException',
    'PutClusterCapacityProviders',
    () => ({ cluster: spotty, capacityProviders: [], defaultCapacityProviderStrategy: [] }),
  ],
  ['NamespaceNotFoundException', 'ListServicesByNamespace', () => ({ namespace: 'internal' })],
  ['NoUpdateAvailableException', 'UpdateContainerAgent', ({ instance }) => ({ cluster, containerInstance: instance })],
  [
    'MissingVersionException',
    'UpdateContainerAgent',
    ({ unversioned }) => ({ cluster, containerInstance: unversioned }),
  ],
  [
    'TargetNotFoundException',
    'PutAttributes',
    () => ({ cluster, attributes: [{ name: 'stack', targetId: absentInstance }] }),
  ],
  [
    'AttributeLimitExceededException',
    'PutAttributes',
    ({ instance }) => ({ cluster, attributes: [{ name: 'eleventh', targetId: instance }] }),
  ],
  [
    'TargetNotConnectedException',
    'ExecuteCommand',
    ({ orphan }) => ({ cluster: away, task: orphan, command: 'ls', interactive: true }),
  ],
  ['LimitExceededException', 'TagResource', () => ({ resourceArn: arn('cluster/bare'), tags: tags(50, 60) })],
  ['ResourceNotFoundException', 'TagResource', () => ({ resourceArn: arn('cluster/none'), tags: tags(0, 1) })],
  ['PlatformUnknownException', 'RunTask', () => ({ cluster, ...fargate('9.9.9') })],
  [
    'ConflictException',
    'RunTask',
    () => ({ cluster, taskDefinition: 'sleep', clientToken: 'once', startedBy: 'another' }),
  ],
  [
    'UnsupportedFeatureException',
    'RunTask',
    () => ({ cluster, taskDefinition: 'sleep', launchType: 'MANAGED_INSTANCES' }),
  ],
  ['GatewayNotFoundException', 'DescribeGateway', () => ({ gateway: 'web' })],
  ['DaemonNotFoundException', 'DescribeDaemon', () => ({ daemonArn: arn('daemon/shop/logs') })],
];

/** Each paginator with what it pages over, five to a world where one page holds two. */
const paginators: readonly (readonly [operation: string, member: string, input: object, atLeast: number])[] = [
  ['ListAccountSettings', 'settings', { effectiveSettings: true }, 5],
  ['ListAttributes', 'attributes', { cluster, targetType: 'container-instance' }, 5],
  ['ListClusters', 'clusterArns', {}, 5],
  ['ListContainerInstances', 'containerInstanceArns', { cluster }, 5],
  ['ListServices', 'serviceArns', { cluster }, 5],
  ['ListTaskDefinitionFamilies', 'families', {}, 5],
  ['ListTaskDefinitions', 'taskDefinitionArns', {}, 5],
  ['ListTasks', 'taskArns', { cluster }, 3],
  ['ListServicesByNamespace', 'serviceArns', { namespace: 'internal' }, 5],
];

let subnets: string[] = [];

function tags(from: number, to: number): { key: string; value: string }[] {
  return Array.from({ length: to - from }, (_, index) => ({ key: `k${from + index}`, value: 'v' }));
}

function fargate(platformVersion: string): object {
  const networkConfiguration = { awsvpcConfiguration: { subnets } };
  return { taskDefinition: 'pool', launchType: 'FARGATE', platformVersion, networkConfiguration };
}

async function register(installation: Installation, versionInfo: object): Promise<string> {
  const integer = (name: string) => ({ name, type: 'INTEGER', integerValue: 512 });
  const { containerInstance } = await installation.call('RegisterContainerInstance', {
    cluster,
    totalResources: [integer('CPU'), integer('MEMORY')],
    versionInfo,
  });
  return containerInstance.containerInstanceArn;
}

async function makeDefinitions(installation: Installation): Promise<void> {
  const container = { name: 'main', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 };
  for (const family of ['sleep', ...names]) {
    const definition = { family, networkMode: 'host', containerDefinitions: [container] };
    await installation.call('RegisterTaskDefinition', definition);
  }
  const orphan = { networkMode: 'host', taskRoleArn: 'arn:aws:iam::000000000000:role/orphan' };
  await installation.call('RegisterTaskDefinition', { family: 'orphan', ...orphan, containerDefinitions: [container] });
  const pool = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' };
  await installation.call('RegisterTaskDefinition', { family: 'pool', ...pool, containerDefinitions: [container] });
}

async function makeServices(installation: Installation): Promise<void> {
  const service = { taskDefinition: 'sleep', desiredCount: 0 };
  for (const serviceName of names) await installation.call('CreateService', { cluster, serviceName, ...service });
  await installation.call('CreateService', { cluster: bare, serviceName: 'web', ...service });
  const external = { serviceName: 'sets', deploymentController: { type: 'EXTERNAL' } };
  await installation.call('CreateService', { cluster: bare, ...external });
  await installation.call('CreateCluster', { clusterName: spotty, capacityProviders: ['FARGATE_SPOT'] });
  await installation.call('CreateService', {
    cluster: spotty,
    serviceName: 'cheap',
    taskDefinition: 'pool',
    desiredCount: 0,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: { subnets } },
  });
  await installation.call('CreateService', { cluster, serviceName: 'ended', ...service });
  await installation.call('DeleteService', { cluster, service: 'ended' });
}

/** A cluster with an instance that runs three tasks, four instances that nobody stands behind, and idle services. */
async function makeWorld(installation: Installation): Promise<World> {
  const network = await installation.call('DescribeNetwork', {}, 'roadstead');
  subnets = [network.subnets[0].subnetId];
  for (const clusterName of [cluster, bare, away, ...names]) await installation.call('CreateCluster', { clusterName });
  await installation.startAgent(cluster, 'ec2', {
    ECS_INSTANCE_ATTRIBUTES: '{"roadstead.auto-scaling-group":"crew"}',
  });
  await makeDefinitions(installation);
  const orphan = makeOrphan(installation);
  await makeServices(installation);
  await installation.call('TagResource', { resourceArn: arn('cluster/bare'), tags: tags(0, 50) });
  const instance: string = await installation.until('the instance is connected', async () => {
    const listed = await installation.call('ListContainerInstances', { cluster, filter: 'agentConnected == true' });
    return listed.containerInstanceArns[0];
  });
  const attributes = Array.from({ length: 10 }, (_, index) => ({ name: `a${index}`, value: 'v', targetId: instance }));
  await installation.call('PutAttributes', { cluster, attributes });
  const unversioned = await register(installation, {});
  for (const agentVersion of ['1.0.1', '1.0.2', '1.0.3']) await register(installation, { agentVersion });
  // A task that waits for an instance of the group: none is in this cluster.
  await installation.call('CreateCapacityProvider', {
    name: 'crew',
    autoScalingGroupProvider: { autoScalingGroupArn: 'crew', managedScaling: { status: 'ENABLED' } },
  });
  await installation.call('CreateCluster', { clusterName: pooled, capacityProviders: ['crew'] });
  await installation.call('RunTask', {
    cluster: pooled,
    taskDefinition: 'sleep',
    capacityProviderStrategy: [{ capacityProvider: 'crew', weight: 1 }],
  });
  const ran = await installation.call('RunTask', { cluster, taskDefinition: 'sleep', count: 3, clientToken: 'once' });
  const taskArns = ran.tasks.map((each: Answer) => each.taskArn);
  await installation.until('they run', async () => {
    const { tasks } = await installation.call('DescribeTasks', { cluster, tasks: taskArns });
    return tasks.every((each: Answer) => each.lastStatus === 'RUNNING');
  });
  return { instance, unversioned, task: taskArns[0], orphan: await orphan };
}

/** A task for commands, whose agent has ended. */
async function makeOrphan(installation: Installation): Promise<string> {
  const pid = await installation.startAgent(away, 'away');
  const asked = { cluster: away, taskDefinition: 'orphan', enableExecuteCommand: true };
  const orphan: string = await installation.until('the task is placed', async () => {
    const { tasks } = await installation.call('RunTask', asked);
    return tasks[0]?.taskArn;
  });
  await installation.until('it runs', async () => {
    const { tasks } = await installation.call('DescribeTasks', { cluster: away, tasks: [orphan] });
    return tasks[0].lastStatus === 'RUNNING';
  });
  await endProcess(pid, 'SIGKILL');
  await installation.until('its agent is missed', async () => {
    const missed = { cluster: away, filter: 'agentConnected == false' };
    const { containerInstanceArns } = await installation.call('ListContainerInstances', missed);
    return containerInstanceArns.length === 1;
  });
  return orphan;
}

describe.skipIf(python === undefined)('boto3', () => {
  let installation: Installation;
  let boto3: Boto3;
  let model: Boto3Model;
  let world: World;

  beforeAll(async () => {
    installation = await startedInstallation();
    world = await makeWorld(installation);
    boto3 = new Boto3(python ?? '', installation);
    model = await boto3.model();
  });

  afterAll(async () => {
    await boto3?.[Symbol.asyncDispose]();
    await installation?.[Symbol.asyncDispose]();
  });

  it.for(occasions)('catches %s as its own class', async ([exception, operation, input], context) => {
    const unknown = !model.exceptions.includes(exception) || !model.operations.includes(operation);
    context.skip(unknown, `boto3 ${model.boto3} has no ${exception} or no ${operation}`);
    const caught = await boto3.catch(operation, input(world), exception);
    expect(caught).toMatchObject({ caught: exception, status: 400, message: expect.stringMatching(/\w{3}/) });
  });

  it('finds the tasks of a conflict in the exception', async (context) => {
    context.skip(!model.exceptions.includes('ConflictException'), `boto3 ${model.boto3} has no ConflictException`);
    const input = { cluster, taskDefinition: 'sleep', clientToken: 'once', startedBy: 'another' };
    const caught = await boto3.catch('RunTask', input, 'ConflictException');
    const resourceIds = expect.arrayContaining([world.task]) as unknown;
    expect(caught).toMatchObject({ members: { resourceIds } });
  });

  it.each(paginators)('%s pages over all there is', async (operation, member, input, atLeast) => {
    const expected = expectations.paginators[operation];
    const size = Math.max(1, Math.floor(atLeast / 2));
    const result = await boto3.pages(operation, input, size);
    if (expected !== undefined) {
      expect(result, `${expected.because}: take it out of docs/compat/expectations.json`).toMatchObject({
        missed: expected.ends,
      });
      return;
    }
    if ('missed' in result) throw new Error(result.missed);
    const items = result.pages.flatMap((page) => page[member] as unknown[]);
    expect(result.pages.map((page) => page[member].length <= size)).not.toContain(false);
    expect(items.length).toBeGreaterThanOrEqual(atLeast);
    expect(result.pages.length).toBeGreaterThanOrEqual(Math.ceil(items.length / size));
    expect(new Set(items.map((each) => JSON.stringify(each))).size).toBe(items.length);
    const { answer } = await boto3.call(operation, input);
    const whole = answer.nextToken === undefined ? answer[member] : items.slice(0, answer[member].length);
    expect(items.slice(0, whole.length)).toEqual(whole);
  });

  it('has no paginator that is not driven here', () => {
    const driven = paginators.map(([operation]) => operation);
    expect(model.paginators.filter((each) => !driven.includes(each))).toEqual([]);
  });

  it('reads timestamps, numbers and enums as what they are', async () => {
    const instances = { cluster, containerInstances: [world.instance] };
    const walked = [
      await boto3.call('DescribeClusters', { clusters: [cluster], include: ['STATISTICS', 'SETTINGS', 'TAGS'] }),
      await boto3.call('DescribeServices', { cluster, services: names, include: ['TAGS'] }),
      await boto3.call('DescribeTasks', { cluster, tasks: [world.task], include: ['TAGS'] }),
      await boto3.call('DescribeTaskDefinition', { taskDefinition: 'pool', include: ['TAGS'] }),
      await boto3.call('DescribeContainerInstances', { ...instances, include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'] }),
      await boto3.call('ListAccountSettings', { effectiveSettings: true }),
    ];
    const problems = walked
      .flatMap((each) => each.problems)
      .filter(({ shape, value }) => !enums[shape]?.includes(value));
    const unexpected = problems.filter(({ path }) => expectations.kinds[path] === undefined);
    expect(unexpected).toEqual([]);
    const right = Object.keys(expectations.kinds).filter((path) => problems.every((each) => each.path !== path));
    const seenPaths = new Set(walked.flatMap((each) => each.paths));
    const closed = right.filter((path) => seenPaths.has(path));
    expect(closed, 'right now, so take them out of docs/compat/expectations.json').toEqual([]);
    const seen = (kind: string): number => walked.reduce((sum, each) => sum + (each.kinds[kind] ?? 0), 0);
    for (const kind of ['timestamp', 'integer', 'long', 'boolean', 'double', 'enum', 'string']) {
      expect(seen(kind), kind).toBeGreaterThan(0);
    }
    const [clusters, services, tasks] = walked.map((each) => each.answer);
    expect(clusters.clusters[0]).toMatchObject({ registeredContainerInstancesCount: 5, runningTasksCount: 3 });
    expect(services.services[0].createdAt.instant).toBeGreaterThan(1_700_000_000);
    const { createdAt, startedAt } = tasks.tasks[0];
    expect(startedAt.instant).toBeGreaterThan(createdAt.instant);
  });
});

describe('the error catalogue', () => {
  const catalogue = Object.entries(sdk).flatMap(([name, value]) =>
    typeof value === 'function' && value.prototype instanceof sdk.ECSServiceException ? [name] : [],
  );

  it('has an occasion for every exception, or a reason why there is none', () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(31);
    const caught = occasions.map(([exception]) => exception);
    expect([...caught, ...Object.keys(expectations.exceptions)].toSorted()).toEqual(catalogue.toSorted());
  });

  it('has no exception without occasion that is thrown', () => {
    const sources = checkoutFiles('src/api/ecs', /(?<!\.test)\.ts$/).map((path) => readFileSync(path, 'utf8'));
    expect(sources.length).toBeGreaterThan(80);
    const without = Object.entries(expectations.exceptions).flatMap(([exception, { test }]) =>
      test === undefined ? exception : [],
    );
    const thrown = without.filter((exception) =>
      sources.some((text) => new RegExp(`ApiError\\(\\s*'${exception}'`).test(text)),
    );
    expect(thrown, 'they have an occasion now: write it here').toEqual([]);
    for (const [exception, { test }] of Object.entries(expectations.exceptions)) {
      if (test !== undefined)
        expect(readFileSync(new URL(`../../${test}`, import.meta.url), 'utf8')).toContain(exception);
    }
  });
});
