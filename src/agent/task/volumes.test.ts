import { expect, test } from 'vitest';
import { Fault } from '#base';
import type { PayloadTask } from '#wire/link';
import { payloadTask } from '../testing.ts';
import { startedHost } from '../testing-host.ts';

const docker = (scope: 'task' | 'shared', autoprovision: boolean): Pick<PayloadTask, 'volumes'> => {
  const dockerVolumeConfiguration = { scope, autoprovision, driver: 'local', driverOpts: {}, labels: {} };
  return { volumes: [{ name: 'hold', type: 'docker', dockerVolumeConfiguration }] };
};

test.each(['task', 'shared'] as const)('one that the engine does not make is the reason: %s', async (scope) => {
  const host = await startedHost();
  host.runtime.createVolume = async () => {
    throw new Fault('EngineError', 'Error response from daemon: create hold: no space left on device');
  };
  const task = payloadTask(host.ids, {}, docker(scope, true));
  await host.run(task);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    reason: 'CannotCreateVolumeError: Error response from daemon: create hold: no space left on device',
  });
});

test('a shared one that is not there and shall not be made is the reason', async () => {
  const host = await startedHost();
  const task = payloadTask(host.ids, {}, docker('shared', false));
  await host.run(task);
  expect(host.controlPlane.lastReport(task.arn)?.reason).toBe('CannotInspectVolumeError: no such volume: hold');
});

test('a shared one outlives its tasks, one of a task goes with it', async () => {
  const host = await startedHost();
  const tasks = [payloadTask(host.ids, {}, docker('shared', true)), payloadTask(host.ids, {}, docker('task', false))];
  await host.run(...tasks);
  const own = expect.stringMatching(/^ecs-web-1-hold-[0-9a-f]{20}$/);
  expect((await host.runtime.listVolumes([])).toSorted((a, b) => b.length - a.length)).toEqual([own, 'hold']);
  for (const task of tasks) host.controlPlane.stop(task);
  await host.pass(11 * 60_000);
  expect(await host.runtime.listVolumes([])).toEqual(['hold']);
});

test('a task whose control group cannot be made says so', async () => {
  const host = await startedHost();
  host.cgroups.create = async () => {
    throw new Error('EACCES: permission denied');
  };
  const task = payloadTask(host.ids, {}, { cpu: 1 });
  await host.run(task);
  expect(host.controlPlane.lastReport(task.arn)?.reason).toBe(
    `ResourceInitializationError: resource cannot be initialized for task ${task.arn}: EACCES: permission denied`,
  );
});
