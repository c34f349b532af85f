import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DockerRuntime } from '#agent';
import { integerBelow, SeededRandom } from '#base';
import {
  type Answer,
  endProcess,
  engine,
  type Installation,
  startedInstallation,
  testImage,
} from '../support/installation.ts';

/**
 * Namespaces that are made before their tasks: what is inside such a task, what becomes of them when the agent is
 * killed, and that none is left. All that is looked at is this installation's.
 */
const most = 5;
const seed = Number(process.env['ROADSTEAD_CHURN_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const killRounds = 6;
const spareLabel = 'roadstead.spare-sandbox';

let installation: Installation;
let runtime: DockerRuntime;
let subnet = '';
let agentPid = 0;
let instanceArn = '';

beforeAll(async () => {
  runtime = engine();
  installation = await startedInstallation('--no-node');
  await installation.call('CreateCluster', { clusterName: 'yard' });
  await startAgent();
  subnet = /ROADSTEAD_SUBNETS='?([^'\s,]+)/.exec((await installation.roadstead('env')).stdout)?.[1] ?? '';
  for (const [family, command] of [
    ['facts', ['sh', '-c', `${facts}; sleep 3600`]],
    ['web', ['httpd', '-f', '-p', '80', '-h', '/etc']],
  ] as const) {
    await installation.call('RegisterTaskDefinition', {
      family,
      networkMode: 'awsvpc',
      cpu: '128',
      memory: '64',
      containerDefinitions: [{ name: 'main', image: testImage, command, stopTimeout: 2 }],
    });
  }
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  runtime?.close();
});

async function startAgent(): Promise<void> {
  agentPid = await installation.startAgent('yard', 'ec2', { ROADSTEAD_WARM_SANDBOXES: String(most) });
  instanceArn = await installation.until('the instance is connected', async () => {
    const filter = 'agentConnected == true';
    const { containerInstanceArns } = await installation.call('ListContainerInstances', { cluster: 'yard', filter });
    return containerInstanceArns[0];
  });
}

async function run(family: string, count = 1): Promise<string[]> {
  const { tasks, failures } = await installation.call('RunTask', {
    cluster: 'yard',
    taskDefinition: family,
    count,
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
  });
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return tasks.map((task: Answer) => task.taskArn);
}

async function tasksOf(arns: readonly string[]): Promise<Answer[]> {
  return (await installation.call('DescribeTasks', { cluster: 'yard', tasks: arns })).tasks;
}

/** The tasks, once all are there; fails with the reason of one that stopped instead. */
async function reached(arns: readonly string[], status: 'RUNNING' | 'STOPPED'): Promise<Answer[]> {
  return installation.until(`${arns.length} ${status}`, async () => {
    const tasks = await tasksOf(arns);
    const stopped = tasks.find((task) => task.lastStatus === 'STOPPED' && status === 'RUNNING');
    if (stopped !== undefined) throw new Error(stopped.stoppedReason);
    return tasks.every((task) => task.lastStatus === status) ? tasks : undefined;
  });
}

async function stop(arns: readonly string[]): Promise<void> {
  for (const task of arns) await installation.call('StopTask', { cluster: 'yard', task });
  await reached(arns, 'STOPPED');
}

function addressOf(task: Answer): string {
  return task.attachments[0].details.find((each: Answer) => each.name === 'privateIPv4Address').value;
}

/** The container that holds a task's namespace. */
function holderOf(task: Answer): string {
  const mode = inspected(task.containers[0].runtimeId).HostConfig.NetworkMode as string;
  return mode.replace('container:', '');
}

function inspected(id: string): Answer {
  return JSON.parse(execFileSync('docker', ['inspect', id], { encoding: 'utf8', stdio: 'pipe' }))[0];
}

async function ours(): Promise<Answer[]> {
  return [...(await runtime.listContainers([`roadstead.container-instance-arn=${instanceArn}`]))];
}

/** Fails for one that does not run. */
function linksOf(id: string): string {
  return readFileSync(`/proc/${inspected(id).State.Pid}/net/dev`, 'utf8');
}

/** Ids of spares that no task has, given the running tasks. */
async function spares(tasks: readonly Answer[] = []): Promise<string[]> {
  const taken = new Set(tasks.map(holderOf));
  const all = await ours();
  return all
    .filter(({ id, labels, state }) => spareLabel in labels && state === 'running' && !taken.has(id))
    .map(({ id }) => id);
}

async function sparesFor(count: number, tasks: readonly Answer[]): Promise<string[]> {
  return installation.until(`${count} spares`, async () => {
    const found = await spares(tasks);
    expect(found.length).toBeLessThanOrEqual(most);
    return found.length >= count ? found : undefined;
  });
}

