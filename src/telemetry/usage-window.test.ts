import { expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { usageLimits } from './limits.ts';
import type { ContainerUsage, StatisticSet } from './usage.ts';
import { UsageWindow } from './usage-window.ts';

const start = 1_760_000_040_000;

function setUp() {
  const clock = new ManualClock(instantFromMs(start));
  return { clock, window: new UsageWindow({ clock }) };
}

function set(minimum: number, maximum: number, sampleCount: number, sum: number): StatisticSet {
  return { minimum, maximum, sampleCount, sum };
}

const app = (usage: ContainerUsage): ReadonlyMap<string, ContainerUsage> => new Map([['app', usage]]);

test('the newest is as it was told, a minute is all that was told in it', () => {
  const { clock, window } = setUp();
  window.record('t1', app({ cpuUnits: set(10, 30, 2, 40), memoryMiB: set(5, 5, 2, 10), restarts: 1 }));
  clock.advanceMs(20_000);
  window.record('t1', app({ cpuUnits: set(5, 20, 2, 25), restarts: 2 }));
  clock.advanceMs(20_000);
  const newest = new Map([...app({ cpuUnits: set(7, 7, 1, 7) }), ['side', { memoryMiB: set(1, 1, 1, 1) }]]);
  window.record('t1', newest);
  expect(window.latest('t1')).toEqual({ at: instantFromMs(start + 40_000), containers: newest });
  expect(window.minutes('t1')).toEqual([
    {
      at: instantFromMs(start),
      containers: new Map<string, ContainerUsage>([
        ['app', { cpuUnits: set(5, 30, 5, 72), memoryMiB: set(5, 5, 2, 10), restarts: 3 }],
        ['side', { memoryMiB: set(1, 1, 1, 1) }],
      ]),
    },
  ]);
});

test('only the last minutes of a task are kept, and none of a task that nobody speaks of', () => {
  const { clock, window } = setUp();
  for (let minute = 0; minute < 10; minute++) {
    window.record('t1', app({ memoryMiB: set(minute, minute, 1, minute) }));
    clock.advanceMs(60_000);
  }
  expect(window.minutes('t1').map(({ containers }) => containers.get('app')?.memoryMiB?.sum)).toEqual([7, 8, 9]);
  clock.advanceMs(usageLimits.keptMs);
  expect(window.latest('t1')).toBeUndefined();
  window.record('t2', app({}));
  expect(window.minutes('t1')).toEqual([]);
  expect(window.size).toBe(1);
});

test('a task too many is not kept, those that are go on', () => {
  const { clock } = setUp();
  const window = new UsageWindow({ clock }, { tasks: 2 });
  for (const task of ['t0', 't1', 't2']) window.record(task, app({}));
  window.record('t0', app({ restarts: 1 }));
  expect(window.size).toBe(2);
  expect(window.latest('t2')).toBeUndefined();
  expect(window.latest('t0')?.containers.get('app')?.restarts).toBe(1);
});
