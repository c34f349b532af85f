import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '#base';
import { applyTaskReport, requestStop, type Task, type TaskReport } from '#model';
import { SimulatedAgent } from '../../test/support/simulated-agent.ts';
import { loopback } from '../../test/support/simulated-agent-loopback.ts';
import type { AgentBehaviour } from '../../test/support/simulated-agent-options.ts';
import { ControlPlane, principal } from './test-support/control-plane.ts';
import { definition, hostArn, instance, placedTask, startedAt } from './test-support/records.ts';

let plane: ControlPlane;
let agent: SimulatedAgent;
let reports: number;

const check = { command: ['CMD-SHELL', 'true'] };
const of = definition({
  taskRoleArn: 'app',
  containerDefinitions: [
    { name: 'app', image: 'nginx:1', memory: 256, essential: true, healthCheck: check },
    { name: 'side', image: 'side:1', memory: 64, essential: false },
  ],
});
const userStop = { stopCode: 'UserInitiated', reason: 'enough', at: startedAt } as const;

beforeEach(async () => {
  plane = await ControlPlane.start();
  reports = 0;
  agent = newAgent(1);
});

afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

function newAgent(seed: number, behaviour: Partial<AgentBehaviour> = {}): SimulatedAgent {
  const { clock } = plane;
  return new SimulatedAgent(
    { cpuUnits: 4096, memoryMiB: 8192, behaviour },
    {
      clock,
      random: new SeededRandom(seed),
      call: (operation, input) => call(operation, input as Readonly<Record<string, unknown>>),
      connect: loopback({ principal }, { clock, dispatcher: () => plane.dispatcher }),
    },
  );
}

/** The two operations an agent needs, reduced to what they store. */
async function call(operation: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  if (operation === 'RegisterContainerInstance') {
    await plane.store.update('dispatch', (tx) => {
      if (!tx.containerInstances.has(hostArn)) tx.containerInstances.put(instance());
    });
    return { containerInstance: { containerInstanceArn: hostArn } };
  }
  reports++;
  const said = input['containers'] as readonly (Omit<TaskReport['containers'][number], 'name'> & {
    readonly containerName: string;
  })[];
  const containers = said.map(({ containerName, ...rest }) => ({ name: containerName, ...rest }));
  const report = { ...input, containers } as unknown as TaskReport;
  await plane.store.update('dispatch', (tx) => {
    const stored = tx.tasks.find(input['task'] as string);
    if (stored !== undefined) tx.tasks.put(applyTaskReport(stored, report, plane.now));
  });
  return { acknowledgment: 'ok' };
}

async function newTask(): Promise<Task> {
  const task = placedTask(of, plane.ids);
  await plane.addTasks(of, task);
  return task;
}

const stored = (task: Task): Task => plane.store.view.tasks.get(task.taskArn);

