import { readFileSync } from 'node:fs';
import { type DockerRuntime, StateFiles } from '#agent';
import { silentLogger } from '#base';
import { Fabric, SystemCommands } from '#dataplane/fabric';
import { MemoryStateStore } from '../src/agent/state/store.ts';
import { TaskEngine } from '../src/agent/task/engine.ts';
import { installationPaths } from '../src/cli/installation.ts';
import { SystemRandom } from '../src/main/system.ts';
import { endProcess, type Installation, testImage } from '../test/support/installation.ts';
import { against, type Benchmark, median, type Row, timed } from './benchmark.ts';
import { joinHost } from './joined-host.ts';
import { onPrivateInstallation } from './private-installation.ts';

/** Of an application and a namespace holder each. */
const tasks = 150;
/** How long the agent has nothing to do before it is looked at, and while it is, ms. */
const settleMs = 30_000;
const idleMs = 60_000;
const passes = 15;

/**
 * An agent with 300 running containers and nothing to do: its processor time and memory, and one pass that compares the
 * engine's containers, the host's devices and rules with what is known; the peer is the engine's bare list of them.
 */
export const benchmark: Benchmark = {
  name: 'density: an agent with 300 running containers',
  run: () => onPrivateInstallation(['--no-node'], measure),
};

async function measure(installation: Installation, runtime: DockerRuntime): Promise<Row[]> {
  const pid = await fill(installation);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const before = processorMs(pid);
  const idle = await timed(() => new Promise((resolve) => setTimeout(resolve, idleMs)));
  const usedMs = processorMs(pid) - before;
  const residentMiB = residentKb(pid) / 1024;
  await endProcess(pid, 'SIGKILL');
  return [
    ...(await comparePasses(installation, runtime)),
    { what: 'idle agent, of one core', value: (usedMs / idle.ms) * 100, unit: '%' },
    { what: 'agent, resident', value: residentMiB, unit: 'MiB' },
  ];
}

/** Starts the tasks on a host of their own; gives the agent's pid. */
async function fill(installation: Installation): Promise<number> {
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  await installation.call('RegisterTaskDefinition', {
    family: 'bench',
    networkMode: 'awsvpc',
    containerDefinitions: [{ name: 'main', image: testImage, memory: 8, command: ['sleep', '3600'], stopTimeout: 2 }],
  });
  const { pid } = await joinHost(installation, 'bench');
  for (let left = tasks; left > 0; left -= 10) {
    const { failures } = await installation.call('RunTask', {
      cluster: 'bench',
      taskDefinition: 'bench',
      count: Math.min(10, left),
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnets[0].subnetId] } },
    });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
  }
  const isFull = async (): Promise<boolean> => {
    const { clusters } = await installation.call('DescribeClusters', { clusters: ['bench'] });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return clusters[0].runningTasksCount === tasks;
  };
  await installation.until('all tasks run', isFull, 300_000);
  return pid;
}

/** An agent's engine over the same containers and the same memory of them; alternating with the bare list. */
async function comparePasses(installation: Installation, runtime: DockerRuntime): Promise<Row[]> {
  const { agent: directory } = installationPaths(`${installation.dataDir}-bench`);
  const saved = await new StateFiles({ directory }).load();
  const containerInstanceArn = saved.identity?.containerInstanceArn ?? '';
  const label = `roadstead.container-instance-arn=${containerInstanceArn}`;
  const network = new Fabric(
    { owner: `roadstead:${directory}` },
    { commands: new SystemCommands(), log: silentLogger },
  );
  const info = await runtime.info();
  const engine = new TaskEngine(
    {
      containerInstanceArn,
      cluster: 'bench',
      region: 'us-east-1',
      stopTimeoutMs: 2000,
      createTimeoutMs: 60_000,
      startTimeoutMs: 60_000,
      architecture: info.architecture,
      endpoints: false,
      routersAsync: true,
      capacity: { cpuUnits: info.cpuCount * 1024, memoryMiB: info.memoryBytes / 1024 ** 2 },
      images: { behaviour: 'prefer-cached' },
      portRange: { first: 49_153, last: 65_535 },
      startLanes: 4,
      cleanupWaitMs: 600_000,
      warmSandboxes: 16,
    },
    {
      runtime,
      state: new MemoryStateStore(),
      clock: installation.clock,
      random: new SystemRandom(),
      log: silentLogger,
      portProbe: { isFree: async () => true },
      network,
      onReport: () => {},
      onHealth: () => {},
      onEngineLost: () => {},
    },
  );
  engine.restore(saved);
  await engine.resync(label);
  const isAttached = async (): Promise<boolean> =>
    [...engine.tasks].every(({ reached, networkAttached }) => reached !== 'RUNNING' || networkAttached);
  await installation.until('interfaces are set again', isAttached);
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let pass = 0; pass < passes; pass++) {
    bare.push((await timed(() => runtime.listContainers([label]))).ms);
    ours.push((await timed(() => engine.resync(label))).ms);
  }
  const listed = (await runtime.listContainers([label])).filter(({ state }) => state === 'running').length;
  await engine.close(5000);
  if (listed < 2 * tasks) throw new Error(`only ${listed} containers run`);
  return [
    against(`one pass, median of ${passes}`, 'ms', median(ours), median(bare)),
    { what: 'running containers', value: listed, unit: '' },
  ];
}

/** Of user and kernel, as the kernel counts them: in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
