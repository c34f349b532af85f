import type * as EcsModule from '@aws-sdk/client-ecs';
import { elapsedMs, Fault } from '#base';
import type { InputOf, OutputOf } from '#wire/aws';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import { waitFor } from '../waiting.ts';
import { sampleImage, samplePort } from './sample-image.ts';

type Ecs = typeof EcsModule;
type DescribedService = NonNullable<OutputOf<Ecs, 'DescribeServices'>['services']>[number];
export type DescribedTask = NonNullable<OutputOf<Ecs, 'DescribeTasks'>['tasks']>[number];

export const sampleCluster = 'demo';
export const sampleService = 'hello';
const sampleFamily = 'hello';
const sampleContainer = 'web';
export const sampleCount = 3;

const runningTimeoutMs = 120_000;
const stoppedTimeoutMs = 120_000;
const answerTimeoutMs = 20_000;
const intervalMs = 100;
/** Failed tasks, none running, after which the demo gives up. */
const hopelessFailures = 2 * sampleCount;

/** The task definition of the sample: a quarter of a core and its own network interface. */
export function sampleDefinition(): InputOf<Ecs, 'RegisterTaskDefinition'> {
  return {
    family: sampleFamily,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: sampleContainer,
        image: sampleImage,
        essential: true,
        portMappings: [{ containerPort: samplePort, protocol: 'tcp' }],
      },
    ],
  };
}

/** The newest revision if it is this sample, else a new one; its ARN. */
export async function ensureDefinition({ ecs }: ControlPlane, say: Say): Promise<string> {
  const { taskDefinitionArns } = await ecs('ListTaskDefinitions', {
    familyPrefix: sampleFamily,
    status: 'ACTIVE',
    sort: 'DESC',
    maxResults: 1,
  });
  const newest = taskDefinitionArns?.[0];
  if (newest !== undefined) {
    const { taskDefinition } = await ecs('DescribeTaskDefinition', { taskDefinition: newest });
    const containers = taskDefinition?.containerDefinitions ?? [];
    if (containers.length === 1 && containers[0]?.image === sampleImage && containers[0].name === sampleContainer) {
      say(lastSegment(newest));
      return newest;
    }
  }
  const { taskDefinition } = await ecs('RegisterTaskDefinition', sampleDefinition());
  const arn = taskDefinition?.taskDefinitionArn ?? '';
  say(lastSegment(arn));
  return arn;
}

/** Creates the service, or brings the one there is back to the sample's definition and count. */
export async function ensureService(controlPlane: ControlPlane, taskDefinition: string, say: Say): Promise<void> {
  const { ecs, roadstead } = controlPlane;
  await ecs('CreateCluster', { clusterName: sampleCluster });
  const found = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
  const service = found.services?.find(({ status }) => status === 'ACTIVE');
  const text = `service ${sampleService} in cluster ${sampleCluster}: ${sampleCount} tasks on Fargate`;
  if (service !== undefined) {
    await ecs('UpdateService', {
      cluster: sampleCluster,
      service: sampleService,
      desiredCount: sampleCount,
      ...(service.taskDefinition === taskDefinition ? {} : { taskDefinition }),
      // What kept it from running may be mended by now: a new deployment counts its failures afresh.
      ...(isHopeless(service) ? { forceNewDeployment: true } : {}),
    });
    say(`${text} (was there)`);
    return;
  }
  const { subnets, securityGroups } = await roadstead('DescribeNetwork', {});
  const group = securityGroups.find(({ groupName }) => groupName === 'default');
  await ecs('CreateService', {
    cluster: sampleCluster,
    serviceName: sampleService,
    taskDefinition,
    desiredCount: sampleCount,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: subnets.map(({ subnetId }) => subnetId),
        ...(group === undefined ? {} : { securityGroups: [group.groupId] }),
      },
    },
  });
  say(text);
}

