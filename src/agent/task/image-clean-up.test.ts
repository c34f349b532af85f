import { describe, expect, test } from 'vitest';
import { Fault, instantFromMs } from '#base';
import { payloadTask } from '../testing.ts';
import { SimulatedHost } from '../testing-host.ts';
import { type ImageCleanUp, removableImages } from './image-clean-up.ts';

const minute = 60_000;
const hour = 60 * minute;
const imageCleanUp: ImageCleanUp = { intervalMs: 30 * minute, minimumAgeMs: hour, perCycle: 2, excluded: ['kept:1'] };
const image = (reference: string, pulledMs: number, usedMs: number) => ({
  reference,
  pulledAt: instantFromMs(pulledMs),
  usedAt: instantFromMs(usedMs),
});

test('the least recently used go first; the young, the used and the excluded stay', () => {
  const images = [
    image('late:1', 0, 9),
    image('early:1', 0, 3),
    image('middle:1', 0, 5),
    image('used:1', 0, 1),
    image('kept:1', 0, 0),
    image('young:1', 1, 1),
  ];
  const isUsed = (reference: string): boolean => reference === 'used:1';
  const removed = removableImages(images, isUsed, instantFromMs(hour), imageCleanUp);
  expect(removed.map(({ reference }) => reference)).toEqual(['early:1', 'middle:1']);
});

describe('an agent that cleans up', () => {
  const run = async (host: SimulatedHost, ...references: string[]): Promise<void> => {
    for (const reference of references) {
      const task = payloadTask(host.ids, { image: reference });
      await host.run(task);
      host.controlPlane.stop(task);
      await host.pass(1000);
    }
  };
  const has = async (host: SimulatedHost, reference: string): Promise<boolean> =>
    (await host.runtime.inspectImage(reference)) !== undefined;

  test('removes what it pulled once no task is left of it, a few at a time, and nothing else', async () => {
    const host = new SimulatedHost({ images: ['mine:1'] });
    await host.start({ imageCleanUp });
    await run(host, 'mine:1', 'kept:1', 'a:1', 'b:1', 'c:1');
    const running = payloadTask(host.ids, { image: 'running:1' });
    await host.run(running);
    await host.pass(90 * minute);
    const there = async (): Promise<boolean[]> =>
      Promise.all(['a:1', 'b:1', 'c:1'].map((reference) => has(host, reference)));
    expect(await there()).toEqual([false, false, true]);
    await host.pass(30 * minute);
    expect(await there()).toEqual([false, false, false]);
    await host.pass(10 * hour);
    for (const reference of ['mine:1', 'kept:1', 'running:1']) expect(await has(host, reference)).toBe(true);
    await run(host, 'a:1');
    expect(host.runtime.journal.filter((entry) => entry === 'pull a:1')).toHaveLength(2);
  });

  test('remembers what it pulled across a restart', async () => {
    const host = new SimulatedHost();
    await host.start({ imageCleanUp });
    await run(host, 'a:1');
    await host.crash();
    await host.start({ imageCleanUp });
    await host.pass(2 * hour);
    expect(await has(host, 'a:1')).toBe(false);
  });

  test("leaves an image that somebody else's container uses, and tries again", async () => {
    const host = new SimulatedHost();
    await host.start({ imageCleanUp });
    await run(host, 'a:1');
    const remove = host.runtime.removeImage.bind(host.runtime);
    host.runtime.removeImage = async () => {
      throw new Fault('Conflict', 'Error response from daemon: conflict: container 1 is using its referenced image');
    };
    await host.pass(2 * hour);
    host.runtime.removeImage = remove;
    expect(await has(host, 'a:1')).toBe(true);
    await host.pass(hour);
    expect(await has(host, 'a:1')).toBe(false);
  });

  test('a task that wants an image while it is being removed gets it anew', async () => {
    const host = new SimulatedHost();
    await host.start({ imageCleanUp });
    await host.pass(minute);
    await run(host, 'a:1');
    await host.pass(88 * minute);
    const remove = host.runtime.removeImage.bind(host.runtime);
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    host.runtime.removeImage = async (reference) => {
      await held;
      await remove(reference);
    };
    await host.pass(3 * minute);
    const task = payloadTask(host.ids, { image: 'a:1' });
    await host.run(task);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual([]);
    go();
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  });

  test.each([
    ['told not to', { imageCleanUp: undefined }],
    ['that prefers what is here', { imageCleanUp, pullBehaviour: 'prefer-cached' as const }],
  ])('does not when %s', async (_, { imageCleanUp: cleanUp, ...options }) => {
    const host = new SimulatedHost();
    await host.start({ ...options, ...(cleanUp === undefined ? {} : { imageCleanUp: cleanUp }) });
    await run(host, 'a:1');
    await host.pass(5 * hour);
    expect(await has(host, 'a:1')).toBe(true);
  });
});
