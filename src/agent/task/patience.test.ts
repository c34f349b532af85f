import { expect, test } from 'vitest';
import { Fault } from '#base';
import { payloadTask } from '../testing.ts';
import { startedHost } from '../testing-host.ts';
import { duration } from './patience.ts';

const minute = 60_000;

test.each([
  ['EC2', 'DockerTimeoutError'],
  ['FARGATE', 'ContainerRuntimeTimeoutError'],
])('a start that takes too long stops the task, and the container does not run later: %s', async (launchType, name) => {
  const host = await startedHost({ startMs: 4 * minute });
  const task = payloadTask(host.ids, {}, { launchType });
  await host.run(task);
  await host.pass(3 * minute);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    containers: [{ reason: `${name}: Could not transition to started; timed out after waiting 3m0s` }],
  });
  await host.pass(2 * minute);
  expect(host.runtime.journal.map((entry) => entry.split(' ')[0])).toEqual(['pull', 'create', 'start', 'end']);
  expect(await host.running()).toEqual([]);
});

test('a container that is made too late is removed with its task', async () => {
  const host = await startedHost({ createMs: 6 * minute });
  const task = payloadTask(host.ids);
  await host.run(task);
  await host.pass(4 * minute);
  expect(host.controlPlane.lastReport(task.arn)?.containers[0]?.reason).toBe(
    'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
  );
  await host.pass(3 * minute);
  expect(await host.runtime.listContainers([])).toHaveLength(1);
  await host.pass(10 * minute);
  expect(await host.runtime.listContainers([])).toEqual([]);
});

test('a stop may take the grace and two minutes more', async () => {
  const host = await startedHost();
  const task = payloadTask(host.ids, { stopTimeout: 10 });
  await host.run(task);
  host.runtime.stopContainer = () => new Promise(() => {});
  host.controlPlane.stop(task);
  await host.pass(2 * minute);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  await host.pass(minute);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    containers: [{ reason: 'DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m10s' }],
  });
});

test('a container that the engine cannot tell about is asked for again, and then counts as stopped', async () => {
  const host = await startedHost();
  const [passing, lasting] = [payloadTask(host.ids), payloadTask(host.ids)];
  const inspect = host.runtime.inspectContainer.bind(host.runtime);
  for (const [task, failures] of [
    [passing, 3],
    [lasting, 9],
  ] as const) {
    await host.run(task);
    let left: number = failures;
    host.runtime.inspectContainer = async (id) => {
      left -= 1;
      if (left >= 0) throw new Fault('EngineError', 'Error response from daemon: layer does not exist');
      return inspect(id);
    };
    host.runtime.endContainer('-app-', 4);
    await host.pass(10_000);
  }
  expect(host.controlPlane.lastReport(passing.arn)?.containers).toMatchObject([{ status: 'STOPPED', exitCode: 4 }]);
  const [container] = host.controlPlane.lastReport(lasting.arn)?.containers ?? [];
  expect(container).toMatchObject({
    status: 'STOPPED',
    reason: 'CannotInspectContainerError: Error response from daemon: layer does not exist',
  });
  expect(container).not.toHaveProperty('exitCode');
});

test('a container that the engine cannot tell about, and lists as running, runs on', async () => {
  const host = await startedHost();
  const task = payloadTask(host.ids, { healthCheckType: 'docker' });
  await host.run(task);
  host.runtime.inspectContainer = async () => {
    throw new Fault('EngineError', 'Error response from daemon: too many open files');
  };
  host.runtime.setHealth('-app-', 'unhealthy');
  await host.pass(30_000);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  expect(await host.running()).toEqual(['ecs-web-1-app']);
  // Neither does it keep a restarted agent from the others.
  await host.crash();
  const starting = host.start();
  await host.pass(30_000);
  await starting;
  const next = payloadTask(host.ids);
  await host.run(next);
  expect(host.controlPlane.lastReport(next.arn)?.status).toBe('RUNNING');
});

test('durations read as the agents of ECS write them', () => {
  expect([45_000, 180_000, 7_200_000, 1500].map(duration)).toEqual(['45s', '3m0s', '2h0m0s', '1.5s']);
});
