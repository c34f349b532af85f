import { expect, test } from 'vitest';
import { payloadContainer, payloadTask } from '../testing.ts';
import { awsvpcTask, SimulatedHost, startedHost } from '../testing-host.ts';

const holderName = '~internal~ecs~pause';
const shm = (bytes: number) => ({ version: '1.24', config: '{}', hostConfig: JSON.stringify({ ShmSize: bytes }) });

test('the containers of a task join the processes and IPC of one holder, which no report names', async () => {
  const host = await startedHost();
  const containers = [
    payloadContainer({ dockerConfig: shm(1) }),
    payloadContainer({ name: 'side', dockerConfig: shm(9) }),
  ];
  const task = payloadTask(host.ids, {}, { pidMode: 'task', ipcMode: 'task', containers });
  await host.run(task);
  const id = host.container(task.arn, holderName)?.runtimeId;
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(host.runtime.bodyOf('internalecspause').HostConfig).toMatchObject({
    NetworkMode: 'none',
    IpcMode: 'shareable',
    ShmSize: 9,
  });
  for (const name of ['-app-', '-side-']) {
    expect(host.runtime.bodyOf(name).HostConfig).toMatchObject({
      NetworkMode: 'bridge',
      PidMode: `container:${id}`,
      IpcMode: `container:${id}`,
    });
  }
  const report = host.controlPlane.lastReport(task.arn);
  expect(report).toMatchObject({
    status: 'RUNNING',
    containers: [{ containerName: 'app' }, { containerName: 'side' }],
  });
  expect(host.network.attached.size).toBe(0);
  host.controlPlane.stop(task);
  await host.pass(1000);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
  expect(await host.running()).toEqual([]);
});

test('no container starts before the holder runs', async () => {
  const host = await startedHost({ startMs: 400 });
  const task = payloadTask(host.ids, {}, { pidMode: 'task' });
  host.controlPlane.assign(task);
  await host.pass(500);
  expect(await host.running()).toEqual(['ecs-web-1-internalecspause']);
  expect(host.container(task.arn)?.known).toBe('CREATED');
  await host.pass(1000);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
});

test('the holder of an interface holds the processes too', async () => {
  const host = await startedHost();
  const task = awsvpcTask(host, { pidMode: 'task' });
  await host.run(task);
  const id = host.container(task.arn, holderName)?.runtimeId;
  expect(host.runtime.bodyOf('-app-').HostConfig).toMatchObject({
    NetworkMode: `container:${id}`,
    PidMode: `container:${id}`,
  });
  expect(host.runtime.journal.filter((entry) => entry.includes('pause'))).toHaveLength(2);
});

test('sharing is announced where the holder can be made; a host where it cannot has neither that nor interfaces', async () => {
  const names = (host: SimulatedHost): string[] =>
    (host.controlPlane.registrations[0]?.attributes ?? [])
      .map(({ name }) => name.replace('ecs.capability.', ''))
      .filter((name) => name === 'task-eni' || name === 'pid-ipc-namespace-sharing')
      .toSorted((a, b) => (a < b ? -1 : 1));
  expect(names(await startedHost())).toEqual(['pid-ipc-namespace-sharing', 'task-eni']);
  const other = new SimulatedHost();
  const info = await other.runtime.info();
  other.runtime.info = async () => ({ ...info, architecture: 'riscv64' });
  await other.start();
  expect(names(other)).toEqual([]);
});

test("the host's namespaces, no IPC at all, and the container's own need no holder", async () => {
  const host = await startedHost();
  const [shared, own] = [payloadTask(host.ids, {}, { pidMode: 'host', ipcMode: 'none' }), payloadTask(host.ids)];
  await host.run(shared);
  expect(host.runtime.bodyOf('-app-').HostConfig).toMatchObject({ PidMode: 'host', IpcMode: 'none' });
  await host.run(own);
  expect(host.runtime.bodyOf('-app-').HostConfig).not.toHaveProperty('PidMode');
  expect(host.runtime.bodyOf('-app-').HostConfig).not.toHaveProperty('IpcMode');
  expect(host.runtime.journal.filter((entry) => entry.includes('pause'))).toEqual([]);
});

test('a mode that nobody knows is refused', async () => {
  const host = await startedHost();
  const task = payloadTask(host.ids, {}, { pidMode: 'shared' });
  await host.run(task);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    reason: 'UnrecogniedTaskError: Error loading task - unsupported pid mode: shared',
  });
});

test('after a restart of the agent a task with a shared namespace runs on', async () => {
  const host = await startedHost();
  const task = payloadTask(host.ids, {}, { pidMode: 'task' });
  await host.run(task);
  const starts = host.runtime.journal.length;
  await host.crash();
  await host.start();
  await host.pass(1000);
  expect(host.runtime.journal).toHaveLength(starts);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
});