/** The service's tasks that are meant to run, oldest first. */
export async function listTasks({ ecs }: ControlPlane): Promise<DescribedTask[]> {
  const listed = await ecs('ListTasks', {
    cluster: sampleCluster,
    serviceName: sampleService,
    desiredStatus: 'RUNNING',
  });
  const tasks = listed.taskArns ?? [];
  if (tasks.length === 0) return [];
  const described = await ecs('DescribeTasks', { cluster: sampleCluster, tasks });
  const found = [...(described.tasks ?? [])];
  return found.sort((a, b) => Number(a.createdAt ?? 0) - Number(b.createdAt ?? 0));
}

/** Waits until exactly the wanted number of tasks runs, telling how far it is. */
export async function waitForTasks(
  { deps }: Invocation,
  controlPlane: ControlPlane,
  say: Say,
  accept: (running: readonly DescribedTask[]) => boolean = () => true,
): Promise<DescribedTask[]> {
  const wait = { timeoutMs: runningTimeoutMs, intervalMs, signal: deps.signal };
  let counts = '';
  const outcome = await waitFor<readonly DescribedTask[] | 'failing'>(deps.clock, wait, async () => {
    const tasks = await listTasks(controlPlane);
    counts = statusCounts(tasks);
    say(counts);
    const up = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
    if (up.length === sampleCount && tasks.length === sampleCount && accept(up)) return up;
    return up.length === 0 && (await keepsFailing(controlPlane)) ? 'failing' : undefined;
  });
  if (outcome !== undefined && outcome !== 'failing') return [...outcome];
  throw new Failure(`the tasks of service ${sampleService} are not all running`, {
    exitCode: exitCodes.deploymentFailed,
    why: [counts, ...(await latestReasons(controlPlane))].filter((line) => line !== '').join('\n'),
    next: 'roadstead status shows the events; the log files are in the data directory',
  });
}

/** Whether so many tasks have failed that waiting on makes no sense. */
async function keepsFailing({ ecs }: ControlPlane): Promise<boolean> {
  const { services } = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
  return services?.[0] !== undefined && isHopeless(services[0]);
}

function isHopeless(service: DescribedService): boolean {
  const deployment = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return deployment?.rolloutState === 'FAILED' || (deployment?.failedTasks ?? 0) >= hopelessFailures;
}

function statusCounts(tasks: readonly DescribedTask[]): string {
  const counts = new Map<string, number>();
  for (const { lastStatus } of tasks) counts.set(lastStatus ?? '', (counts.get(lastStatus ?? '') ?? 0) + 1);
  const running = `${counts.get('RUNNING') ?? 0}/${sampleCount} running`;
  counts.delete('RUNNING');
  return [running, ...[...counts].map(([status, count]) => `${count} ${status.toLowerCase()}`)].join(', ');
}

/** Why tasks stopped, and what the service says. */
async function latestReasons({ ecs }: ControlPlane): Promise<string[]> {
  const listed = await ecs('ListTasks', {
    cluster: sampleCluster,
    serviceName: sampleService,
    desiredStatus: 'STOPPED',
  });
  const tasks = (listed.taskArns ?? []).slice(0, 3);
  const stopped = tasks.length === 0 ? undefined : await ecs('DescribeTasks', { cluster: sampleCluster, tasks });
  const { services } = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
  return [
    ...(stopped?.tasks ?? []).map(
      (task) => `task ${shortTaskId(task)} stopped: ${task.stoppedReason ?? 'no reason given'}`,
    ),
    ...(services?.[0]?.events ?? []).slice(0, 3).map(({ message }) => message ?? ''),
  ];
}

/** One answered call of a task. */
export interface TaskAnswer {
  readonly taskArn: string;
  readonly url: string;
  readonly body: string;
  readonly milliseconds: number;
}

/** A task that was said to run has ended: after a restart the control plane may learn of an end late. */
export class TaskEnded extends Error {
  override readonly name = 'TaskEnded';
}

/**
 * Calls a task at its own address until it answers; a task is RUNNING a moment before its server listens. Throws
 * TaskEnded when it does not run any more.
 */
