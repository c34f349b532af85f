import * as sdk from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdkClient } from '../support/ecs-clients.ts';
import { type Installation, startedInstallation, testImage } from '../support/installation.ts';
import { readExpectations } from './operations/expectations.ts';

let installation: Installation;
let client: sdk.ECSClient;
const cluster = 'waiting';
const absentTask = '0'.repeat(32);
const ran = new Set<string>();
const expected = readExpectations().waiters;

beforeAll(async () => {
  installation = await startedInstallation();
  client = sdkClient(installation);
  await installation.call('CreateCluster', { clusterName: cluster });
  await installation.startAgent(cluster);
  for (const [family, command] of [
    ['sleep', ['sleep', '3600']],
    ['end', ['true']],
  ] as const) {
    await installation.call('RegisterTaskDefinition', {
      family,
      networkMode: 'host',
      containerDefinitions: [{ name: 'main', image: testImage, memory: 32, command, stopTimeout: 2 }],
    });
  }
  await installation.until('the instance is connected', async () => {
    const listed = await installation.call('ListContainerInstances', { cluster, filter: 'agentConnected == true' });
    return listed.containerInstanceArns.length === 1;
  });
});

afterAll(async () => {
  client?.destroy();
  await installation?.[Symbol.asyncDispose]();
});

type Waiter = 'tasks-running' | 'tasks-stopped' | 'services-stable' | 'services-inactive';

