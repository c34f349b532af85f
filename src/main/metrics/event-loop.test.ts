import { expect, it } from 'vitest';
import { Metrics } from '#base';
import { parsePrometheus, type Scrape } from '../../../test/support/prometheus.ts';
import { watchEventLoop } from './event-loop.ts';

const stallMs = 40;
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** What the series say after `work` was one turn of the loop. */
async function after(work: () => void): Promise<Scrape> {
  const metrics = new Metrics();
  using _watch = watchEventLoop(metrics);
  await turns();
  await turns();
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      work();
      resolve();
    }, 1),
  );
  await turns();
  await turns();
  return parsePrometheus(metrics.text());
}

it('a turn that computes is a stall of our own', async () => {
  const read = await after(() => {
    const start = process.threadCpuUsage();
    for (let used = 0; used < stallMs * 1000; ) {
      const { user, system } = process.threadCpuUsage(start);
      used = user + system;
    }
  });
  expect(read.value('roadstead_event_loop_stalls_total', { cause: 'own' })).toBe(1);
  expect(read.value('roadstead_event_loop_turn_longest_seconds', { cause: 'own' })).toBeGreaterThanOrEqual(
    stallMs / 1000,
  );
  const count = read.value('roadstead_event_loop_turn_seconds_count');
  expect(count).toBeGreaterThan(read.value('roadstead_event_loop_turn_seconds_bucket', { le: '0.02' }));
});

it('a turn that the thread was kept waiting in is not', async () => {
  const read = await after(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs));
  expect(read.value('roadstead_event_loop_stalls_total', { cause: 'own' })).toBe(0);
  expect(read.value('roadstead_event_loop_stalls_total', { cause: 'machine' })).toBeGreaterThanOrEqual(1);
  expect(read.value('roadstead_event_loop_turn_longest_seconds', { cause: 'machine' })).toBeGreaterThanOrEqual(
    stallMs / 2 / 1000,
  );
});

it('waiting for events is no work', async () => {
  const metrics = new Metrics();
  using _watch = watchEventLoop(metrics);
  await new Promise((resolve) => setTimeout(resolve, stallMs));
  const read = parsePrometheus(metrics.text());
  expect(read.value('roadstead_event_loop_turn_seconds_count')).toBeGreaterThan(0);
  expect(read.value('roadstead_event_loop_stalls_total', { cause: 'own' })).toBe(0);
});