export async function callTask(
  { deps }: Invocation,
  controlPlane: ControlPlane,
  task: DescribedTask,
): Promise<TaskAnswer> {
  const { clock, http, signal } = deps;
  const address = privateAddress(task);
  if (address === undefined) throw new Failure(`task ${shortTaskId(task)} has no address of its own`);
  const url = `http://${address}:${samplePort}/`;
  let problem = '';
  const answer = await waitFor(clock, { timeoutMs: answerTimeoutMs, intervalMs: 50, signal }, async () => {
    try {
      const sentAt = clock.now();
      const response = await http.send({ method: 'GET', url, timeoutMs: 2_000, signal });
      const body = new TextDecoder().decode(response.body).trim();
      problem = `answered ${response.status}: ${body.slice(0, 200)}`;
      const right = response.status === 200 && body.startsWith('hello from ');
      if (right) return { body, milliseconds: elapsedMs(sentAt, clock.now()) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problem = error.message;
    }
    const tasks = await listTasks(controlPlane);
    if (tasks.some(({ taskArn, lastStatus }) => taskArn === task.taskArn && lastStatus === 'RUNNING')) return undefined;
    throw new TaskEnded(`task ${shortTaskId(task)} has ended`);
  });
  if (answer === undefined) {
    throw new Failure(`task ${shortTaskId(task)} does not answer at ${url}`, {
      exitCode: exitCodes.timedOut,
      why: problem,
      next: 'roadstead doctor checks the network of this machine',
    });
  }
  return { taskArn: task.taskArn ?? '', url, ...answer };
}

/** The address of a task's own network interface. */
export function privateAddress(task: DescribedTask): string | undefined {
  const details = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface')?.details;
  return details?.find(({ name }) => name === 'privateIPv4Address')?.value;
}

export function shortTaskId(task: Pick<DescribedTask, 'taskArn'>): string {
  return lastSegment(task.taskArn ?? '').slice(0, 8);
}

/** Deletes what the demo made in the control plane, and waits until its tasks are gone. */
export async function removeSample({ deps }: Invocation, controlPlane: ControlPlane, say: Say): Promise<void> {
  const { ecs } = controlPlane;
  const { clusters } = await ecs('DescribeClusters', { clusters: [sampleCluster] });
  if (clusters?.some(({ status }) => status === 'ACTIVE') === true) {
    const found = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
    if (found.services?.some(({ status }) => status === 'ACTIVE') === true) {
      await ecs('DeleteService', { cluster: sampleCluster, service: sampleService, force: true });
    }
    const wait = { timeoutMs: stoppedTimeoutMs, intervalMs, signal: deps.signal };
    if ((await waitFor(deps.clock, wait, () => tryDeleteCluster(controlPlane, say))) === undefined) {
      throw new Failure('the tasks of the sample do not stop', {
        exitCode: exitCodes.timedOut,
        next: 'roadstead down --tasks removes them in any case',
      });
    }
  }
  await removeDefinitions(controlPlane);
  say(`service ${sampleService}, cluster ${sampleCluster} and task definition ${sampleFamily} deleted`);
}

/** `undefined` while tasks are still on their way out: then the cluster cannot go either. */
async function tryDeleteCluster({ ecs }: ControlPlane, say: Say): Promise<true | undefined> {
  try {
    await ecs('DeleteCluster', { cluster: sampleCluster });
    return true;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ClusterContainsTasksException') throw error;
    say('waiting for its tasks to stop');
    return undefined;
  }
}

/** Deletes the sample's revisions; those of somebody else's family of the same name stay. */
async function removeDefinitions({ ecs }: ControlPlane): Promise<void> {
  const { taskDefinitionArns } = await ecs('ListTaskDefinitions', { familyPrefix: sampleFamily, status: 'ACTIVE' });
  for (const arn of taskDefinitionArns ?? []) {
    const { taskDefinition } = await ecs('DescribeTaskDefinition', { taskDefinition: arn });
    if (taskDefinition?.containerDefinitions?.[0]?.image !== sampleImage) continue;
    await ecs('DeregisterTaskDefinition', { taskDefinition: arn });
    await ecs('DeleteTaskDefinitions', { taskDefinitions: [arn] });
  }
}

function lastSegment(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
