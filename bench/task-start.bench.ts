import type { DockerRuntime } from '#agent';
import { type Installation, testImage } from '../test/support/installation.ts';
import { against, type Benchmark, median, type Row, timed } from './benchmark.ts';
import { joinHost } from './joined-host.ts';
import { onPrivateInstallation } from './private-installation.ts';
import { startManyRaw, startRaw } from './raw-engine.ts';

const burst = 32;
const lanes = 4;
const lonelyRounds = 15;
const command = ['sleep', '3600'];

/**
 * RunTask sent to RUNNING on record, one-container host-mode tasks; the peer is the Engine's own create and start of the
 * same container, with the same number of lanes, in the same run.
 */
export const benchmark: Benchmark = {
  name: 'task start: RunTask to RUNNING, beside raw Engine create and start',
  run: () => onPrivateInstallation(['--no-node'], measure),
};

async function measure(installation: Installation, runtime: DockerRuntime): Promise<Row[]> {
  await joinHost(installation, 'bench');
  await installation.call('RegisterTaskDefinition', {
    family: 'bench',
    networkMode: 'host',
    containerDefinitions: [{ name: 'main', image: testImage, memory: 32, command, stopTimeout: 2 }],
  });
  await lonely(installation, runtime, 3);
  const rows = await lonely(installation, runtime, lonelyRounds);
  return [...rows, ...(await bursts(installation, runtime))];
}

async function lonely(installation: Installation, runtime: DockerRuntime, rounds: number): Promise<Row[]> {
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const asked = Date.now();
    const arns = await runTasks(installation, 1);
    ours.push((await startedAtMs(installation, arns)) - asked);
    await stopTasks(installation, arns);
    const container = await timed(() => startRaw(runtime, { name: String(round), command }));
    raw.push(container.ms);
    await runtime.removeContainer(container.value);
  }
  const added = median(ours) - median(raw);
  return [
    against(`one at a time, median of ${rounds}`, 'ms', median(ours), median(raw)),
    { what: 'added by Roadstead', value: added, unit: 'ms' },
  ];
}

async function bursts(installation: Installation, runtime: DockerRuntime): Promise<Row[]> {
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < 3; round++) {
    const started = await timed(() => runTasks(installation, burst));
    ours.push((burst / started.ms) * 1000);
    await stopTasks(installation, started.value);
    const wanted = Array.from({ length: burst }, (_, n) => ({ name: `${round}-burst-${n}`, command }));
    const containers = await timed(() => startManyRaw(runtime, wanted, lanes));
    raw.push((burst / containers.ms) * 1000);
    for (const id of containers.value) await runtime.removeContainer(id);
  }
  return [against(`${burst} tasks, ${lanes} lanes, best of 3`, 'tasks/s', Math.max(...ours), Math.max(...raw))];
}

async function runTasks(installation: Installation, count: number): Promise<string[]> {
  const arns: string[] = [];
  while (arns.length < count) {
    const input = { cluster: 'bench', taskDefinition: 'bench', count: Math.min(10, count - arns.length) };
    const { tasks } = await installation.call('RunTask', input);
    arns.push(...tasks.map((task: { taskArn: string }) => task.taskArn));
  }
  for (;;) {
    const { tasks } = await installation.call('DescribeTasks', { cluster: 'bench', tasks: arns });
    if (tasks.every((task: { lastStatus: string }) => task.lastStatus === 'RUNNING')) return arns;
    const stopped = tasks.find((task: { lastStatus: string }) => task.lastStatus === 'STOPPED');
    if (stopped !== undefined) throw new Error(stopped.stoppedReason);
    // Asking takes its share of two cores: not more often than needed.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** When the record turned RUNNING; it is answered only once it is durable. */
async function startedAtMs(installation: Installation, arns: readonly string[]): Promise<number> {
  const { tasks } = await installation.call('DescribeTasks', { cluster: 'bench', tasks: arns });
  return tasks[0].startedAt * 1000;
}

async function stopTasks(installation: Installation, arns: readonly string[]): Promise<void> {
  for (const task of arns) await installation.call('StopTask', { cluster: 'bench', task });
  await installation.until('all are stopped', async () => {
    const { tasks } = await installation.call('DescribeTasks', { cluster: 'bench', tasks: arns });
    return tasks.every((task: { lastStatus: string }) => task.lastStatus === 'STOPPED');
  });
}
