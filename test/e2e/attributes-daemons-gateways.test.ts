import * as sdk from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byCli, bySdk, type Outcome, sdkClient } from '../support/ecs-clients.ts';
import { type Answer, endProcess, type Installation, startedInstallation, testImage } from '../support/installation.ts';

let installation: Installation;
let client: sdk.ECSClient;
let agentPid: number;
let instance: string;

const account = '000000000000';
const arn = (path: string) => `arn:aws:ecs:us-east-1:${account}:${path}`;
const role = `arn:aws:iam::${account}:role/any`;
const cluster = 'shop';
const machines = { ECS_INSTANCE_ATTRIBUTES: '{"roadstead.auto-scaling-group":"crew"}' };

beforeAll(async () => {
  installation = await startedInstallation();
  client = sdkClient(installation);
  await installation.aws('ecs', 'create-cluster', '--cluster-name', cluster);
  agentPid = await installation.startAgent(cluster, 'ec2', machines);
  instance = await connectedInstance();
});

afterAll(async () => {
  client?.destroy();
  await installation?.[Symbol.asyncDispose]();
});

async function connectedInstance(): Promise<string> {
  const { containerInstanceArns } = await installation.until('the instance is connected', async () => {
    const listed = await installation.call('ListContainerInstances', { cluster, filter: 'agentConnected == true' });
    return listed.containerInstanceArns.length === 1 && listed;
  });
  return containerInstanceArns[0];
}

/** By the aws CLI when it has the operation, else by the SDK. */
async function drive(operation: string, input: object): Promise<Outcome> {
  const outcome = await byCli(installation, operation, input);
  if (outcome !== undefined) return outcome;
  try {
    const { $metadata: _, ...answer } = await bySdk(client, operation, input);
    return { answer };
  } catch (error) {
    if (!(error instanceof sdk.ECSServiceException)) throw error;
    return { code: error.name, message: error.message };
  }
}

async function answered(operation: string, input: object): Promise<Answer> {
  const outcome = await drive(operation, input);
  if ('code' in outcome) throw new Error(`${operation}: ${outcome.code}: ${outcome.message}`);
  return outcome.answer;
}

describe('custom attributes', () => {
  const constraint = [{ type: 'memberOf', expression: 'attribute:stack == prod' }];
  const runTask = (): Promise<Answer> =>
    installation.call('RunTask', { cluster, taskDefinition: 'sleep', placementConstraints: constraint });

  it('decide where a task really runs', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'sleep',
      networkMode: 'host',
      containerDefinitions: [
        { name: 'main', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 },
      ],
    });
    expect((await runTask()).tasks).toEqual([]);
    const attributes = [{ name: 'stack', value: 'prod', targetId: instance }];
    expect(await answered('PutAttributes', { cluster, attributes })).toEqual({ attributes });
    const [{ taskArn }] = (await runTask()).tasks;
    const task = await installation.until('it runs', async () => {
      const { tasks } = await installation.call('DescribeTasks', { cluster, tasks: [taskArn] });
      return tasks[0].lastStatus === 'RUNNING' && tasks[0];
    });
    expect(task.containerInstanceArn).toBe(instance);
    await installation.call('StopTask', { cluster, task: taskArn });
  });

  it('stay when the agent registers again, and go when they are deleted', async () => {
    await endProcess(agentPid);
    await installation.until('the instance is away', async () => {
      const listed = await installation.call('ListContainerInstances', { cluster, filter: 'agentConnected == false' });
      return listed.containerInstanceArns.length === 1;
    });
    agentPid = await installation.startAgent(cluster, 'ec2', machines);
    expect(await connectedInstance()).toBe(instance);
    const asked = { cluster, targetType: 'container-instance', attributeName: 'stack' };
    const attributes = [{ name: 'stack', value: 'prod', targetId: instance }];
    expect(await answered('ListAttributes', asked)).toEqual({ attributes });
    const unwanted = [{ name: 'stack', targetType: 'container-instance', targetId: instance.slice(-32) }];
    expect(await answered('DeleteAttributes', { cluster, attributes: unwanted })).toEqual({ attributes });
    expect(await answered('ListAttributes', asked)).toEqual({ attributes: [] });
    expect((await runTask()).tasks).toEqual([]);
  });
});

it('an agent of this Roadstead is up to date', async () => {
  expect(await drive('UpdateContainerAgent', { cluster, containerInstance: instance })).toMatchObject({
    code: 'NoUpdateAvailableException',
    message: expect.stringContaining('The container agent is up to date'),
  });
});

