import { describe, expect, test } from 'vitest';
import { shortId } from '#model';
import type { PayloadTask } from '#wire/link';
import type { EngineTask } from './task/state.ts';
import { payloadTask } from './testing.ts';
import { awsvpcTask, startedHost } from './testing-host.ts';

/** Saves of a task as `wanted` says are not made until they are let through; gives that. */
function withholdSaves(
  state: { saveTask(task: EngineTask): Promise<void> },
  wanted: (task: EngineTask) => boolean,
): () => void {
  const save = state.saveTask.bind(state);
  const { promise: open, resolve } = Promise.withResolvers<void>();
  state.saveTask = async (task) => {
    if (wanted(task)) await open;
    await save(task);
  };
  return () => {
    state.saveTask = save;
    resolve();
  };
}

describe('what a kill cuts off', () => {
  test('a container starts only once its id is on disk: one that runs is never made again', async () => {
    const host = await startedHost();
    const isMade = ({ containers }: EngineTask): boolean => containers.some(({ known }) => known === 'CREATED');
    const letThrough = withholdSaves(host.state, isMade);
    const task = payloadTask(host.ids);
    await host.run(task);
    expect((await host.runtime.listContainers([])).map(({ state }) => state)).toEqual(['created']);
    letThrough();
    await host.pass(1000);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
  });

  test('a control group that was made and not noted goes with its task', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids, {}, { cpu: 0.25, memory: 64 });
    const save = host.state.saveTask.bind(host.state);
    // The disk has the task as it came, and that it shall stop; what was done for it is not there yet.
    host.state.saveTask = async (now) =>
      save({ ...now, desired: 'STOPPED', prepared: false, containers: now.containers.map(asItCame) });
    const create = host.runtime.createContainer.bind(host.runtime);
    host.runtime.createContainer = async () => new Promise(() => {});
    await host.run(task);
    expect(host.cgroups.groups.size).toBe(1);
    await host.crash();
    host.state.saveTask = save;
    host.runtime.createContainer = create;
    await host.start();
    await host.pass(2000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(host.cgroups.groups.size).toBe(0);
  });

  test('a control group that comes back after its task ended goes when the engine is back, or with the record', async () => {
    const host = await startedHost();
    const limited = (): PayloadTask => payloadTask(host.ids, {}, { cpu: 0.25, memory: 64 });
    const comesBack = (taskArn: string): void => void host.cgroups.groups.set(shortId(taskArn), { cpuShares: 2 });
    const end = async (task: PayloadTask): Promise<void> => {
      await host.run(task);
      host.controlPlane.stop(task);
      await host.pass(2000);
      expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
      expect(host.cgroups.groups.size).toBe(0);
    };
    const [first, second] = [limited(), limited()];
    await end(first);
    comesBack(first.arn);
    host.runtime.outage({ containersLive: true });
    host.runtime.restart();
    await host.pass(20_000);
    expect(host.cgroups.groups.size).toBe(0);
    await end(second);
    comesBack(second.arn);
    await host.pass(4 * 60 * 60_000);
    expect(host.cgroups.groups.size).toBe(0);
  });

  test('volumes of a task that is being prepared are no strays', async () => {
    const host = await startedHost();
    const create = host.runtime.createVolume.bind(host.runtime);
    host.runtime.createVolume = async (volume) => {
      await create(volume);
      await new Promise<void>((resolve) => host.clock.setTimer(10_000, resolve));
    };
    await host.pass(5 * 60_000 - 5_000);
    await host.run(
      payloadTask(host.ids, {}, { volumes: [{ name: 'data', type: 'docker', host: { sourcePath: '' } }] }),
    );
    await host.pass(20_000);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
    expect(await host.runtime.listVolumes([])).toHaveLength(1);
  });

  test('what an engine that was killed left of a start is ended with its task', async () => {
    const host = await startedHost({ startMs: 5_000 });
    const task = awsvpcTask(host);
    await host.run(task);
    const holder = host.container(task.arn, '~internal~ecs~pause')?.runtimeId;
    host.runtime.outage({ containersLive: false });
    await host.pass(10_000);
    host.controlPlane.stop(task);
    host.runtime.restart();
    await host.pass(20_000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(host.leftoversEnded).toEqual([holder]);
  });

  test('a start that went well leaves nothing to end', async () => {
    const host = await startedHost();
    const task = awsvpcTask(host);
    await host.run(task);
    await host.crash();
    await host.start();
    host.controlPlane.stop(task);
    await host.pass(2000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(host.leftoversEnded).toEqual([]);
  });
});

function asItCame(container: EngineTask['containers'][number]): EngineTask['containers'][number] {
  const { runtimeId: _id, ...rest } = container;
  return { ...rest, known: 'NONE' };
}
