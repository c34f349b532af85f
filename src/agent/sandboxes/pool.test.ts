import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import type { PayloadTask } from '#wire/link';
import type { AgentOptions } from '../options.ts';
import { SimulatedRuntime } from '../runtime/simulated.ts';
import { payloadContainer } from '../testing.ts';
import { awsvpcTask, SimulatedHost } from '../testing-host.ts';
import { spareLabel } from './pool.ts';

const times = { createMs: 5, startMs: 40 };

async function hostWith(options: Partial<AgentOptions> = {}): Promise<SimulatedHost> {
  const host = new SimulatedHost(times);
  await host.start({ warmSandboxes: 8, ...options });
  return host;
}

/** A task with the address 172.31.0.`last`. */
function taskAt(host: SimulatedHost, last: number, over: Partial<PayloadTask> = {}): PayloadTask {
  const task = awsvpcTask(host, over);
  const enis = (task.elasticNetworkInterfaces ?? []).map((eni) => ({
    ...eni,
    ipv4Addresses: [{ privateAddress: `172.31.0.${last}`, primary: true }],
    privateDnsName: `ip-172-31-0-${last}.ec2.internal`,
  }));
  return { ...task, elasticNetworkInterfaces: enis };
}

/** Runs tasks with addresses from `first` on, and lets spares be made. */
async function burst(host: SimulatedHost, first: number, count: number): Promise<PayloadTask[]> {
  const tasks = Array.from({ length: count }, (_, index) => taskAt(host, first + index));
  await host.run(...tasks);
  await host.pass(10_000);
  return tasks;
}

async function spares(host: SimulatedHost): Promise<{ id: string; host: string }[]> {
  const listed = await host.runtime.listContainers([spareLabel]);
  return listed
    .filter(({ id }) => ![...(host.agent?.tasks ?? [])].some((task) => task.containers.some((c) => c.runtimeId === id)))
    .map(({ id, labels }) => ({ id, host: /172-31-0-(\d+)/.exec(labels[spareLabel] ?? '')?.[1] ?? '' }))
    .toSorted((a, b) => Number(a.host) - Number(b.host));
}

const hostsOf = async (host: SimulatedHost): Promise<string[]> => (await spares(host)).map((one) => one.host);
const holderOf = (host: SimulatedHost, task: PayloadTask) => host.container(task.arn, '~internal~ecs~pause');

/** The process ends at once: what it would have tidied up stays. */
async function kill(host: SimulatedHost): Promise<void> {
  host.runtime.removeContainer = async () => {
    throw new Fault('EngineUnavailable', 'the process is gone', { retryable: true });
  };
  await host.crash();
  Reflect.deleteProperty(host.runtime, 'removeContainer');
}