/** Everything that a process can tell its sandbox by. */
const facts = [
  'echo "hostname: $(hostname)"',
  'cat /etc/hostname /etc/hosts /etc/resolv.conf',
  'cat /proc/self/cgroup',
  'cat /proc/1/cgroup',
  'ip -o addr',
  'ip route',
  'ip neigh',
  'sysctl -a 2>/dev/null | grep -E "^(net|kernel)[.]" | grep -vE "random|ns_last_pid|pty.nr|ipc_|netfilter.nf_conntrack_count|inode|dentry"',
  'cat /proc/self/mountinfo | cut -d" " -f4-',
  'grep -E "Cap|Seccomp|NoNewPrivs|Groups|Uid" /proc/self/status',
  'cat /proc/self/oom_score_adj /proc/self/limits',
  'ls -l /proc/self/ns | wc -l',
  'ps -o pid,args | grep -v ps',
  'env | sort',
  'echo the end',
].join('; ');

/** What a task printed, with what is its own by right replaced. */
async function printed(task: Answer): Promise<string> {
  const { containerArn, runtimeId } = task.containers[0];
  const text = await installation.until('the facts', async () => {
    const out = execFileSync('docker', ['logs', runtimeId], { encoding: 'utf8' });
    return out.includes('the end') ? out : undefined;
  });
  const eni = task.attachments[0].details.find((each: Answer) => each.name === 'macAddress').value;
  const address = addressOf(task);
  return text
    .replaceAll(address, 'ADDRESS')
    .replaceAll(address.replaceAll('.', '-'), 'DASHED')
    .replaceAll(eni, 'MAC')
    .replaceAll(task.taskArn.split('/').at(-1), 'TASK')
    .replaceAll(containerArn.split('/').at(-1), 'CONTAINER')
    .replaceAll(/[0-9a-f]{64}/g, 'ID')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'UUID')
    .replaceAll(/overlay2\/l\/[A-Z0-9]{26}/g, 'LAYER')
    .replaceAll(/eth0@if\d+/g, 'eth0@if')
    .replaceAll(/(master|shared|peer_group|propagate_from):\d+/g, '$1');
}

describe('a task in a namespace that was there before it', () => {
  it('is inside as any other', async () => {
    const [cold] = await reached(await run('facts'), 'RUNNING');
    expect(inspected(holderOf(cold)).Config.Labels).not.toHaveProperty(spareLabel);
    const ready = await sparesFor(1, [cold]);
    const [warm] = await reached(await run('facts'), 'RUNNING');
    expect(ready).toContain(holderOf(warm));
    const [seen, expected] = [await printed(warm), await printed(cold)];
    expect(seen.split('\n')).toEqual(expected.split('\n'));
    expect(seen).toContain('hostname: ip-DASHED.ec2.internal');
    expect(seen.length).toBeGreaterThan(2000);
    await stop([cold.taskArn, warm.taskArn]);
    await expect(runtime.inspectContainer(holderOf(warm))).resolves.toBeUndefined();
  });

  it('answers at its address, beside others', async () => {
    const tasks = await reached(await run('web', 3), 'RUNNING');
    for (const task of tasks) {
      const response = await fetch(`http://${addressOf(task)}/hostname`, { signal: AbortSignal.timeout(5_000) });
      expect((await response.text()).trim()).toBe(`ip-${addressOf(task).replaceAll('.', '-')}.ec2.internal`);
    }
    expect(new Set(tasks.map(holderOf)).size).toBe(3);
    await stop(tasks.map((task) => task.taskArn));
  });
});

describe('when the agent is killed', () => {
  it('takes up what there is, and uses it', async () => {
    const tasks = await reached(await run('web', 2), 'RUNNING');
    const before = await sparesFor(2, tasks);
    await endProcess(agentPid, 'SIGKILL');
    await startAgent();
    const [next] = await reached(await run('web'), 'RUNNING');
    expect(before).toContain(holderOf(next));
    const after = await spares([...tasks, next]);
    expect(after.some((id) => before.includes(id))).toBe(true);
    expect(
      await reached(
        tasks.map((task) => task.taskArn),
        'RUNNING',
      ),
    ).toHaveLength(2);
    await stop([...tasks, next].map((task) => task.taskArn));
  });

  it(`at any moment, nothing is left or shared (seed ${seed})`, async () => {
    const random = new SeededRandom(seed);
    for (let round = 0; round < killRounds; round++) {
      const arns = await run('web', 3);
      await new Promise((resolve) => setTimeout(resolve, integerBelow(random, 700)));
      await endProcess(agentPid, 'SIGKILL');
      await startAgent();
      const tasks = await reached(arns, 'RUNNING');
      expect(new Set(tasks.map(holderOf)).size).toBe(3);
      for (const task of tasks) {
        const response = await fetch(`http://${addressOf(task)}/hostname`, { signal: AbortSignal.timeout(5_000) });
        expect((await response.text()).trim()).toContain(addressOf(task).replaceAll('.', '-'));
      }
      await stop(arns);
    }
    await installation.until('every holder is a spare, with no interface but its own lo', async () => {
      const found = (await ours()).filter(({ labels }) => labels['com.amazonaws.ecs.container-name'] !== 'main');
      const spare = found.every(({ id, labels }) => spareLabel in labels && !linksOf(id).includes('eth0'));
      return spare && found.length > 0 && found.length <= most;
    });
  });

  it('in good order, no spare is left', async () => {
    await endProcess(agentPid, 'SIGTERM');
    expect((await ours()).filter(({ labels }) => spareLabel in labels)).toEqual([]);
  });
});
