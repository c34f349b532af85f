import { expect, test } from 'vitest';
import { Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { parseTask } from '../task/parse.ts';
import { type EngineTask, pauseContainer } from '../task/state.ts';
import { payloadContainer } from '../testing.ts';
import { awsvpcTask } from '../testing-host.ts';
import { UsageWatch } from './usage-watch.ts';

const none = { rx_packets: 0, rx_errors: 0, rx_dropped: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 };

/** An awsvpc task of three running containers; their ids begin with `name`. */
function task(ids: Ids, name: string): EngineTask {
  const containers = ['a', 'b', 'c'].map((container) => payloadContainer({ name: container }));
  const parsed = parseTask(awsvpcTask({ ids }, { containers }), ids);
  if (!parsed.ok) throw new Error(parsed.reason);
  const all = parsed.task.containers.map((container) => ({
    ...container,
    known: 'RUNNING' as const,
    runtimeId: `${name}-${container.name}`,
  }));
  return { ...parsed.task, containers: all };
}

test("a task's interfaces are read once for all its containers, and so many tasks at a time as there are lanes", async () => {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const ids = new Ids(new SeededRandom(1));
  const tasks = ['one', 'two', 'three'].map((name) => task(ids, name));
  const read: number[] = [];
  let atOnce = 0;
  let most = 0;
  const pids = new Map(tasks.map((one, index) => [pauseContainer(one)?.runtimeId, index + 1]));
  const watch = new UsageWatch(
    { pollMs: 1000, lanes: 2, cpuUnits: 1024 },
    {
      tasks: () => tasks,
      runtime: {
        sampleStats: async () => {
          most = Math.max(most, ++atOnce);
          await new Promise((resolve) => setImmediate(resolve));
          atOnce--;
          return { cpu_stats: { cpu_usage: { total_usage: 1 } }, memory_stats: { usage: 1024 ** 2 } };
        },
        inspectContainer: async (id) => ({ pid: pids.get(id) ?? 0 }) as never,
      },
      readInterfaces: async (pid) => {
        read.push(pid);
        if (pid === 2) throw new Error('it has just ended');
        return { eth1: { ...none, rx_bytes: read.length * 100, tx_bytes: 0 } };
      },
      clock,
      log: silentLogger,
    },
  );
  const poll = async (): Promise<void> => {
    const before = read.length;
    clock.advanceTo(clock.nextTimerAt() ?? clock.now());
    while (clock.nextTimerAt() === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(read.slice(before).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  };
  await poll();
  await poll();
  expect(most).toBe(2);
  const told = watch.take();
  expect(told.map(({ taskArn }) => taskArn)).toEqual([tasks[0]?.taskArn, tasks[2]?.taskArn]);
  const [first] = told;
  expect(first?.containerMetrics.map(({ containerName }) => containerName)).toEqual(['a', 'b', 'c']);
  for (const { networkStatsSet } of first?.containerMetrics ?? []) expect(networkStatsSet?.rxBytes.sum).toBe(300);
  watch[Symbol.dispose]();
});

test('what managed EBS volumes hold is told once for each time it was read; of one that nobody knows of, nothing', async () => {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const ids = new Ids(new SeededRandom(1));
  const one = task(ids, 'one');
  const properties = { volumeId: 'vol-1', volumeName: 'disk' };
  const attachment = (volumeId: string) => ({
    attachmentArn: `arn:${volumeId}`,
    attachmentType: 'amazonebs' as const,
    attachmentProperties: Object.entries({ ...properties, volumeId }).map(([name, value]) => ({ name, value })),
  });
  const held = { ...one, payload: { ...one.payload, attachments: [attachment('vol-1'), attachment('vol-2')] } };
  let used = 0;
  const watch = new UsageWatch(
    { pollMs: 1000, lanes: 1, cpuUnits: 1024 },
    {
      tasks: () => [held],
      runtime: {
        sampleStats: async () => ({ memory_stats: { usage: 1024 ** 2 } }),
        inspectContainer: async () => undefined,
      },
      blockVolumes: {
        usage: async (volumeId) =>
          volumeId === 'vol-1' ? { usedBytes: ++used * 4096, sizeBytes: 1024 ** 3 } : undefined,
      },
      clock,
      log: silentLogger,
    },
  );
  const poll = async (): Promise<void> => {
    clock.advanceTo(clock.nextTimerAt() ?? clock.now());
    while (clock.nextTimerAt() === undefined) await new Promise((resolve) => setImmediate(resolve));
  };
  await poll();
  await poll();
  const once = (value: number) => ({ min: value, max: value, sampleCount: 1, sum: value });
  expect(watch.take()[0]?.volumeMetrics).toEqual([{ ...properties, utilized: once(8192), size: once(1024 ** 3) }]);
  expect(watch.take()[0]?.volumeMetrics).toBeUndefined();
  watch[Symbol.dispose]();
});
