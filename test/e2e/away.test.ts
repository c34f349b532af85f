import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerRuntime } from '#agent';
import {
  type Answer,
  endProcess,
  engine,
  type Installation,
  startedInstallation,
  testImage,
} from '../support/installation.ts';

let installation: Installation;
let runtime: DockerRuntime;

beforeAll(async () => {
  runtime = engine();
  installation = await startedInstallation('--no-node');
  await installation.call('CreateCluster', { clusterName: 'away' });
  await installation.startAgent('away', 'ec2', {
    ECS_POLLING_METRICS_WAIT_DURATION: '5s',
    ECS_CONTAINER_STOP_TIMEOUT: '1s',
  });
  const app = { name: 'app', image: testImage, memory: 64, cpu: 64 };
  const busy = 'dd if=/dev/zero of=/tmp/fill bs=1M count=8; while true; do wget -qO- http://127.0.0.1:81; done';
  for (const [family, command] of Object.entries({ sleeps: 'exec sleep 1000', busy })) {
    const containerDefinitions = [{ ...app, command: ['sh', '-c', command] }];
    await installation.call('RegisterTaskDefinition', { family, networkMode: 'bridge', containerDefinitions });
  }
  await installation.until('the agent is connected', async () => {
    const { hosts } = await installation.call('DescribePlatform', {}, 'roadstead');
    return hosts.some(({ agentConnected }: Answer) => agentConnected);
  });
});

afterAll(async () => {
  runtime?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function run(taskDefinition: string): Promise<Answer> {
  const { tasks, failures } = await installation.call('RunTask', { cluster: 'away', taskDefinition });
  expect(failures).toEqual([]);
  return await reaches(tasks[0].taskArn, 'RUNNING');
}

function reaches(taskArn: string, lastStatus: string): Promise<Answer> {
  return installation.reaches(taskArn, lastStatus, 'away');
}

it('what containers use is known soon, and told by roadstead top', async () => {
  const [busy, sleeps] = [await run('busy'), await run('sleeps')];
  const top = async (): Promise<Answer> => {
    const { stdout } = await installation.roadstead('top', '--cluster', 'away', '--json');
    const tasks: Answer[] = JSON.parse(stdout).tasks;
    return (task: Answer) => tasks.find(({ taskArn }) => taskArn === task.taskArn)?.containers[0];
  };
  const used = await installation.until('both are known', async () => {
    const of = await top();
    return of(busy)?.cpuUnits !== undefined && of(sleeps)?.cpuUnits !== undefined && of;
  });
  expect(used(busy).cpuUnits.average).toBeGreaterThan(used(sleeps).cpuUnits.average + 50);
  expect(used(sleeps).memoryMiB.average).toBeGreaterThan(0);
  expect(used(sleeps).memoryMiB.maximum).toBeLessThan(64);
  expect(used(sleeps).rxBytesPerSecond.average).toBeGreaterThanOrEqual(0);
  for (const { taskArn } of [busy, sleeps]) {
    await installation.call('StopTask', { cluster: 'away', task: taskArn });
    await reaches(taskArn, 'STOPPED');
  }
});

it('what ends while the control plane is dead is told when it lives again, and the rest runs on', async () => {
  const [kept, killed] = [await run('sleeps'), await run('sleeps')];
  await endProcess(installation.pid('server'), 'SIGKILL');
  await runtime.killContainer(killed.containers[0].runtimeId, 'SIGKILL');
  const before = await runtime.inspectContainer(kept.containers[0].runtimeId);
  await installation.until('it has ended', async () => {
    const facts = await runtime.inspectContainer(killed.containers[0].runtimeId);
    return facts?.state === 'exited';
  });
  await installation.up('--no-node');
  const ended = await reaches(killed.taskArn, 'STOPPED');
  expect(ended).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137 }] });
  expect(ended.executionStoppedAt).toBeLessThanOrEqual(ended.stoppedAt);
  const { events } = await installation.call('ListEvents', {}, 'roadstead');
  const stops = events
    .map(({ detail }: Answer) => JSON.parse(detail))
    .filter(({ taskArn, lastStatus }: Answer) => taskArn === killed.taskArn && lastStatus === 'STOPPED');
  expect(stops).toHaveLength(1);
  expect((await reaches(kept.taskArn, 'RUNNING')).containers[0].runtimeId).toBe(kept.containers[0].runtimeId);
  expect(await runtime.inspectContainer(kept.containers[0].runtimeId)).toEqual(before);
});