/** `aws ecs wait …` until it succeeds; throws what the CLI prints when it gives up. */
async function wait(waiter: Waiter, ids: readonly string[]): Promise<void> {
  ran.add(waiter.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  const option = waiter.startsWith('tasks') ? '--tasks' : '--services';
  await installation.aws('ecs', 'wait', waiter, '--cluster', cluster, option, ...ids);
}

async function runTask(taskDefinition: string): Promise<string> {
  const { tasks } = await installation.call('RunTask', { cluster, taskDefinition });
  return tasks[0].taskArn;
}

async function createService(serviceName: string, desiredCount: number): Promise<void> {
  await installation.call('CreateService', { cluster, serviceName, taskDefinition: 'sleep', desiredCount });
}

async function lastStatus(task: string): Promise<string> {
  const { tasks } = await installation.call('DescribeTasks', { cluster, tasks: [task] });
  return tasks[0].lastStatus;
}

/** The words of a waiter that met a state it can never leave for the one it waits for. */
const givenUp = (waiter: string, why: string) => new RegExp(`Waiter ${waiter} failed: .*${why}`, 's');

describe.concurrent('aws ecs wait', () => {
  it('tasks-running and tasks-stopped follow a task', async () => {
    const task = await runTask('sleep');
    await wait('tasks-running', [task]);
    expect(await lastStatus(task)).toBe('RUNNING');
    const stopped = wait('tasks-stopped', [task]);
    await installation.call('StopTask', { cluster, task });
    await stopped;
    expect(await lastStatus(task)).toBe('STOPPED');
    await expect(wait('tasks-running', [task])).rejects.toThrow(givenUp('TasksRunning', 'STOPPED'));
  });

  it('tasks-running gives up on a task that ended and on one that is not there', async () => {
    const task = await runTask('end');
    await installation.until('it ended', async () => (await lastStatus(task)) === 'STOPPED');
    await expect(wait('tasks-running', [task])).rejects.toThrow(givenUp('TasksRunning', 'STOPPED'));
    await expect(wait('tasks-running', [absentTask])).rejects.toThrow(givenUp('TasksRunning', 'MISSING'));
  });

  it('services-stable and services-inactive follow a service', async () => {
    await createService('web', 1);
    await wait('services-stable', ['web']);
    const { services } = await installation.call('DescribeServices', { cluster, services: ['web'] });
    expect(services).toMatchObject([{ runningCount: 1, desiredCount: 1, deployments: [{ status: 'PRIMARY' }] }]);
    await installation.call('DeleteService', { cluster, service: 'web', force: true });
    await wait('services-inactive', ['web']);
    await expect(wait('services-stable', ['web'])).rejects.toThrow(givenUp('ServicesStable', 'INACTIVE'));
  });

  it('services-stable and services-inactive give up on a service that is not there', async () => {
    await expect(wait('services-stable', ['none'])).rejects.toThrow(givenUp('ServicesStable', 'MISSING'));
    await expect(wait('services-inactive', ['none'])).rejects.toThrow(givenUp('ServicesInactive', 'MISSING'));
  });

  it('services-stable gives up on a service that drains', async () => {
    // Its task asks for longer to stop than the waiter takes to look.
    await installation.call('RegisterTaskDefinition', {
      family: 'stubborn',
      networkMode: 'host',
      containerDefinitions: [
        {
          name: 'main',
          image: testImage,
          memory: 32,
          command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
          stopTimeout: 60,
        },
      ],
    });
    await installation.call('CreateService', {
      cluster,
      serviceName: 'stubborn',
      taskDefinition: 'stubborn',
      desiredCount: 1,
    });
    await installation.until('it runs', async () => {
      const { services } = await installation.call('DescribeServices', { cluster, services: ['stubborn'] });
      return services[0].runningCount === 1;
    });
    await installation.call('DeleteService', { cluster, service: 'stubborn', force: true });
    await expect(wait('services-stable', ['stubborn'])).rejects.toThrow(givenUp('ServicesStable', 'DRAINING'));
  });
});

describe.concurrent('the SDK’s waiters', () => {
  const arn = (path: string) => `arn:aws:ecs:us-east-1:000000000000:${path}`;
  const briefly = { minDelay: 1, maxDelay: 1, maxWaitTime: 3 };
  const patiently = { minDelay: 1, maxDelay: 2, maxWaitTime: 120 };

  async function register(family: string): Promise<string> {
    const containerDefinitions = [{ name: 'main', image: testImage, memory: 32 }];
    await installation.call('RegisterDaemonTaskDefinition', { family, containerDefinitions });
    return `${family}:1`;
  }

  it('DaemonTaskDefinitionActive and Deleted follow a daemon task definition', async () => {
    const daemonTaskDefinition = await register('logs');
    ran.add('DaemonTaskDefinitionActive').add('DaemonTaskDefinitionDeleted');
    const active = await sdk.waitUntilDaemonTaskDefinitionActive({ client, ...briefly }, { daemonTaskDefinition });
    expect(active.state).toBe('SUCCESS');
    await expect(
      sdk.waitUntilDaemonTaskDefinitionDeleted({ client, ...briefly }, { daemonTaskDefinition }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    await installation.call('DeleteDaemonTaskDefinition', { daemonTaskDefinition });
    const given = sdk.waitUntilDaemonTaskDefinitionActive({ client, ...briefly }, { daemonTaskDefinition });
    await expect(given).rejects.toThrow(/FAILURE/);
    const deleted = await sdk.waitUntilDaemonTaskDefinitionDeleted({ client, ...patiently }, { daemonTaskDefinition });
    expect(deleted.state).toBe('SUCCESS');
  });

  it('TasksRunning, TasksStopped, ServicesStable and ServicesInactive agree with the CLI’s', async () => {
    const task = await runTask('sleep');
    const tasks = { cluster, tasks: [task] };
    expect((await sdk.waitUntilTasksRunning({ client, ...patiently }, tasks)).state).toBe('SUCCESS');
    await installation.call('StopTask', { cluster, task });
    expect((await sdk.waitUntilTasksStopped({ client, ...patiently }, tasks)).state).toBe('SUCCESS');
    await expect(sdk.waitUntilTasksRunning({ client, ...briefly }, tasks)).rejects.toThrow(/FAILURE/);
    await createService('empty', 0);
    const services = { cluster, services: ['empty'] };
    expect((await sdk.waitUntilServicesStable({ client, ...patiently }, services)).state).toBe('SUCCESS');
    await installation.call('DeleteService', { cluster, service: 'empty' });
    expect((await sdk.waitUntilServicesInactive({ client, ...patiently }, services)).state).toBe('SUCCESS');
    await expect(sdk.waitUntilServicesStable({ client, ...briefly }, services)).rejects.toThrow(/FAILURE/);
    const none = { cluster, services: ['none'] };
    await expect(sdk.waitUntilServicesInactive({ client, ...briefly }, none)).rejects.toThrow(/FAILURE/);
  });

  it('those of daemons end as docs/compat/expectations.json expects', async () => {
    const daemonArn = arn('daemon/waiting/logs');
    const daemonDeploymentArns = [arn('daemon-deployment/waiting/logs/abc')];
    const settled = await Promise.allSettled([
      sdk.waitUntilDaemonActive({ client, ...briefly }, { daemonArn }),
      sdk.waitUntilDaemonDeploymentSuccessful({ client, ...briefly }, { daemonDeploymentArns }),
      sdk.waitUntilDaemonDeploymentStopped({ client, ...briefly }, { daemonDeploymentArns }),
    ]);
    const names = ['DaemonActive', 'DaemonDeploymentSuccessful', 'DaemonDeploymentStopped'];
    const ends = settled.map((each) => (each.status === 'fulfilled' ? 'success' : (each.reason as Error).name));
    expect(Object.fromEntries(names.map((name, index) => [name, ends[index]]))).toEqual(
      Object.fromEntries(names.map((name) => [name, expected[name]?.ends ?? 'success'])),
    );
  });
});

it('every waiter of the SDK succeeded here, or is expected not to', () => {
  const all = Object.keys(sdk).flatMap((name) => /^waitUntil(\w+)$/.exec(name)?.[1] ?? []);
  expect(all.length).toBeGreaterThanOrEqual(9);
  expect(all.toSorted()).toEqual([...ran, ...Object.keys(expected)].toSorted());
});
