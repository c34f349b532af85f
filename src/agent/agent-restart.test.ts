import { describe, expect, test } from 'vitest';
import { payloadTask } from './testing.ts';
import { awsvpcTask, SimulatedHost, startedHost } from './testing-host.ts';

describe('surviving', () => {
  test('an agent that comes back adopts what runs, restarts nothing and repeats no report', async () => {
    const host = await startedHost();
    const [bridge, vpc] = [payloadTask(host.ids), awsvpcTask(host)];
    await host.run(bridge, vpc);
    await host.crash();
    const journal = [...host.runtime.journal];
    const reports = host.controlPlane.reports.length;
    await host.start();
    await host.pass(2000);
    expect(host.runtime.journal).toEqual(journal);
    expect(host.controlPlane.reports).toHaveLength(reports);
    expect(host.network.attached.size).toBe(1);
    host.controlPlane.stop(vpc);
    await host.pass(2000);
    expect(host.controlPlane.lastReport(vpc.arn)?.status).toBe('STOPPED');
    expect(await host.running()).toEqual(['ecs-web-1-app']);
  });

  test('what ended or vanished meanwhile is reported, what nobody knows is removed', async () => {
    const host = await startedHost();
    const [ended, vanished] = [payloadTask(host.ids, {}, { family: 'a' }), payloadTask(host.ids, {}, { family: 'b' })];
    await host.run(ended, vanished);
    await host.crash();
    host.runtime.endContainer('ecs-a-', 7);
    await host.runtime.removeContainer(host.runtime.bodyOf('ecs-b-') && (await idOf(host, 'ecs-b-')));
    const labels = { 'roadstead.container-instance-arn': host.controlPlane.containerInstanceArn };
    await host.runtime.createContainer('stray', { Image: 'app:1', Labels: labels, HostConfig: {} });
    await host.runtime.createContainer('foreign', { Image: 'app:1', Labels: {}, HostConfig: {} });
    await host.start();
    await host.pass(2000);
    expect(host.controlPlane.lastReport(ended.arn)).toMatchObject({ status: 'STOPPED', containers: [{ exitCode: 7 }] });
    expect(host.controlPlane.lastReport(vanished.arn)).toMatchObject({
      status: 'STOPPED',
      containers: [{ reason: 'ContainerVanishedError: No container matching saved ID found' }],
    });
    const names = (await host.runtime.listContainers([])).map(({ name }) => name);
    expect(names).toContain('foreign');
    expect(names).not.toContain('stray');
  });

  test('a task that cannot be kept on disk is stopped with that reason, and those that run go on', async () => {
    const host = await startedHost();
    const running = payloadTask(host.ids);
    await host.run(running);
    const save = host.state.saveTask.bind(host.state);
    host.state.saveTask = async () => {
      throw new Error("ENOSPC: no space left on device, open '/data/tasks/1.json.new'");
    };
    const refused = payloadTask(host.ids);
    const messageId = await host.run(refused);
    expect(host.controlPlane.lastReport(refused.arn)).toMatchObject({
      status: 'STOPPED',
      reason: expect.stringMatching(/^ResourceInitializationError: the host cannot keep the task on its disk: ENOSPC/),
    });
    expect(host.controlPlane.acknowledged(messageId)).toBe(false);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
    host.state.saveTask = save;
    const next = payloadTask(host.ids);
    await host.run(next);
    expect(host.controlPlane.lastReport(next.arn)?.status).toBe('RUNNING');
    expect(host.controlPlane.lastReport(running.arn)?.status).toBe('RUNNING');
  });

  test('tasks are supervised although the control plane does not answer', async () => {
    const host = await startedHost();
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
    const task = payloadTask(host.ids, { restartPolicy });
    await host.run(task);
    await host.crash();
    await host.pass(120_000);
    for (let i = 0; i < 9; i++) host.controlPlane.failures.push({ operation: 'register', error: new Error('down') });
    await host.start();
    host.runtime.endContainer('-app-', 1);
    await host.pass(1000);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
  });

  test('an engine that went away is waited for: dead containers are reported, living ones kept', async () => {
    for (const containersLive of [true, false]) {
      const host = await startedHost();
      const [task, later] = [payloadTask(host.ids), payloadTask(host.ids)];
      await host.run(task);
      host.runtime.outage({ containersLive });
      await host.pass(10_000);
      await host.run(later);
      expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
      expect(host.controlPlane.statusesOf(later.arn)).toEqual([]);
      host.runtime.restart();
      await host.pass(10_000);
      expect(host.controlPlane.lastReport(task.arn)?.status).toBe(containersLive ? 'RUNNING' : 'STOPPED');
      expect(host.controlPlane.lastReport(later.arn)?.status).toBe('RUNNING');
    }
  });

  test('a first start waits for the engine until it is told to end', async () => {
    const host = new SimulatedHost();
    host.runtime.outage({ containersLive: true });
    const stop = new AbortController();
    const starting = host.start({}, stop.signal);
    await host.pass(60_000);
    stop.abort(new Error('told to end'));
    await expect(starting).rejects.toThrow('told to end');
  });

  test('a connection that ends is opened again, and credentials are asked for only by the first', async () => {
    const host = await startedHost();
    await host.pass(10_000);
    for (const how of ['close', 'cut', 'close'] as const) {
      host.controlPlane.disconnect(how);
      await host.pass(10_000);
      expect(host.controlPlane.connected).toBe(true);
    }
    expect(host.controlPlane.queries.map((query) => query.get('sendCredentials'))).toEqual([
      'true',
      'false',
      'false',
      'false',
    ]);
  });

  test('a silent control plane is given up and called again', async () => {
    const host = await startedHost();
    await host.pass(10 * 60_000);
    expect(host.controlPlane.queries.length).toBeGreaterThan(4);
    const heartbeats = await startedHost();
    for (let i = 0; i < 30; i++) {
      heartbeats.controlPlane.send('HeartbeatMessage', { messageId: `h${i}`, healthy: true });
      await heartbeats.pass(20_000);
    }
    expect(heartbeats.controlPlane.queries).toHaveLength(1);
    expect(heartbeats.controlPlane.controlFrames.filter(({ type }) => type === 'HeartbeatAckRequest')).toHaveLength(30);
  });

  test('an inactive instance calls again only after an hour; its tasks run on', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids);
    await host.run(task);
    const error = new Error('refused with status 400: {"type":"InactiveInstanceException"}');
    host.controlPlane.failures.push({ operation: 'connect', error }, { operation: 'connect', error });
    host.controlPlane.disconnect('cut');
    await host.pass(50 * 60_000);
    expect(host.controlPlane.connected).toBe(false);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
    await host.pass(20 * 60_000);
    expect(host.controlPlane.connected).toBe(true);
  });
});

async function idOf(host: SimulatedHost, namePart: string): Promise<string> {
  return (await host.runtime.listContainers([])).find(({ name }) => name.includes(namePart))?.id ?? '';
}
