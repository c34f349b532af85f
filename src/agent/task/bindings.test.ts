import { expect, test } from 'vitest';
import type { PayloadTask } from '#wire/link';
import { payloadTask } from '../testing.ts';
import { type SimulatedHost, startedHost } from '../testing-host.ts';

/** All that the simulated host has for dynamic ports. */
const rangeSize = 10;
const taken = 'driver failed programming external connectivity: Bind for 0.0.0.0 failed: port is already allocated';

/** A task with so many dynamic ports. */
function taskWithPorts({ ids }: SimulatedHost, count: number): PayloadTask {
  const portMappings = Array.from({ length: count }, (_, index) => ({
    containerPort: 80 + index,
    hostPort: 0,
    protocol: 'tcp' as const,
  }));
  return payloadTask(ids, { portMappings });
}

/** Whether no port is held for anybody: a task that wants all of them runs, and gives them back. */
async function allPortsAreFree(host: SimulatedHost): Promise<boolean> {
  const all = taskWithPorts(host, rangeSize);
  await host.run(all);
  const runs = host.task(all.arn)?.reached === 'RUNNING';
  host.controlPlane.stop(all);
  await host.pass(60_000);
  return runs;
}

/** A host on which the ports of the first containers are taken by somebody else. */
function contended(conflicts: number): Promise<SimulatedHost> {
  let left = conflicts;
  return startedHost({ behaviour: () => (left-- > 0 ? { startError: taken } : {}) });
}

test('a port that somebody else took costs another container with another port, and none stays held', async () => {
  const host = await contended(2);
  const task = taskWithPorts(host, 2);
  await host.run(task);
  expect(host.task(task.arn)?.reached).toBe('RUNNING');
  const { runtimeId, networkBindings } = host.container(task.arn) ?? {};
  expect((await host.runtime.inspectContainer(runtimeId ?? ''))?.state).toBe('running');
  expect(networkBindings).toHaveLength(2);
  host.controlPlane.stop(task);
  await host.pass(60_000);
  expect(await allPortsAreFree(host)).toBe(true);
});

test('three conflicts stop the task; its last container is looked after, its ports are given back', async () => {
  const host = await contended(3);
  const task = taskWithPorts(host, 2);
  await host.run(task);
  await host.pass(5000);
  const report = host.controlPlane.lastReport(task.arn);
  expect(report?.containers[0]?.reason).toContain(`CannotStartContainerError: `);
  const { runtimeId = '' } = host.container(task.arn) ?? {};
  expect((await host.runtime.inspectContainer(runtimeId))?.state).toBe('created');
  expect(await allPortsAreFree(host)).toBe(true);
  await host.pass(600_000);
  expect(await host.runtime.listContainers([])).toEqual([]);
});

test('ports of a container that could not be made are free again', async () => {
  const host = await startedHost();
  const { runtime } = host;
  const create = runtime.createContainer.bind(runtime);
  runtime.createContainer = async () => {
    throw new Error('no space left on device');
  };
  const task = taskWithPorts(host, 3);
  await host.run(task);
  expect(host.task(task.arn)?.reached).toBe('STOPPED');
  const none = taskWithPorts(host, rangeSize + 1);
  await host.run(none);
  expect(host.controlPlane.lastReport(none.arn)?.containers[0]?.reason).toContain('host ports unavailable');
  runtime.createContainer = create;
  expect(await allPortsAreFree(host)).toBe(true);
});