describe('spares', () => {
  test('are made for the next addresses once a task was there, and a task takes its own', async () => {
    const host = await hostWith();
    await host.pass(60_000);
    expect(await hostsOf(host)).toEqual([]);
    await burst(host, 10, 3);
    expect(await hostsOf(host)).toEqual(['13', '14', '15']);
    const [thirteen] = await spares(host);
    const [task] = await burst(host, 13, 1);
    expect(holderOf(host, task!)).toMatchObject({ runtimeId: thirteen?.id, spare: true, known: 'RUNNING' });
    expect(host.controlPlane.lastReport(task!.arn)?.status).toBe('RUNNING');
    expect(host.runtime.bodyOf('-app-').HostConfig).toMatchObject({ NetworkMode: `container:${thirteen?.id}` });
    expect(host.network.attached.get(task!.elasticNetworkInterfaces![0]!.ec2Id)?.address).toBe('172.31.0.13');
    expect(await hostsOf(host)).toEqual(['14', '15', '16']);
  });

  test('end with their task, and are not used again', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const [task] = await burst(host, 12, 1);
    const taken = holderOf(host, task!)?.runtimeId;
    host.controlPlane.stop(task!);
    await host.pass(10_000);
    expect(host.controlPlane.lastReport(task!.arn)?.status).toBe('STOPPED');
    expect(await host.runtime.inspectContainer(taken ?? '')).toBeUndefined();
    expect(host.network.attached.size).toBe(2);
  });

  test('one whose task is killed with it', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const [task] = await burst(host, 12, 1);
    await host.runtime.killContainer(holderOf(host, task!)?.runtimeId ?? '');
    await host.pass(10_000);
    expect(host.controlPlane.lastReport(task!.arn)).toMatchObject({ status: 'STOPPED' });
    expect(await hostsOf(host)).toEqual(['13', '14']);
  });

  test('a spare is made of the same parts as a holder', async () => {
    const host = await hostWith();
    await burst(host, 10, 1);
    const { Labels: _own, ...holder } = host.runtime.bodyOf('ecs-web-1-internalecspause');
    const { Labels: _spare, ...spare } = host.runtime.bodyOf('ecs-spare-internalecspause');
    const text = (body: object): string => JSON.stringify(body).replaceAll(/172([.-])31[.-]0[.-]\d+/g, 'address');
    expect(text(spare)).toBe(text(holder));
  });

  test.each([
    ['shares processes', { pidMode: 'task' }],
    ['shares IPC', { ipcMode: 'task' }],
  ])('a task that %s has a holder of its own', async (_what, over) => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const task = taskAt(host, 12, over);
    await host.run(task);
    expect(holderOf(host, task)).not.toHaveProperty('spare');
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
    await host.pass(10_000);
    expect(await hostsOf(host)).toEqual(['13', '14']);
  });

  test('other name servers, or another address, and the task has a holder of its own', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const other = taskAt(host, 12);
    const enis = other.elasticNetworkInterfaces!.map((eni) => ({ ...eni, domainNameServers: ['10.0.0.2'] }));
    const [elsewhere, task] = [taskAt(host, 99), { ...other, elasticNetworkInterfaces: enis }];
    await host.run(elsewhere, task);
    expect(holderOf(host, elsewhere)).not.toHaveProperty('spare');
    expect(holderOf(host, task)).not.toHaveProperty('spare');
  });

  test('the setting is the most, and 0 none', async () => {
    const host = await hostWith({ warmSandboxes: 4 });
    await burst(host, 10, 9);
    expect(await hostsOf(host)).toEqual(['19', '20', '21', '22']);
    await kill(host);
    await host.start({ warmSandboxes: 0 });
    await host.pass(10_000);
    expect(await hostsOf(host)).toEqual([]);
    expect((await host.running()).filter((name) => name.includes('-app'))).toHaveLength(9);
  });

  test('fewer are kept as bursts are forgotten', async () => {
    const host = await hostWith();
    await burst(host, 10, 6);
    expect(await hostsOf(host)).toHaveLength(6);
    await host.pass(31 * 60_000);
    expect(await hostsOf(host)).toHaveLength(2);
    await host.pass(24 * 60 * 60_000);
    expect(await hostsOf(host)).toEqual([]);
  });

  test('none is made while a task starts', async () => {
    const host = await hostWith();
    await burst(host, 10, 1);
    const before = await hostsOf(host);
    host.runtime.startContainer = async () => new Promise(() => {});
    host.controlPlane.assign(taskAt(host, 99));
    await host.pass(20_000);
    expect(await hostsOf(host)).toEqual(before);
  });

  test('one that is killed is replaced; one that is gone too', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const [first, second] = await spares(host);
    await host.runtime.killContainer(first?.id ?? '');
    await host.runtime.removeContainer(second?.id ?? '');
    await host.pass(10_000);
    expect(await hostsOf(host)).toEqual(['12', '13']);
    expect((await spares(host)).map(({ id }) => id)).not.toContain(first?.id);
  });

  test('an engine that cannot make one is left alone for a while', async () => {
    const host = await hostWith();
    let tried = 0;
    host.runtime.startContainer = async (id) => {
      tried += 1;
      if (tried > 4) throw new Fault('EngineError', 'Error response from daemon: no');
      return SimulatedRuntime.prototype.startContainer.call(host.runtime, id);
    };
    await burst(host, 10, 2);
    expect(tried).toBe(5);
    expect(await hostsOf(host)).toEqual([]);
    Reflect.deleteProperty(host.runtime, 'startContainer');
    await host.pass(31_000);
    expect(await hostsOf(host)).toEqual(['12', '13']);
  });
});