describe('a simulated agent', () => {
  it('registers, connects, and takes a task from PENDING to RUNNING, HEALTHY and STOPPED', async () => {
    agent.start();
    await plane.pass(1_000);
    expect([agent.connected, plane.instance.agentConnected]).toEqual([true, true]);
    const task = await newTask();
    await plane.pass(3_000);
    expect(stored(task)).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });
    expect(agent.runningTasks).toEqual([task.taskArn]);
    expect(agent.credentials.size).toBe(1);
    await plane.changeTask(task.taskArn, 'api', (one) => requestStop(one, userStop));
    await plane.pass(3_000);
    expect(stored(task)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    expect(stored(task).containers.map((container) => container.exitCode)).toEqual([143, 143]);
    expect(agent.runningTasks).toEqual([]);
  });

  it('keeps its tasks through a crash, and gets credentials again', async () => {
    agent.start();
    const task = await newTask();
    await plane.pass(3_000);
    agent.crash();
    await plane.pass(60_000);
    expect([plane.instance.agentConnected, stored(task).lastStatus]).toEqual([false, 'RUNNING']);
    expect([agent.runningTasks.length, agent.credentials.size]).toEqual([1, 0]);
    agent.start();
    await plane.pass(3_000);
    expect([plane.instance.agentConnected, stored(task).lastStatus]).toEqual([true, 'RUNNING']);
    expect([agent.runningTasks.length, agent.credentials.size]).toEqual([1, 1]);
  });

  it('hears on its return what it missed while its network was gone', async () => {
    agent.start();
    const [first, second] = [await newTask(), await newTask()];
    await plane.pass(3_000);
    agent.disconnect(30_000);
    await plane.changeTask(first.taskArn, 'api', (one) => requestStop(one, userStop));
    const third = await newTask();
    await plane.pass(20_000);
    expect(stored(first).lastStatus).toBe('STOPPING');
    await plane.pass(20_000);
    expect([first, second, third].map((task) => stored(task).lastStatus)).toEqual(['STOPPED', 'RUNNING', 'RUNNING']);
  });

  it('stops what the control plane forgot, once that says so', async () => {
    agent.start();
    const task = await newTask();
    await plane.pass(3_000);
    await plane.changeTask(task.taskArn, 'instances', (one) => ({
      ...requestStop(one, userStop),
      agentStatus: 'STOPPED',
      lastStatus: 'STOPPED',
    }));
    await plane.pass(3_000);
    expect(agent.runningTasks).toEqual([task.taskArn]);
    agent.crash();
    agent.start();
    await plane.pass(3_000);
    expect(agent.runningTasks).toEqual([]);
  });

  it('reports containers that end, vanish or never start', async () => {
    const missing = 'CannotPullContainerError: no such image';
    agent.start();
    const [exits, sidecar] = [await newTask(), await newTask()];
    await plane.pass(3_000);
    agent.tasks.get(exits.taskArn)?.exit('app', 3);
    agent.tasks.get(sidecar.taskArn)?.exit('side', 0);
    await plane.pass(3_000);
    expect(stored(exits)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
    expect(stored(exits).containers[0]).toMatchObject({ exitCode: 3 });
    expect(stored(sidecar)).toMatchObject({ lastStatus: 'RUNNING', containers: [{}, { exitCode: 0 }] });
    agent.behaviour = { ...agent.behaviour, pullError: (image) => (image === 'nginx:1' ? missing : undefined) };
    const fails = await newTask();
    agent.loseContainers();
    await plane.pass(3_000);
    expect(stored(fails)).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: missing });
    expect(stored(sidecar)).toMatchObject({ lastStatus: 'STOPPED' });
  });

  it('converges though acknowledgments are lost and reports come twice', async () => {
    agent = newAgent(2, { losesAckPercent: 50, repeatPercent: 100, reportMs: [0, 5_000] });
    agent.start();
    const tasks = [];
    for (let i = 0; i < 10; i++) tasks.push(await newTask());
    await plane.pass(30_000);
    expect(tasks.map((task) => stored(task).lastStatus)).toEqual(tasks.map(() => 'RUNNING'));
    expect(reports).toBeGreaterThanOrEqual(20);
    for (const task of tasks.slice(5)) await plane.changeTask(task.taskArn, 'api', (one) => requestStop(one, userStop));
    await plane.pass(60_000);
    expect(agent.runningTasks.toSorted()).toEqual(
      tasks
        .slice(0, 5)
        .map((task) => task.taskArn)
        .toSorted(),
    );
  });

  it('stays through a restart of the control plane, and its own regular reconnects', async () => {
    agent.start();
    const task = await newTask();
    await plane.pass(3_000);
    await plane.restart();
    await plane.pass(20_000);
    expect([plane.instance.agentConnected, stored(task).lastStatus]).toEqual([true, 'RUNNING']);
    await plane.pass(2 * 3_600_000);
    expect([plane.instance.agentConnected, stored(task).lastStatus]).toEqual([true, 'RUNNING']);
  });

  it('does the same from the same seed', async () => {
    const run = async (): Promise<string> => {
      await plane[Symbol.asyncDispose]();
      plane = await ControlPlane.start();
      agent = newAgent(5, { repeatPercent: 30, losesAckPercent: 20 });
      agent.start();
      const tasks = [await newTask(), await newTask(), await newTask()];
      agent.disconnect(500);
      await plane.pass(60_000);
      return JSON.stringify(tasks.map(stored));
    };
    const first = await run();
    expect(first).toContain('"lastStatus":"RUNNING"');
    expect(await run()).toBe(first);
  });
});
