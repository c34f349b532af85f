import type { DockerRuntime } from '#agent';
import { type Installation, testImage } from '../test/support/installation.ts';
import { type Benchmark, median, type Row } from './benchmark.ts';
import { onPrivateInstallation } from './private-installation.ts';

const rounds = 7;

/**
 * A container of a Fargate service is killed; until another task of the service is RUNNING. The peer is the Engine's own
 * floor in the same run: kill, wait for the end, create and start a container that joins an existing network.
 */
export const benchmark: Benchmark = {
  name: 'kill to replacement RUNNING',
  run: () => onPrivateInstallation([], measure),
};

async function measure(installation: Installation, runtime: DockerRuntime): Promise<Row[]> {
  await installation.call('CreateCluster', { clusterName: 'bench' });
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  await installation.call('RegisterTaskDefinition', {
    family: 'bench',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'main', image: testImage, command: ['sleep', '3600'] }],
  });
  await installation.call('CreateService', {
    cluster: 'bench',
    serviceName: 'bench',
    taskDefinition: 'bench',
    desiredCount: 3,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: { subnets: subnets.map((each: { subnetId: string }) => each.subnetId) },
    },
  });
  const running = async () => {
    const { taskArns } = await installation.call('ListTasks', { cluster: 'bench', serviceName: 'bench' });
    const { tasks } =
      taskArns.length === 0
        ? { tasks: [] }
        : await installation.call('DescribeTasks', { cluster: 'bench', tasks: taskArns });
    return tasks.filter((task: { lastStatus: string }) => task.lastStatus === 'RUNNING');
  };
  const times: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // A task that ran for only a moment is taken for one that crashes: give them time to be more than that.
    const before = await installation.until('all run for a while', async () => {
      const tasks = await running();
      const now = Date.now() / 1000;
      return tasks.length === 3 && tasks.every((task: { startedAt: number }) => now - task.startedAt > 15) && tasks;
    });
    const known = new Set(before.map((task: { taskArn: string }) => task.taskArn));
    const start = performance.now();
    await runtime.killContainer(before[0].containers[0].runtimeId, 'SIGKILL');
    await installation.until('a new one runs', async () =>
      (await running()).some((task: { taskArn: string }) => !known.has(task.taskArn)),
    );
    times.push(performance.now() - start);
    raw.push(await rawFloor(runtime, round));
  }
  return [
    {
      what: `replacement, median of ${rounds}`,
      value: median(times),
      unit: 'ms',
      peer: median(raw),
      ratio: median(times) / median(raw),
    },
    { what: 'fastest', value: Math.min(...times), unit: 'ms' },
  ];
}

async function rawFloor(runtime: DockerRuntime, round: number): Promise<number> {
  const body = { Image: testImage, Cmd: ['sleep', '3600'], Labels: {}, HostConfig: { NetworkMode: 'none' } };
  const name = `roadstead-bench-floor-${process.pid}-${round}`;
  const first = await runtime.createContainer(`${name}-a`, body);
  await runtime.startContainer(first);
  const start = performance.now();
  await runtime.killContainer(first, 'SIGKILL');
  const second = await runtime.createContainer(`${name}-b`, body);
  await runtime.startContainer(second);
  const ms = performance.now() - start;
  await runtime.removeContainer(first);
  await runtime.removeContainer(second);
  return ms;
}