describe('over a restart', () => {
  test('spares and those that tasks took are taken up', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const [task] = await burst(host, 12, 1);
    const [before, taken] = [await spares(host), holderOf(host, task!)?.runtimeId];
    await kill(host);
    await host.start({ warmSandboxes: 8 });
    await host.pass(10_000);
    expect(await spares(host)).toEqual(before);
    expect(holderOf(host, task!)).toMatchObject({ runtimeId: taken, known: 'RUNNING' });
    expect(host.network.attached.size).toBe(3);
  });

  test('nothing of a task is in a spare before the task is on disk with it', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const task = taskAt(host, 12);
    const held: { spare: boolean; attached: number; started: number }[] = [];
    const save = host.state.saveTask.bind(host.state);
    let hold = Promise.withResolvers<void>();
    host.state.saveTask = async (saved) => {
      const spare = saved.taskArn === task.arn && saved.containers.some((container) => container.spare === true);
      if (spare) await hold.promise;
      return save(saved);
    };
    host.controlPlane.assign(task);
    await host.pass(20_000);
    const running = async () => (await host.running()).filter((name) => name.endsWith('-app')).length;
    held.push({
      spare: holderOf(host, task)?.spare === true,
      attached: host.network.attached.size,
      started: await running(),
    });
    expect(held).toEqual([{ spare: true, attached: 2, started: 2 }]);
    // The process ends now: the task on disk names no spare, so the spare is one still.
    await kill(host);
    hold = Promise.withResolvers();
    Reflect.deleteProperty(host.state, 'saveTask');
    await host.start({ warmSandboxes: 8 });
    await host.pass(20_000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
    expect(host.network.attached.size).toBe(3);
  });

  test('a task whose spare cannot be kept on disk is stopped', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    const task = taskAt(host, 12);
    const save = host.state.saveTask.bind(host.state);
    host.state.saveTask = async (saved) => {
      if (saved.containers.some((container) => container.spare === true)) throw new Error('ENOSPC');
      return save(saved);
    };
    await host.run(task);
    await host.pass(10_000);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'STOPPED',
      reason: 'ResourceInitializationError: the host cannot keep the task on its disk: ENOSPC',
    });
    expect(host.network.attached.size).toBe(2);
  });

  test('an agent that ends in good order leaves none, and every task as it is', async () => {
    const host = await hostWith();
    const tasks = await burst(host, 10, 2);
    await host.crash();
    expect(await host.runtime.listContainers([spareLabel])).toEqual([]);
    expect(await host.running()).toHaveLength(2 * tasks.length);
  });

  test('an engine that ends takes the spares along; new ones are made', async () => {
    const host = await hostWith();
    await burst(host, 10, 2);
    host.runtime.outage({ containersLive: false });
    await host.pass(3000);
    host.runtime.restart();
    await host.pass(30_000);
    const states = (await host.runtime.listContainers([spareLabel])).map(({ state }) => state);
    expect(states).toEqual(['running', 'running']);
  });

  test('what an engine that was killed left of a spare it was starting is ended', async () => {
    const host = await hostWith();
    const begun: string[] = [];
    await host.run(taskAt(host, 10));
    host.runtime.startContainer = async (id) => {
      begun.push(id);
      host.runtime.outage({ containersLive: true });
      throw new Fault('EngineUnavailable', 'the engine is gone', { retryable: true });
    };
    await host.pass(10_000);
    expect(begun).toHaveLength(1);
    Reflect.deleteProperty(host.runtime, 'startContainer');
    host.runtime.restart();
    await host.pass(30_000);
    expect(host.leftoversEnded).toEqual(begun);
    const found = await host.runtime.listContainers([spareLabel]);
    expect(found.filter(({ id, state }) => begun.includes(id) || state !== 'running')).toEqual([]);
  });
});

test('containers of a task may have names that look like anything', async () => {
  const host = await hostWith();
  await burst(host, 10, 1);
  const task = taskAt(host, 11, {
    containers: [payloadContainer({ name: 'spare' }), payloadContainer({ name: 'app' })],
  });
  await host.run(task);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
});
