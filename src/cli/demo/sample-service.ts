import type * as EcsModule from '@aws-sdk/client-ecs';
import type { OutputOf } from '#wire/aws';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import { waitFor } from '../waiting.ts';
import type { SampleBalancer } from './sample-balancer.ts';
import { type SampleRevision, sampleContainer } from './sample-definition.ts';
import { samplePort } from './sample-image.ts';
import type { SampleNetwork } from './sample-network.ts';

type Ecs = typeof EcsModule;
type DescribedService = NonNullable<OutputOf<Ecs, 'DescribeServices'>['services']>[number];
export type DescribedTask = NonNullable<OutputOf<Ecs, 'DescribeTasks'>['tasks']>[number];

export const sampleCluster = 'demo';
export const sampleService = 'hello';
export const sampleCount = 3;

const runningTimeoutMs = 120_000;
const intervalMs = 100;
/** Failed tasks, none running, after which the demo gives up. */
const hopelessFailures = 2 * sampleCount;

/** What the service runs, where, and behind what. */
export interface SampleParts {
  readonly definition: SampleRevision;
  readonly network: SampleNetwork;
  readonly balancer: Pick<SampleBalancer, 'targetGroupArn'>;
}

/** Creates the service, or brings the one there is back to the sample's settings. */
export async function ensureService({ ecs }: ControlPlane, parts: SampleParts, say: Say): Promise<void> {
  const { definition, network, balancer } = parts;
  const { targetGroupArn } = balancer;
  await ecs('CreateCluster', { clusterName: sampleCluster });
  const found = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
  const service = found.services?.find(({ status }) => status === 'ACTIVE');
  const text = `service ${sampleService} in cluster ${sampleCluster}: ${sampleCount} tasks on Fargate`;
  const loadBalancers = [{ targetGroupArn, containerName: sampleContainer, containerPort: samplePort }];
  const awsvpcConfiguration = { subnets: [...network.subnetIds], securityGroups: [network.groupId] };
  const networkConfiguration = { awsvpcConfiguration };
  if (service !== undefined) {
    const isBehind = service.loadBalancers?.some((one) => one.targetGroupArn === targetGroupArn) === true;
    await ecs('UpdateService', {
      cluster: sampleCluster,
      service: sampleService,
      desiredCount: sampleCount,
      ...(service.taskDefinition === definition.arn ? {} : { taskDefinition: definition.arn }),
      // One of an earlier release has no load balancer.
      ...(isBehind ? {} : { loadBalancers, networkConfiguration }),
      // What kept it from running may be mended by now: a new deployment counts its failures afresh.
      ...(isHopeless(service) ? { forceNewDeployment: true } : {}),
    });
    say(`${text} (was there)`);
    return;
  }
  await ecs('CreateService', {
    cluster: sampleCluster,
    serviceName: sampleService,
    taskDefinition: definition.arn,
    desiredCount: sampleCount,
    launchType: 'FARGATE',
    loadBalancers,
    networkConfiguration,
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

export function shortTaskId(task: Pick<DescribedTask, 'taskArn'>): string {
  return lastSegment(task.taskArn ?? '').slice(0, 8);
}

function lastSegment(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