describe('daemon task definitions', () => {
  const family = 'logs';
  const containerDefinitions = [{ name: 'main', image: testImage, memory: 32 }];

  it('are registered, described, listed and deleted', async () => {
    const tags = [{ key: 'team', value: 'core' }];
    const daemonTaskDefinitionArn = arn('daemon-task-definition/logs:1');
    const registered = await answered('RegisterDaemonTaskDefinition', { family, containerDefinitions, tags });
    expect(registered).toEqual({ daemonTaskDefinitionArn });
    await answered('RegisterDaemonTaskDefinition', { family, containerDefinitions });
    await sdk.waitUntilDaemonTaskDefinitionActive(
      { client, minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { daemonTaskDefinition: family },
    );
    const described = await answered('DescribeDaemonTaskDefinition', { daemonTaskDefinition: family });
    expect(described.daemonTaskDefinition).toMatchObject({ family, revision: 2, status: 'ACTIVE' });
    const listed = await answered('ListDaemonTaskDefinitions', { family, sort: 'DESC' });
    expect(listed.daemonTaskDefinitions.map((each: Answer) => each.arn)).toEqual([
      arn('daemon-task-definition/logs:2'),
      daemonTaskDefinitionArn,
    ]);
    const tagged = await answered('ListTagsForResource', { resourceArn: daemonTaskDefinitionArn });
    expect(tagged).toEqual({ tags });
    expect(await answered('DeleteDaemonTaskDefinition', { daemonTaskDefinition: 'logs:1' })).toEqual({
      daemonTaskDefinitionArn,
    });
    await sdk.waitUntilDaemonTaskDefinitionDeleted(
      { client, minDelay: 2, maxDelay: 2, maxWaitTime: 120 },
      { daemonTaskDefinition: 'logs:1' },
    );
    await expect(
      bySdk(client, 'DescribeDaemonTaskDefinition', { daemonTaskDefinition: 'other' }),
    ).rejects.toBeInstanceOf(sdk.ClientException);
  });
});

describe('a daemon', () => {
  const daemon = arn('daemon/shop/crew');
  const container = { name: 'main', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 };
  const settings = (revision: number) => ({
    daemonTaskDefinitionArn: arn(`daemon-task-definition/crew:${revision}`),
    capacityProviderArns: [arn('capacity-provider/crew')],
  });
  const daemonTasks = async (): Promise<Answer[]> => {
    const { taskArns } = await bySdk(client, 'ListTasks', { cluster, daemonName: 'crew' });
    if (taskArns.length === 0) return [];
    return (await installation.call('DescribeTasks', { cluster, tasks: taskArns })).tasks;
  };
  const deployed = (deploymentArn: string): Promise<unknown> =>
    installation.until('the daemon is deployed', async () => {
      const described = await bySdk(client, 'DescribeDaemonDeployments', { daemonDeploymentArns: [deploymentArn] });
      return described.daemonDeployments[0].status === 'SUCCESSFUL';
    });

  it('runs before other tasks, is replaced and is gone, each time for real', async () => {
    await installation.call('CreateCapacityProvider', {
      name: 'crew',
      autoScalingGroupProvider: { autoScalingGroupArn: 'crew' },
    });
    const providers = { capacityProviders: ['crew'], defaultCapacityProviderStrategy: [] };
    await installation.call('PutClusterCapacityProviders', { cluster, ...providers });
    for (const _ of [1, 2]) {
      await bySdk(client, 'RegisterDaemonTaskDefinition', { family: 'crew', containerDefinitions: [container] });
    }
    const created = await bySdk(client, 'CreateDaemon', { daemonName: 'crew', clusterArn: cluster, ...settings(1) });
    await installation.until('its task is made', async () => (await daemonTasks()).length === 1);
    const capacityProviderStrategy = [{ capacityProvider: 'crew', weight: 1 }];
    const service = { cluster, serviceName: 'app', taskDefinition: 'sleep', desiredCount: 1, capacityProviderStrategy };
    await installation.call('CreateService', service);
    const app = await installation.until('the application runs', async () => {
      const { taskArns } = await installation.call('ListTasks', { cluster, serviceName: 'app' });
      if (taskArns.length === 0) return false;
      const [task] = (await installation.call('DescribeTasks', { cluster, tasks: taskArns })).tasks;
      return task.lastStatus === 'RUNNING' && task;
    });
    const [first] = await daemonTasks();
    expect(first).toMatchObject({ lastStatus: 'RUNNING', group: 'daemon:crew', containerInstanceArn: instance });
    expect(app.createdAt).toBeGreaterThanOrEqual(first.startedAt);
    await deployed(created.deploymentArn);
    const updated = await bySdk(client, 'UpdateDaemon', { daemonArn: daemon, ...settings(2) });
    await deployed(updated.deploymentArn);
    const [second, ...others] = await daemonTasks();
    expect([second.lastStatus, second.taskDefinitionArn, others.length]).toEqual([
      'RUNNING',
      settings(2).daemonTaskDefinitionArn,
      0,
    ]);
    expect(second.taskArn).not.toBe(first.taskArn);
    await bySdk(client, 'DeleteDaemon', { daemonArn: daemon });
    await installation.until('the daemon is gone', async () => {
      const { daemonSummariesList } = await bySdk(client, 'ListDaemons', { clusterArn: cluster });
      return daemonSummariesList.length === 0;
    });
    expect(await daemonTasks()).toEqual([]);
    await installation.call('DeleteService', { cluster, service: 'app', force: true });
  });
});

const serviceArn = arn('service/shop/web');
const daemonArn = arn('daemon/shop/logs');
const daemonSettings = {
  daemonTaskDefinitionArn: arn('daemon-task-definition/logs:2'),
  capacityProviderArns: [arn('capacity-provider/mine')],
};
const configuration = { hostSharedAlb: { scheme: 'internal' } };
const express = { infrastructureRoleArn: role, executionRoleArn: role, primaryContainer: { image: testImage } };
const attributeOf = (targetId: string) => ({ cluster, attributes: [{ name: 'a', targetId }] });
const absent = arn(`container-instance/shop/${'0'.repeat(32)}`);

/** Each operation with a request that is right, and the class of what it ends with; every-operation has them by the CLI. */
const refusals: readonly (readonly [string, object, { readonly name: string }])[] = [
  ['PutAttributes', attributeOf(absent), sdk.TargetNotFoundException],
  ['DeleteAttributes', attributeOf(absent), sdk.TargetNotFoundException],
  ['ListAttributes', { cluster: 'nope', targetType: 'container-instance' }, sdk.ClusterNotFoundException],
  ['UpdateContainerAgent', { cluster, containerInstance: absent }, sdk.InvalidParameterException],
  ['ListServicesByNamespace', { namespace: 'internal' }, sdk.NamespaceNotFoundException],
  ['DeleteDaemonTaskDefinition', { daemonTaskDefinition: 'logs:9' }, sdk.ClientException],
  ['CreateDaemon', { daemonName: 'logs', clusterArn: cluster, ...daemonSettings }, sdk.ClientException],
  ['UpdateDaemon', { daemonArn, ...daemonSettings }, sdk.DaemonNotFoundException],
  ['DeleteDaemon', { daemonArn }, sdk.DaemonNotFoundException],
  ['DescribeDaemon', { daemonArn }, sdk.DaemonNotFoundException],
  ['CreateGateway', { name: 'web', infrastructureRoleArn: role, configuration }, sdk.UnsupportedFeatureException],
  ['UpdateGateway', { gateway: 'web', deletionProtection: false }, sdk.GatewayNotFoundException],
  ['DeleteGateway', { gateway: 'web' }, sdk.GatewayNotFoundException],
  ['DescribeGateway', { gateway: 'web' }, sdk.GatewayNotFoundException],
  ['DescribeGatewayResources', { gateway: 'web' }, sdk.GatewayNotFoundException],
  ['AssociateGatewayWithCluster', { gateway: 'web', cluster }, sdk.GatewayNotFoundException],
  ['DisassociateGatewayFromCluster', { gateway: 'web', cluster: 'nope' }, sdk.ClusterNotFoundException],
  ['DescribeGatewayRoute', { gatewayRouteArn: arn('gateway-route/web/1') }, sdk.ResourceNotFoundException],
  ['CreateExpressGatewayService', { cluster: 'nope', ...express }, sdk.ClusterNotFoundException],
  ['UpdateExpressGatewayService', { serviceArn, healthCheckPath: '/' }, sdk.ServiceNotFoundException],
  ['DeleteExpressGatewayService', { serviceArn }, sdk.ServiceNotFoundException],
  ['DescribeExpressGatewayService', { serviceArn }, sdk.ResourceNotFoundException],
];

it.each(refusals)('%s is refused as it should be', async (operation, input, exception) => {
  await expect(bySdk(client, operation, input)).rejects.toBeInstanceOf(exception);
});

it('the eleventh attribute is too many', async () => {
  const names = Array.from({ length: 10 }, (_, index) => ({ name: `a${index}`, targetId: instance }));
  await bySdk(client, 'PutAttributes', { cluster, attributes: names });
  const one = { cluster, attributes: [{ name: 'more', targetId: instance }] };
  await expect(bySdk(client, 'PutAttributes', one)).rejects.toBeInstanceOf(sdk.AttributeLimitExceededException);
});
